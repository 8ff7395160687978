"""A correction keeps what was typed: it is valid, leads to the same place, and shows no secret."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milvusconn_cli.connection.uri import ParsedUri, TcpEndpoint, parse
from milvusconn_cli.errors import UriError
from tests.conftest import Milvusconn
from tests.connection.uris import BASE, refusal

SECRET = "Qv7xKd2ss"


def correction(error: UriError) -> str | None:
    """The URI that the hint offers."""
    found = re.match(r"did you mean (\S+)\?", error.hint or "")
    return found[1] if found else None


PLACE = "http://10.0.0.5:31530"
SAFE = "https://milvus.example:8443"
TYPED = [
    (f'"{PLACE}"', PLACE),
    (f"'{SAFE}'", SAFE),
    (f"\"'{SAFE}'\"", SAFE),
    (f"{PLACE}'", PLACE),
    (f'"{PLACE}', PLACE),
    (f"{PLACE};", PLACE),
    (f"{PLACE},", PLACE),
    (f"{PLACE}.", PLACE),
    (f"{PLACE}`", PLACE),
    (f"`{PLACE}`.", PLACE),
    (f"<{SAFE}>", SAFE),
    (f"‹{SAFE}›", SAFE),
    (f"«{SAFE}»", SAFE),
    (f"“{SAFE}”", SAFE),
    (f"({SAFE})", SAFE),
    (f"[{PLACE}]({PLACE})", PLACE),
    (f"[milvus](<{SAFE}>)", SAFE),
    ("http://10.0.0.5: 31530", PLACE),
    ("http://10.0.0.5 :31530", PLACE),
    ("http:// 10.0.0.5:31530", PLACE),
    ("http://10.0.0.5：31530", PLACE),
    ("http：／／10．0．0．5：31530", PLACE),
    ("http://10.0.0.5：３１５３０", PLACE),
    ("http:\\\\10.0.0.5:31530", PLACE),
    ("http:\\/\\/10.0.0.5:31530", PLACE),
    (f"\ufeff{PLACE}", PLACE),
    (f"{PLACE}\u200b", PLACE),
    (f"http://{PLACE}", PLACE),
    ("milvus://10.0.0.5:31530", PLACE),
    ("grpcs://milvus.example:8443", SAFE),
    ("tls://milvus.example:8443", SAFE),
    ("dns:///10.0.0.5:31530", PLACE),
    ("10.0.0.5:31530", PLACE),
    ("10.0.0.5:31530;", PLACE),
    ('"10.0.0.5:31530"', PLACE),
    (f"milvus://root:{SECRET}@10.0.0.5:31530/db", f"{PLACE}/db"),
    (f"grpcs://root:{SECRET}@milvus.example:8443", SAFE),
    (f'"http://root:{SECRET}@10.0.0.5:31530"', PLACE),
    (f"<https://{SECRET}@milvus.example:8443>", SAFE),
    (f"milvus://milvus:{SECRET}@milvus.example:31530", "http://milvus.example:31530"),
    ("./milvus.db/", "./milvus.db"),
    ('"./milvus.db"', "./milvus.db"),
    ("milvus.db//", "milvus.db"),
    ("$HOME/milvus.db", "~/milvus.db"),
    ("${HOME}/x/milvus.db", "~/x/milvus.db"),
    ("http://10.0.0.5/31530", PLACE),
    ("http://10.0.0.5:31530/v2/vectordb/collections/list", PLACE),
    ("http://10.0.0.5:31530/v1/vector/query", PLACE),
]


@pytest.mark.parametrize(("text", "uri"), TYPED)
def test_a_correction_keeps_what_was_typed(text: str, uri: str) -> None:
    """Host, port and scheme; without credentials, and without a word about percent-encoding."""
    error = refusal(text)

    assert correction(error) == uri, (error.message, error.hint)
    parse(uri, BASE)
    told = f"{error.message} {error.hint}"
    assert SECRET not in told
    assert "%3A" not in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://[your_ip_address]:19530", "looks like an unfilled placeholder"),
        ("http://host:${MILVUS_PORT}", "the port '${MILVUS_PORT}' looks like an unfilled"),
        ("${MILVUS_URI}", "unfilled placeholder '${MILVUS_URI}'"),
        ("http://{{ host }}:19530", "unfilled placeholder '{{ host }}'"),
        ("http://<your-host>:19530", "placeholder"),
        ("${DATA}/milvus.db", "${DATA} was not expanded by the shell"),
        ("C:\\Users\\me\\milvus.db", "a Windows path"),
        ("D:/data/milvus.db", "a Windows path"),
        ("\\\\server\\share\\milvus.db", "a Windows path"),
        (f"{PLACE}, {SAFE}", "there are two URIs"),
        (f"{PLACE} {SAFE}", "there are two URIs"),
        (f"http://root:{SECRET}@h:1,http://root:{SECRET}@h:2", "there are two URIs"),
    ],
)
def test_where_nothing_can_be_corrected_nothing_is_offered(text: str, words: str) -> None:
    """What nobody filled in, another system's path, one URI too many: each is called so."""
    error = refusal(text)

    assert words in error.message
    assert correction(error) is None
    assert SECRET not in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'"{PLACE}"', "the URI contains quotes or brackets"),
        (f"{PLACE};", "the URI contains punctuation at its end"),
        ("http://10.0.0.5：31530", "the URI contains a full-width or an invisible control"),
        ("http:\\\\10.0.0.5:31530", "the URI contains backslashes"),
        (f"[x]({PLACE})", "the URI contains a Markdown link"),
        ("http://10.0.0.5: 31530", "the URI contains a space"),
        (f'"http://u:{SECRET}@10.0.0.5:31530"', "the URI contains quotes or brackets"),
        ("http://h/19530", "the database '19530' looks like a port"),
        ("http://h:1/api/v1/health", "the URI is one of Milvus's REST API"),
    ],
)
def test_what_is_wrong_is_called_by_its_name(text: str, words: str) -> None:
    """In the words that people know."""
    assert words in refusal(text).message


HOSTS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{2,5}){0,2}", fullmatch=True)
PORTS = st.integers(min_value=1, max_value=65535)
USERINFO = st.sampled_from(["", f"root:{SECRET}@", f"{SECRET}@", f":{SECRET}@"])
SCHEMES = st.sampled_from(["http", "https", "tcp", "grpc"])
WRAPPINGS = st.sampled_from(
    [
        *(('"', '"'), ("'", "'"), ("`", "`"), ("<", ">"), ("‹", "›"), ("«", "»"), ("“", "”")),
        *(("(", ")"), ("", ";"), ("", ","), ("", "."), ("", "'"), ('"', ""), ("", "`"), (" ", "")),
        *(("", "\n"), ("\ufeff", ""), ("[a](", ")"), ("http://", "")),
    ]
)


@given(
    scheme=SCHEMES,
    host=HOSTS,
    port=PORTS,
    userinfo=USERINFO,
    wrappings=st.lists(WRAPPINGS, min_size=1, max_size=3),
    path=st.sampled_from(["", "/db1"]),
)
def test_whatever_comes_with_a_uri_the_place_is_kept(
    scheme: str, host: str, port: int, userinfo: str, wrappings: list[tuple[str, str]], path: str
) -> None:
    """Or nothing is offered; never another port, never without TLS, never a secret."""
    text = f"{scheme}://{userinfo}{host}:{port}{path}"
    meant = parse(text, BASE).endpoint
    for before, after in wrappings:
        text = f"{before}{text}{after}"

    found = answered(text)

    if isinstance(found, ParsedUri):
        assert found.endpoint == meant
        return
    assert SECRET not in f"{found.message} {found.hint}"
    offered = correction(found)
    if offered is not None:
        assert parse(offered, BASE).endpoint == meant
        assert not parse(offered, BASE).has_credentials


def answered(text: str) -> ParsedUri | UriError:
    try:
        return parse(text, BASE)
    except UriError as error:
        return error


@given(st.text(max_size=60))
@example("http://h:1;;")
@example("[x](y)")
@example("\"'")
@example("::")
@example("http://[")
@example("$HOME/\u200b.db")
def test_any_text_is_accepted_or_its_correction_is(text: str) -> None:
    """Also text that is nearly nothing."""
    found = answered(text)
    offered = correction(found) if isinstance(found, UriError) else None
    if offered is not None:
        parse(offered, BASE)


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "http://",
                    "https://",
                    "milvus://",
                    "dns:///",
                    "tcp:",
                    "h",
                    "milvus.example",
                    "1",
                ),
                *(":", "/", "@", "[", "]", "::1", ":19530", "?", "#", ";", '"', "\\", " ", "$X"),
                *("root", SECRET, ".db", "~/", "./", "：", "<", ">", "(", ")", "{", "}", "%40"),
            ]
        ),
        max_size=9,
    ).map("".join)
)
def test_pieces_of_uris_in_any_order(text: str) -> None:
    """A correction is itself accepted, has no credentials, and keeps a scheme that means TLS."""
    found = answered(text)
    if isinstance(found, ParsedUri):
        return
    if SECRET in text.rpartition("@")[0]:
        assert SECRET not in f"{found.message} {found.hint}"
    offered = correction(found)
    if offered is not None:
        endpoint = parse(offered, BASE).endpoint
        if (
            text.startswith("https://")
            and isinstance(endpoint, TcpEndpoint)
            and "//" not in text[8:]
        ):
            assert endpoint.tls


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "http://10.97.4.101", "--port", "31530"), "--uri http://10.97.4.101:31530?"),
        (("--host", "https://h:8443"), "did you mean --uri https://h:8443?"),
        (("--host", "10.97.4.101:31530"), "did you mean --address 10.97.4.101:31530?"),
        (("--uri", "http://h:1", "--db", "${MILVUS_DB}"), "'${MILVUS_DB}' looks like an unfilled"),
        (("--host", f"http://root:{SECRET}@h:1"), "use --address HOST:PORT, or --uri"),
    ],
)
def test_corrections_of_other_options(
    milvusconn: Milvusconn, arguments: tuple[str, ...], words: str
) -> None:
    """The same place, in the option that takes it."""
    ran = milvusconn("add", "x", *arguments)

    assert ran.code == 78
    assert words in ran.err
    assert SECRET not in ran.err


def test_nothing_is_created_for_a_path_that_is_none(milvusconn: Milvusconn) -> None:
    """A Windows path, a variable in single quotes: no file of that name appears."""
    for text in ("C:\\Users\\me\\milvus.db", "$HOME/milvus.db"):
        assert milvusconn("connect", "x", "--uri", text).code == 78
    assert list(Path().iterdir()) == []
