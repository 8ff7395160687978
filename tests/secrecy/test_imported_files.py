"""Secrets in files of other programs, whole and broken: none comes out, wherever it is imported."""

from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Milvusconn, Ran
from tests.importing.files import SECRET
from tests.importing.samples import K8S_SECRET, REFUSED, TAKEN

CANARIES = (
    "Qv7xKd2ssHb6Mz9",
    "Qv7xKd2ss:Hb6Mz9w",
    "*Qv7xKd2ssHb6Mz9",
    "&Qv7xKd2ss Hb6Mz9w",
    "!Qv7xKd2ss/Hb6Mz9w",
    "%Qv7xKd2ss@Hb6Mz9w",
    "{Qv7xKd2ss}Hb6Mz9w",
    "Qv7xKd2ss'Hb6Mz9w\"",
    "Qv7xKd2ss#Hb6Mz9w,",
    "Qv7xKd2ss$(Hb6Mz9w)",
)
PARTS = ("Qv7xKd2ss", "Hb6Mz9")


def told(ran: Ran) -> str:
    return ran.out + ran.err


def holds_a_secret(text: str) -> bool:
    """In plain, percent-encoded or in base64 at any offset."""
    encoded = (
        b64encode(b"\0" * shift + part.encode()).decode().rstrip("=")[2 * shift : -2]
        for part in PARTS
        for shift in range(3)
    )
    return any(one in text for one in (*PARTS, *map(quote, PARTS), *encoded))


def with_secret(text: str, canary: str) -> str:
    """A case's text with another secret, in base64 where it was so."""
    return text.replace(K8S_SECRET, b64encode(canary.encode()).decode()).replace(SECRET, canary)


def test_the_search_finds_what_it_is_to_find() -> None:
    """A search that finds nothing proves nothing."""
    for canary in CANARIES:
        assert holds_a_secret(f"bad {canary}")
        assert holds_a_secret(b64encode(f"x{canary}".encode()).decode())
    assert not holds_a_secret("milvusconn: default: added: 10.0.0.5:31530, secret: literal")


CASES = {**TAKEN, **REFUSED}
WITH_SECRETS = sorted(
    case for case, one in CASES.items() if SECRET in one[1] or K8S_SECRET in one[1]
)


@pytest.mark.sweep(one_in=7)
@pytest.mark.parametrize("case", WITH_SECRETS)
@pytest.mark.parametrize("canary", CANARIES)
def test_each_form_with_each_secret(milvusconn: Milvusconn, case: str, canary: str) -> None:
    """Taken, refused or unreadable, in each format, shown and probed afterwards."""
    name, text = CASES[case][:2]
    Path(name).write_text(with_secret(text, canary), encoding="utf-8")

    for arguments in (
        *(("import", name, "--dry-run"), ("import", name, "--dry-run", "-o", "json")),
        *(("import", name), ("list", "--no-probe", "-o", "json"), ("export", "--dry-run")),
    ):
        ran = milvusconn(*arguments)
        assert ran.code != 70, ran.err
        assert not holds_a_secret(told(ran)), (arguments, told(ran))


MARKS = st.sampled_from(
    ["", "'", '"', ":", "{", "}", "[", "\n", "\t", "*", "&", "!", "%", "\0", "="]
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    case=st.sampled_from(WITH_SECRETS),
    canary=st.sampled_from(CANARIES),
    mark=MARKS,
    where=st.floats(0, 1),
    is_cut=st.booleans(),
)
def test_broken_files(  # the more ways to break one, the better
    milvusconn: Milvusconn, case: str, canary: str, mark: str, where: float, *, is_cut: bool
) -> None:
    """A mark too many anywhere, or the end missing: an error repeats nothing of the file."""
    name, text = CASES[case][:2]
    whole = with_secret(text, canary)
    place = int(where * len(whole))
    broken = whole[:place] + mark + ("" if is_cut else whole[place:])
    Path(name).write_text(broken, encoding="utf-8")

    ran = milvusconn("import", name, "--dry-run", "-o", "json")

    assert ran.code != 70, ran.err
    assert not holds_a_secret(told(ran)), told(ran)


@pytest.mark.sweep(one_in=4)
@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize(
    "name",
    [
        *("MILVUS_PORT", "MILVUS_TOKEN", "MILVUS_PASSWORD", "MILVUS_SECURE", "MILVUS_URL"),
        *("MILVUS_TLS", "MILVUS_API_KEY", "MILVUS_PASWORD", "ZILLIZ_CLOUD_TOKEN"),
    ],
)
def test_a_secret_in_any_variable(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, name: str, canary: str
) -> None:
    """Where it belongs, or typed into the wrong one."""
    monkeypatch.setenv("MILVUS_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("MILVUS_USER", "root")
    monkeypatch.setenv(name, canary)

    for arguments in (("show",), ("has",), ("import", "--from", "environment", "--dry-run")):
        ran = milvusconn(*arguments)
        assert ran.code != 70, ran.err
        assert not holds_a_secret(told(ran)), (arguments, told(ran))


@pytest.mark.sweep(one_in=11)
@pytest.mark.parametrize("userinfo", ["root:{}@", "{}@"])
@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize(
    "form", ["http://{}h:x", '"http://{}h:1"', "http://{}h:1", "milvus://{}h:1", "{}h:1"]
)
@pytest.mark.parametrize("name", ["MILVUS_URI", "MILVUS_HOST", "MILVUS_SERVERS", "MILVUS_ADDRESS"])
def test_a_secret_before_the_host(
    milvusconn: Milvusconn,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    form: str,
    canary: str,
    userinfo: str,
) -> None:
    """Valid or not, in the environment and in a file."""
    text = form.format(userinfo.format(quote(canary, safe="")))
    Path("x.env").write_text(f"{name}={text}\n", encoding="utf-8")
    monkeypatch.setenv(name, text)

    for arguments in (
        ("show",),
        ("import", "x.env", "--dry-run"),
        ("import", "x.env", "-o", "json"),
    ):
        ran = milvusconn(*arguments)
        assert ran.code != 70, ran.err
        assert not holds_a_secret(told(ran)), (arguments, told(ran))
