"""What a peer says back is told without the secret, and all else of it as it was."""

from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.causes import Cause
from milvusconn_cli.discretion import discreet
from milvusconn_cli.report import Inspection, Report, Server, Step, Subject, Verdict, finding
from milvusconn_cli.secret import Secret
from milvusconn_cli.text import clean

SUBJECT = Subject("Zx7Kp9Wd", uri="http://Zx7Kp9Wd")
text = st.text(st.characters(codec="utf-8"), max_size=30)
secrets = st.from_regex(r"[A-Z][0-9][a-z@:%/\\\\'\"é ]{4,12}[0-9]", fullmatch=True)


def told(words: str, secret: str, user: str | None = "root") -> str:
    """What is left of a server's words."""
    report = Report(SUBJECT, finding(Cause.RPC_FAILED, words))
    said = discreet(report, user, [Secret(secret)]).finding
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
    report = Report(SUBJECT, finding(Cause.RPC_FAILED, words))

    assert discreet(report, "root", []) == report
    if not {*secret} & {*words}:
        assert discreet(report, "root", [Secret(secret)]) == report


@pytest.mark.parametrize("secret", ["Milvus", "abc", "server", "password"])
def test_what_is_a_word_of_our_own_stays(secret: str) -> None:
    """To mask it there would tell it; with its user it is masked all the same."""
    words = "Milvus refuses this abc user with this password of the server"

    assert told(words, secret) == words
    assert told(f"bad root:{secret}!", secret) == "bad ***!"


def test_every_field_is_gone_through() -> None:
    """Steps, server, warnings, evidence, inspection; the subject is ours and stays."""
    secret = "Zx7Kp9Wd"
    report = Report(
        SUBJECT,
        finding(Cause.RPC_FAILED, secret, secret, said=secret),
        Server(secret, secret, secret, secret),
        (Step(Cause.RPC_FAILED.layer, Verdict.FAILED, secret, 0.1),),
        (secret,),
        Inspection((secret,), secret, None, (secret,), (secret,), secret, {"a": secret}),
        0.1,
    )

    said = discreet(report, None, [Secret(secret)])

    assert said.subject == SUBJECT
    assert repr(said).count(secret) == repr(SUBJECT).count(secret)
    assert (said.seconds, said.steps[0].verdict) == (0.1, Verdict.FAILED)
    assert said.finding is not None
    assert said.finding.cause is Cause.RPC_FAILED


def test_a_token_s_password_by_itself() -> None:
    """Of `user:password` as a token the server may say the half."""
    assert told("bad Zx7Kp9Wd", "root:Zx7Kp9Wd", user=None) == "bad ***"
