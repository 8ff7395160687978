"""What a peer says back is told without the secret, and all else of it as it was."""

import json
import re
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.causes import Cause
from milvusconn_cli.probing.redaction import redacted, redacted_words
from milvusconn_cli.report import Inspection, Report, Server, Step, Subject, Verdict, finding
from milvusconn_cli.secrets.reference import Secret
from milvusconn_cli.text import clean

SUBJECT = Subject(alias="Zx7Kp9Wd", uri="http://Zx7Kp9Wd")
text = st.text(st.characters(codec="utf-8"), max_size=30)
secrets = st.from_regex(r"[A-Z][0-9][a-z@:%/\\\\'\"é ]{4,12}[0-9]", fullmatch=True)


def told(words: str, secret: str, user: str | None = "root") -> str:
    """What is left of a server's words."""
    report = Report(subject=SUBJECT, finding=finding(Cause.RPC_FAILED, words))
    said = redacted(report, user, [Secret(secret)]).finding
    assert said is not None
    return said.summary


@given(text, secrets, text)
def test_it_is_taken_out_wherever_it_stands(before: str, secret: str, after: str) -> None:
    """As it is, percent-encoded, as a header."""
    header = b64encode(f"root:{secret}".encode()).decode()
    for form in (secret, quote(secret, safe=""), header, f"root:{secret}"):
        said = told(before + form + after, secret)

        assert form not in said
        assert "***" in said


ODD = ('zx7/Kp 9+wd"é', "zx7'Kp\\9\"wd", "zx7'Kp9", "\tzx7  Kp9/Wd", "zx7Kp9/ " * 40)
"""Letters whose forms differ, those of the whole and of its parts in any alphabetical order."""


def ways(secret: str) -> list[str]:
    """How others may write it."""
    percent = [quote(secret, safe=""), quote(secret), quote_plus(secret)]
    small = [re.sub("%..", lambda found: found[0].lower(), one) for one in percent]
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
    escaped += [repr(secret)[1:-1], secret.replace("'", "\\'")]
    return [secret, *percent, percent[0].lower(), *small, *escaped, clean(secret, 1000)]


@pytest.mark.parametrize("secret", ODD)
def test_of_no_form_anything_is_left(secret: str) -> None:
    """Neither its first letter nor its last, nor the user's name that came with it."""
    for form in ways(secret):
        assert redacted_words(f"<{form}>", Secret(secret)) == "<***>", form
    for form in ways(f"root:{secret}"):
        assert told(f"<{form}>", secret) == "<***>", form
    for user in ("root", "zz"):
        header = b64encode(f"{user}:{secret}".encode()).decode()
        assert told(f"<{header}>", secret, user) == "<***>"


def test_a_secret_of_four_letters() -> None:
    """The shortest that is masked, at the alignment that shows least of it too."""
    assert told("bad Zx7K!", "Zx7K") == "bad ***!"
    assert told(b64encode(b"aZx7K").decode(), "Zx7K") == "YV***s="
    assert told("bad Zx7!", "Zx7") == "bad Zx7!"


@pytest.mark.parametrize(
    ("words", "left"), [("no: Zx7K…", "no: ***…"), ("no: Zx7…", "no: Zx7…"), ("Zx…", "Zx…")]
)
def test_how_much_of_it_is_too_much(words: str, left: str) -> None:
    """Where words are cut, three letters of a secret tell nothing, four do."""
    assert told(words, "Zx7Kp9Wd") == left


def test_nothing_to_hide() -> None:
    """What is too short to be masked leaves words as they are, those that were cut too."""
    assert redacted_words("no such abc, and mor…", Secret("abc")) == "no such abc, and mor…"


@given(st.binary(max_size=5), secrets, st.binary(max_size=5))
def test_in_base64_at_any_alignment(before: bytes, secret: str, after: bytes) -> None:
    """Whatever stood before and after it in what was encoded."""
    encoded = b64encode(before + secret.encode() + after).decode()

    left = told(f"= {encoded} =", secret).removeprefix("= ").removesuffix(" =")

    first, _, last = left.partition("***")
    assert len(first) <= -(-len(before) * 8 // 6)
    assert len(last.rstrip("=")) <= -(-len(after) * 8 // 6) + 1


@given(st.integers(1, 60), secrets)
def test_where_the_words_are_cut(limit: int, secret: str) -> None:
    """The beginning of it is not left either, but for a few characters."""
    said = told(clean(f"no: {secret} {secret} {secret}", limit), secret)

    cleaned = clean(secret)
    assert not [size for size in range(4, len(cleaned) + 1) if cleaned[:size] in said]


@given(text, secrets)
def test_other_words_stay(words: str, secret: str) -> None:
    """A report that does not hold it is the very same."""
    report = Report(subject=SUBJECT, finding=finding(Cause.RPC_FAILED, words))

    assert redacted(report, "root", []) == report
    if not {*secret} & {*words}:
        assert redacted(report, "root", [Secret(secret)]) == report


@pytest.mark.parametrize("secret", ["Milvus", "abc", "server", "password"])
def test_what_is_a_word_of_our_own_stays(secret: str) -> None:
    """To mask it there would tell it; with its user it is masked all the same."""
    words = "Milvus refuses this abc user with this password of the server"

    assert told(words, secret) == words
    assert told(f"bad root:{secret}!", secret) == "bad ***!"


def test_every_field_is_gone_through() -> None:
    """Steps, server, warnings, evidence, inspection; the subject is ours and stays."""
    secret = "Zx7Kp9Wd"

    def report(said: str) -> Report:
        return Report(
            subject=SUBJECT,
            finding=finding(Cause.RPC_FAILED, said, said, said=said),
            server=Server(version=said, deploy_mode=said, build_tags=said, git_commit=said),
            steps=(
                Step(
                    layer=Cause.RPC_FAILED.layer, verdict=Verdict.FAILED, detail=said, seconds=0.1
                ),
            ),
            warnings=(said,),
            inspection=Inspection(
                databases=(said,),
                databases_note=said,
                healthy=None,
                health_reasons=(said,),
                quota_states=(said,),
                health_note=said,
                certificate={"a": said},
            ),
            seconds=0.1,
        )

    assert redacted(report(f"a {secret}"), None, [Secret(secret)]) == report("a ***")


def test_a_token_s_password_by_itself() -> None:
    """Of `user:password` as a token the server may say the half."""
    assert told("bad Zx7Kp9Wd", "root:Zx7Kp9Wd", user=None) == "bad ***"
    assert told("bad Zx7:Kp9Wd", "root:Zx7:Kp9Wd", user=None) == "bad ***"


@pytest.mark.parametrize("secret", ["swered", "Connect succeeded", "eded, ver", "ct suc"])
def test_our_own_words_are_never_masked(secret: str) -> None:
    """Nor a part of them: who knows what stands there would read the secret. The peer's are."""
    from milvusconn_cli.probing import probe  # noqa: F401, PLC0415 -- whose words these are

    ours = "Connect succeeded, version 2.3.5"

    assert told(ours, secret) == ours
    assert told(f"{ours} no: {secret}y", secret) == f"{ours} no: ***y"
    assert told(f"no: {secret}y", secret) == "no: ***y"


@pytest.mark.parametrize("mode", ["STANDALONE", "DISTRIBUTED"])
def test_a_deploy_mode_is_as_good_as_our_own(mode: str) -> None:
    """There are few of them: a mask in its place would name it."""
    report = Report(subject=SUBJECT, server=Server(version="2.3.5", deploy_mode=mode))

    assert redacted(report, "root", [Secret(mode)]) == report


def test_a_password_that_is_the_user_too() -> None:
    """The user's name is told, so a mask in its place would tell the password."""
    assert told("user root is unknown", "root") == "user root is unknown"
    assert told("no: root:root", "root") == "no: ***"


def test_docstrings_are_not_said() -> None:
    """They are words of ours that nobody is shown; the words of the code are."""
    from milvusconn_cli.probing import own_words  # noqa: PLC0415 -- for this alone

    assert own_words.holding("complete by construction") == []
    assert own_words.holding("does not show itself") == []  # of a class, in secret.py
    assert own_words.holding("incomplete secret reference: ")  # of a function, there too
