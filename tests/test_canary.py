"""Known secrets are pushed through every verb and format, in success and failure: none comes out.

What is searched for is every form that a secret may take on its way: itself, its parts, escaped,
percent-encoded, in base64 at each alignment. The forms are made here, not by the program's code.
"""

import gc
import io
import json
import os
import select
import shlex
import socket
import subprocess
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus

import grpc
import keyring
import keyring.backend
import pytest
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from milvusconn_cli.app import VERBS
from tests.conftest import Milvusconn, Ran, run_program
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.speaking_milvus import SpeakingMilvus

Speak = Callable[..., SpeakingMilvus]
World = AbstractContextManager[str]

PASSWORD = "Qv7xKd2@ss/wJ8rT4n:rd%Hb6Mz9?#é"
API_KEY = "sk-7Fh2Qz9Lx4Vb8Nm3Rt6W"
QUOTED = "Ks8Yp3'\"Lm5 Wd7Tn4\\Bx2Gc6"
FROM_ENV = "Env4Hq7Zx2Kp9Wd"
FROM_FILE = "File6Tn3Vb8Rx5Jm"
FROM_COMMAND = "Cmd2Lw9Gs4Yk7Fd"
FROM_KEYRING = "Ring8Pz5Hc3Nv6Qt"
FROM_INPUT = "Stdin7Xd4Kb9Mf2Tj"
SECRETS = (
    *(PASSWORD, API_KEY, QUOTED, FROM_ENV, FROM_FILE, FROM_COMMAND, FROM_KEYRING, FROM_INPUT),
)
USER = "root"
NOWHERE = "http://127.0.0.1:1"
PART = 6
"""Characters of a secret that by themselves are unmistakable."""


def forms(secret: str) -> Iterator[str]:
    """Everything that gives the secret away."""
    yield from (secret, quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield quote(secret, safe="").lower()
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1], ascii(secret)[1:-1])
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in secret)
    yield from (part for part in letters.split() if len(part) >= PART)
    for text in (secret, f"{USER}:{secret}"):
        for shift in range(3):
            # Without the first and the last characters, which the neighbours have a part in.
            for encode in (b64encode, urlsafe_b64encode):
                yield encode(b"\0" * shift + text.encode()).decode().rstrip("=")[2 * shift : -2]


FORMS = {form.encode() for secret in SECRETS for form in forms(secret)}


def test_the_canary_sings() -> None:
    """It would find what it is to find: a search that finds nothing proves nothing."""
    header = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for words in (
        *(f"bad {PASSWORD}", f"bad {header}", quote(PASSWORD), json.dumps({"a": QUOTED})),
        *("Hb6Mz9 is a part", repr(QUOTED), b64encode(f"x{API_KEY}y".encode()).decode()),
        b64encode(f"token={API_KEY}".encode()).decode(),
    ):
        assert found_in(words.encode()), words
    assert not found_in(b"root established 2.4.1 Milvus is starting")


def found_in(data: bytes) -> set[bytes]:
    """The forms of secrets that these bytes hold."""
    return {form for form in FORMS if form in data}


class Watch:
    """Looks at what a command said and at every file that it left."""

    def __init__(self, milvusconn: Milvusconn, root: Path) -> None:
        self._milvusconn = milvusconn
        self._root = root
        self.given = {root / "config" / "connections.toml"}
        """Files that are to hold secrets: the registry, and what the test itself wrote."""

    def __call__(self, *arguments: str | Path) -> Ran:
        ran = self._milvusconn(*arguments)
        self.look_at(ran, arguments)
        return ran

    def look_at(self, ran: Ran, arguments: object) -> None:
        """Fails with what was found, and where."""
        assert not found_in(ran.out.encode()), (arguments, ran.out)
        assert not found_in(ran.err.encode()), (arguments, ran.err)
        assert ran.code != 70, ran.err
        for path in self._root.rglob("*"):
            if path.is_file() and path not in self.given:
                assert not found_in(path.read_bytes()), (arguments, path)
            assert not found_in(str(path).encode()), path


class Ring(keyring.backend.KeyringBackend):
    """A keyring of one answer, which counts how often it is asked."""

    priority: ClassVar[float] = 1
    answer: ClassVar[str] = FROM_KEYRING
    asked: ClassVar[list[str]] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(f"{service}/{username}")
        return self.answer

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"{service} {username} {password}")


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "asked", [])
    monkeypatch.setattr(Ring, "answer", FROM_KEYRING)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)


@pytest.fixture
def watch(milvusconn: Milvusconn, tmp_path: Path) -> Watch:
    """The program, watched."""
    return Watch(milvusconn, tmp_path)


def registry(directory: Path, uri: str) -> str:
    """An alias for each place that a secret comes from, all of them at one server."""
    secret_file = directory / "secret"
    secret_file.write_text(f"{FROM_FILE}\n", encoding="utf-8")
    program = directory / "secret.py"
    program.write_text(f"print('{FROM_COMMAND}')\n")
    scheme, _, place = uri.rpartition("://")
    own = f"uri = {json.dumps(uri)}\nuser = '{USER}'\npassword = "
    in_uri = f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@{place}"
    tables = {
        "literal": f"{own}{json.dumps(PASSWORD, ensure_ascii=False)}",
        "token": f"uri = {json.dumps(uri)}\ntoken = {json.dumps(API_KEY)}",
        "quoted": f"uri = {json.dumps(uri)}\ntoken = {json.dumps(f'{USER}:{QUOTED}')}",
        "uri": f"uri = {json.dumps(in_uri)}",
        "env": f"{own}{{ env = 'CANARY' }}",
        "file": f"{own}{{ file = {json.dumps(str(secret_file))} }}",
        "command": f"{own}{{ command = {json.dumps([sys.executable, str(program)])} }}",
        "keyring": f"{own}{{ keyring = 'milvus/root' }}",
    }
    return "".join(f"[connections.{alias}]\n{table}\n" for alias, table in tables.items())


ALIASES = ("literal", "token", "quoted", "uri", "env", "file", "command", "keyring")


@pytest.fixture
def at(
    watch: Watch, registry_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Writes the registry of all secrets at a server."""
    monkeypatch.setenv("CANARY", FROM_ENV)
    directory = tmp_path / "given"
    directory.mkdir()
    registry_path.parent.mkdir(mode=0o700)

    def write(uri: str) -> None:
        registry_path.write_text(registry(directory, uri), encoding="utf-8")
        registry_path.chmod(0o600)
        watch.given |= set(directory.iterdir())

    return write


# Worlds: what the server does with what it is sent


def sent_with(context: Any) -> tuple[str, str]:  # noqa: ANN401 -- grpc's
    """The `authorization` header of a call, as it came and decoded."""
    header = dict(context.invocation_metadata()).get("authorization", "")
    return str(header), b64decode(header).decode()


def echoing(code: grpc.StatusCode, words: str = "auth check failure for {0} ({1})") -> Any:  # noqa: ANN401
    """Refuse in gRPC's terms, and say back what was sent: in the message and in the trailers."""

    def answer(_request: object, context: Any) -> None:  # noqa: ANN401 -- grpc's
        header, text = sent_with(context)
        said = words.format(header, text, quote(text), json.dumps(text))
        context.set_trailing_metadata((("x-echo", header), ("x-echo-bin", text.encode())))
        context.abort(code, said)

    return answer


def echoing_reason(*, code: int = 0, error_code: int = 0) -> Any:  # noqa: ANN401
    """Refuse in Milvus's terms, and say back what was sent."""

    def answer(request: object, context: Any) -> Any:  # noqa: ANN401 -- protobuf's
        said = " ".join(sent_with(context))
        return answers.status(code=code, error_code=error_code, reason=said)(request, context)

    return answer


def echoing_everywhere() -> dict[str, Any]:
    """Accept, and say back what was sent in everything that a server tells of itself."""

    def words(context: Any) -> str:  # noqa: ANN401 -- grpc's
        return " ".join(sent_with(context))

    def connect(_request: object, context: Any) -> Any:  # noqa: ANN401 -- protobuf's
        said = words(context)
        info = common_pb2.ServerInfo(
            build_tags=said, git_commit=said, deploy_mode=said, build_time=said, go_version=said
        )
        return milvus_pb2.ConnectResponse(server_info=info, identifier=1)

    return {
        "connect": connect,
        "get_version": lambda _, context: milvus_pb2.GetVersionResponse(version=words(context)),
        "list_databases": lambda _, context: milvus_pb2.ListDatabasesResponse(
            db_names=[words(context), *sent_with(context)]
        ),
        "check_health": lambda _, context: milvus_pb2.CheckHealthResponse(
            isHealthy=False, reasons=[words(context), *sent_with(context)]
        ),
    }


@contextmanager
def milvus(**said: Any) -> Iterator[str]:  # noqa: ANN401 -- those of SpeakingMilvus
    with SpeakingMilvus(**said) as server:
        yield server.uri


@contextmanager
def refused() -> Iterator[str]:
    with faults.refusing_port() as place:
        yield f"http://{place.address}"


@contextmanager
def knowing(secret: str, prefix: bytes) -> Iterator[str]:
    """A peer that speaks no gRPC, and knows the secret: it heard it elsewhere."""
    header = b64encode(f"{USER}:{secret}".encode()).decode()
    told = f"{secret} {header} {quote(secret)}".encode()
    with faults.banner(prefix + told + b"\r\n\r\n" + told, after_first_bytes=True) as place:
        yield f"http://{place.address}"


WORLDS: Mapping[str, Callable[[], World]] = {
    "up": milvus,
    "refused": refused,
    "rejected": lambda: milvus(connect=answers.status(code=1400, reason="auth check failure")),
    "unauthenticated": lambda: milvus(connect=echoing(grpc.StatusCode.UNAUTHENTICATED)),
    "denied": lambda: milvus(connect=echoing(grpc.StatusCode.PERMISSION_DENIED, "{1} may not")),
    "unknown": lambda: milvus(connect=echoing(grpc.StatusCode.UNKNOWN, "{0}")),
    "internal": lambda: milvus(connect=echoing(grpc.StatusCode.INTERNAL, "{3} {2}")),
    "unimplemented": lambda: milvus(connect=echoing(grpc.StatusCode.UNIMPLEMENTED, "{1} {0}")),
    "too old": lambda: milvus(connect=None, get_version=echoing_everywhere()["get_version"]),
    "busy": lambda: milvus(connect=echoing(grpc.StatusCode.RESOURCE_EXHAUSTED, "{2}")),
    "reason": lambda: milvus(connect=echoing_reason(code=1400)),
    "other reason": lambda: milvus(connect=echoing_reason(code=65535)),
    "old reason": lambda: milvus(connect=echoing_reason(error_code=1)),
    "accepting": lambda: milvus(**echoing_everywhere()),
}


@pytest.mark.parametrize("world", WORLDS)
def test_every_probe(watch: Watch, at: Callable[[str], None], world: str) -> None:
    """has and list of all, connect and inspect of some, in every format and at any peer."""
    with WORLDS[world]() as uri:
        at(uri)
        for output in ("table", "plain", "json"):
            watch("has", "--all", "-o", output)
        watch("list", "-o", "json")
        watch("list")
        for alias, output in zip(ALIASES, ("json", "table", "plain", "json"), strict=False):
            watch("inspect", alias, "-o", output)
            watch("connect", alias, "-o", output)
        watch("inspect", "env", "-q")


@pytest.mark.parametrize(
    ("alias", "secret"),
    [("literal", PASSWORD), ("token", API_KEY), ("quoted", QUOTED)],
    ids=["literal", "token", "quoted"],
)
@pytest.mark.parametrize(
    "prefix",
    [b"HTTP/1.1 400 Bad\r\nServer: ", b"<html><title>", b""],
    ids=["header", "page", "greeting"],
)
def test_peers_that_are_no_milvus(
    watch: Watch, at: Callable[[str], None], alias: str, secret: str, prefix: bytes
) -> None:
    """A web server's header, a page, a greeting: what the climb hears is gone through too."""
    with knowing(secret, prefix) as uri:
        at(uri)
        watch("has", alias, "-t", "1", "-o", "json")
        watch("inspect", alias, "-t", "1")


@pytest.mark.parametrize("verb", ["has", "inspect"])
def test_a_proxy_that_says_its_password_back(
    watch: Watch, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """It is a secret of the environment, and nobody's whom the proxy's words are for."""
    header = b64encode(f"{USER}:{PASSWORD}".encode())
    refusal = b"HTTP/1.1 407 who is " + header + b" " + PASSWORD.encode() + b"\r\n\r\n"
    at(NOWHERE)
    with faults.banner(refusal, after_first_bytes=True) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{USER}:{quote(PASSWORD, '')}@{proxy.address}")
        ran = watch(verb, "env", "-o", "json", "-t", "2")

    assert ran.row["status"] == "proxy-failed"
    assert "who is ***" in ran.row["summary"]


@pytest.mark.parametrize("length", range(150, 200, 7))
def test_words_that_are_cut(watch: Watch, at: Callable[[str], None], length: int) -> None:
    """Where the words of a server are too long, the beginning of a secret is left: not that."""
    padding = "x" * length
    with milvus(connect=echoing(grpc.StatusCode.UNKNOWN, f"{padding}{{1}} {{0}} {padding}")) as uri:
        at(uri)
        ran = watch("has", "literal", "token", "quoted", "-o", "json")

    for secret in (PASSWORD, API_KEY, QUOTED):
        starts = {secret[:size] for size in range(4, len(secret))}
        assert not [start for start in starts if json.dumps(start)[1:-1] in ran.out]


# Every verb


CASES: Mapping[str, list[tuple[str, ...]]] = {
    "has": [("literal", "nobody"), ("--all", "-q"), (f"http://root:{API_KEY}@h",)],
    "add": [
        ("new", "--uri", NOWHERE, "--token", API_KEY),
        ("new", "--uri", NOWHERE, "--user", USER, "--password", PASSWORD),
        ("new", "--uri", NOWHERE, "--token", QUOTED, "--store", "keyring"),
        ("new", "--uri", f"http://{USER}:{quote(PASSWORD, safe='')}@h"),
        ("new", "--uri", f"http://{USER}:{PASSWORD}@h"),
        ("new", "--uri", f"{USER}:{API_KEY}@h:1"),
        ("new", "--address", f"{USER}:{API_KEY}@h:1"),
        ("new", "--uri", f"ftp://{USER}:{API_KEY}@h"),
        ("new", "--uri", f"http://{USER}:{API_KEY}@h", "--token", API_KEY),
        ("new", "--uri", NOWHERE, "--token", API_KEY, "--user", "x"),
        ("new", "--uri", NOWHERE, "--password", API_KEY),
        ("new", "--uri", NOWHERE, "--user", USER, "--password", "-"),
        ("new", "--uri", NOWHERE, "--token", f"command:'{QUOTED[:6]}"),
        ("new", "--uri", NOWHERE, "--token", f"keyring:{API_KEY}"),
        ("new", "--uri", NOWHERE, "--token", API_KEY, f"--pasword={API_KEY}"),
        ("new", "--uri", NOWHERE, "--token", "--password", API_KEY),
        ("literal", "--uri", NOWHERE, "--token", API_KEY),
        ("literal", "--uri", NOWHERE, "--token", API_KEY, "--replace"),
        (f"http://{USER}:{API_KEY}@h", "--uri", NOWHERE),
    ],
    "connect": [
        ("literal",),
        ("new", "--uri", NOWHERE, "--token", API_KEY),
        ("new", "--uri", f"http://{USER}:{API_KEY}@127.0.0.1:1"),
        ("literal", "--uri", NOWHERE, "--token", API_KEY),
        (f"http://{USER}:{API_KEY}@h",),
        ("new", "--uri", NOWHERE, "--user", USER, "--ask-password"),
    ],
    "disconnect": [("literal", "uri"), (f"http://{USER}:{API_KEY}@h",)],
    "address": [("uri",), ("literal",), (f"http://{USER}:{API_KEY}@h",)],
    "list": [(), ("--no-probe",), ("--names",), ("--exit-code",)],
    "remove": [("literal", "uri"), (f"http://{USER}:{API_KEY}@h",)],
    "show": [*((alias,) for alias in ALIASES), (f"http://{USER}:{API_KEY}@h",)],
    "rename": [("uri", "other"), ("uri", f"http://{USER}:{API_KEY}@h"), ("uri", "literal")],
    "copy": [("uri", "other"), ("literal", "other"), (f"http://{USER}:{API_KEY}@h", "x")],
    "import": [
        ("taken.json",),
        ("taken.json", "--dry-run"),
        ("taken.json", "--replace"),
        ("taken.json", "--replace", "--store", "keyring"),
        ("bad.toml",),
        ("malformed.toml",),
        ("malformed.json",),
        ("named.json",),
        ("yami.toml",),
        ("odd.env",),
        ("mutual.json",),
        ("--from", "environment"),
    ],
    "export": [(), ("literal", "uri"), ("--dry-run",), ("--dry-run", "--include-secrets")],
    "inspect": [
        ("literal",),
        ("--uri", f"http://{USER}:{API_KEY}@127.0.0.1:1"),
        ("--uri", NOWHERE, "--token", API_KEY),
    ],
    "explain": [(), ("auth-rejected",)],
    "completion": [("status",), ("show", "bash"), ("install", "fish"), ("uninstall", "fish")],
}
FOREIGN = {
    "taken.json": json.dumps(
        {"connections": {"literal": {"uri": NOWHERE, "token": API_KEY}, "n": {"uri": NOWHERE}}}
    ),
    "bad.toml": f'[connections.a]\nuri = "http://h"\nuser = 1\npassword = "{API_KEY}"\n',
    "malformed.toml": f'[connections.a]\nuri = "http://h"\npassword = {API_KEY}\n',
    "malformed.json": f'{{"connections": {{"a": {{"token": "{API_KEY}" oops',
    "named.json": json.dumps(
        {f"http://{USER}:{API_KEY}@h:{n}": {"uri": f"http://{USER}:{API_KEY}@h:x"} for n in (1, 2)}
    ),
    "yami.toml": f'[profiles.a]\nuri = "http://h"\ntoken = "{API_KEY}${{X}}"\n',
    "odd.env": f'MILVUS_URI=http://h\nMILVUS_TOKEN="{API_KEY}"\nMILVUS_PASSWORD=\'{QUOTED}\n',
    "mutual.json": json.dumps({f"{USER}:{API_KEY}@h:1": {"uri": "h:1", "tlsmode": 2}}),
}


def test_every_verb_has_a_case() -> None:
    """A new one is not forgotten here."""
    assert set(CASES) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb(
    watch: Watch,
    at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    own_place: Path,
    verb: str,
) -> None:
    """In each of its formats, and quietly, whether it does well or not."""
    monkeypatch.setenv("MILVUS_URI", f"http://{USER}:{quote(PASSWORD, safe='')}@h")
    for name, text in FOREIGN.items():
        (own_place / name).write_text(text, encoding="utf-8")
        watch.given.add(own_place / name)
    outputs = ("toml", "json") if verb == "export" else ("table", "plain", "json")
    with faults.refusing_port() as place:
        for case in CASES[verb]:
            for output in ((), *(("-o", output) for output in outputs), ("-q",)):
                at(f"http://{place.address}")
                monkeypatch.setattr("sys.stdin", io.StringIO(f"{FROM_INPUT}\n"))
                watch(verb, *case, *output)


@pytest.mark.parametrize("form", ["toml", "json"])
def test_an_exported_file(
    watch: Watch, at: Callable[[str], None], own_place: Path, form: str
) -> None:
    """Without --include-secrets it holds none; with it, it alone does."""
    at(NOWHERE)

    assert watch("export", "-o", form, "--to", "without").code == 0
    watch.given.add(own_place / "with")
    assert watch("export", "-o", form, "--to", "with", "--include-secrets").code == 0

    assert found_in((own_place / "with").read_bytes())


# Registries that are wrong


@pytest.mark.parametrize(
    "line",
    [
        f"password = {API_KEY}",
        f'password = "{API_KEY}',
        f'password = "{API_KEY}" {API_KEY}',
        f"'{API_KEY}' {API_KEY}",
        f'password = "{API_KEY}\\q"',
        f'pasword = "{API_KEY}"',
        f'tokens = ["{API_KEY}"]',
        f'token = ["{API_KEY}"]',
        f'token = {{ value = "{API_KEY}" }}',
        f'token = {{ env = ["{API_KEY}"] }}',
        f'token = {{ file = "x", literal = "{API_KEY}" }}',
        f'user = "root"\npassword = "{API_KEY}"\npassword = "{API_KEY}"',
        f'user = ["{API_KEY}"]',
        f'tls = "{API_KEY}"',
        f'[connections.dev.tls]\nkeyy = "{API_KEY}"',
        f'[[connections]]\ntoken = "{API_KEY}"',
    ],
)
def test_a_registry_that_is_wrong(watch: Watch, registry_path: Path, line: str) -> None:
    """The complaint names the place or the key, and not what stands there."""
    registry_path.parent.mkdir(mode=0o700)
    text = f'version = 1\n[connections.dev]\nuri = "{NOWHERE}"\n{line}\n'
    for arguments in (
        *(("has", "dev"), ("has", "dev", "-o", "json"), ("list", "--no-probe"), ("list",)),
        *(("show", "dev"), ("connect", "dev"), ("address", "dev"), ("inspect", "dev")),
        *(("rename", "dev", "new"), ("add", "dev", "--uri", NOWHERE, "--replace"), ("export",)),
    ):
        registry_path.write_text(text)
        registry_path.chmod(0o600)
        watch(*arguments)


def test_numbers_are_no_secrets(watch: Watch, registry_path: Path) -> None:
    """A password without its quotes is a number: refused, and not repeated."""
    registry_path.parent.mkdir(mode=0o700)
    registry_path.write_text(
        f'[connections.dev]\nuri = "{NOWHERE}"\nuser = "root"\npassword = 73190264855\n'
    )
    registry_path.chmod(0o600)

    for arguments in (("has", "dev", "-o", "json"), ("show", "dev"), ("connect", "dev")):
        ran = watch(*arguments)
        assert ran.code == 78
        assert "73190264855" not in ran.out + ran.err


# Secrets that cannot be had, or sent: refused before anybody is dialled


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port that listens, and accepts nobody: who came is waiting there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def came(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])


SPILLING = f"import sys; sys.stderr.write('{API_KEY}'); print('{API_KEY}'); sys.exit(3)"
BAD_SECRETS = {
    "a command that fails and spills": f"command = {json.dumps([sys.executable, 'spill.py'])}",
    "a command that is not there": "command = ['./none']",
    "a file that is not UTF-8": "file = 'bytes'",
    "a file that is missing": "file = 'none'",
    "a variable that is not UTF-8": "env = 'CANARY_BYTES'",
    "a variable that is not set": "env = 'CANARY_NOT_SET'",
    "a keyring that gives half a surrogate": "keyring = 'a/b'",
}


@pytest.mark.parametrize("bad", BAD_SECRETS)
def test_a_secret_that_cannot_be_sent(
    watch: Watch,
    registry_path: Path,
    own_place: Path,
    listening: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    bad: str,
) -> None:
    """config-secret, which names the reference; no connection is made."""
    registry_path.parent.mkdir(mode=0o700)
    (registry_path.parent / "bytes").write_bytes(API_KEY.encode() + b"\xff")
    (own_place / "spill.py").write_text(SPILLING)
    watch.given |= {own_place / "spill.py", registry_path.parent / "bytes"}
    monkeypatch.setattr(Ring, "answer", f"{API_KEY}\ud800")
    uri = f"http://127.0.0.1:{listening.getsockname()[1]}"
    registry_path.write_text(
        f"[connections.dev]\nuri = '{uri}'\ntoken = {{ {BAD_SECRETS[bad]} }}\n"
    )
    registry_path.chmod(0o600)
    os.environb[b"CANARY_BYTES"] = API_KEY.encode() + b"\xff"
    try:
        for arguments in (("has", "dev", "-o", "json"), ("inspect", "dev"), ("connect", "dev")):
            ran = watch(*arguments)
            assert ran.code == 78
            assert "config-secret" in ran.out + ran.err
    finally:
        del os.environb[b"CANARY_BYTES"]

    assert not came(listening)


@pytest.mark.parametrize(
    "settings",
    [
        "db = 'Datenbänke'",
        'db = "a\\u0000b"',
        'db = "a\\nb"',
        "token = ''",
        f"user = 'u'\ntoken = '{API_KEY}'",
    ],
)
def test_settings_that_cannot_be_sent(
    watch: Watch, registry_path: Path, listening: socket.socket, settings: str
) -> None:
    """What gRPC's metadata cannot carry is known before anybody is dialled."""
    registry_path.parent.mkdir(mode=0o700)
    uri = f"http://127.0.0.1:{listening.getsockname()[1]}"
    registry_path.write_text(f"[connections.dev]\nuri = '{uri}'\n{settings}\n")
    registry_path.chmod(0o600)

    assert watch("has", "dev", "-o", "json").code == 78
    assert watch("inspect", "dev").code == 78
    assert not came(listening)


# Faults of this program


@pytest.mark.parametrize("verb", ["has", "list", "connect", "inspect"])
@pytest.mark.parametrize("debug", ["", "1"])
def test_an_unforeseen_exception(
    milvusconn: Milvusconn,
    at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    debug: str,
) -> None:
    """Deep down, with the secret in its text, in its cause and in local variables."""

    def broken(dial: Any) -> None:  # noqa: ANN401 -- a Dial
        text = dial.password.reveal()
        encoded = b64encode(f"{dial.user}:{text}".encode()).decode()
        raise RuntimeError(f"{dial} {text} {encoded}") from KeyError(text)

    monkeypatch.setattr("milvusconn_cli.probing.attempt._metadata", broken)
    monkeypatch.setenv("MILVUSCONN_DEBUG", debug)
    at(NOWHERE)

    ran = milvusconn(verb, "--exit-code" if verb == "list" else "literal", "-o", "json")
    gc.collect()

    assert ran.code == 70
    assert ("Traceback" in ran.err) is bool(debug)
    assert not found_in((ran.out + ran.err).encode())


def test_the_log_of_grpc(watch: Watch, at: Callable[[str], None]) -> None:
    """MILVUSCONN_DEBUG lets gRPC speak; a process of its own, since it reads that at its import."""
    with milvus(connect=echoing(grpc.StatusCode.UNAUTHENTICATED)) as uri:
        at(uri)
        for arguments in (["has", "--all"], ["inspect", "literal"]):
            ran = run_program(arguments, environment={"MILVUSCONN_DEBUG": "1"})
            watch.look_at(ran, arguments)


# Other processes


def command_lines() -> set[bytes]:
    """Those of all processes but this one, as `ps` shows them."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.add((process / "cmdline").read_bytes())
        except OSError:
            continue  # it has ended
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="only Linux has /proc")
@pytest.mark.usefixtures("milvus_lite_package")
def test_ps_while_a_probe_runs(
    at: Callable[[str], None], registry_path: Path, own_place: Path
) -> None:
    """Neither the command of a secret nor Milvus Lite's process is started with one."""
    at(str(own_place / "m.db"))
    text = registry_path.read_text("utf-8")
    program = json.dumps([sys.executable, str(own_place.parent / "given" / "secret.py")])
    with_env = f"[connections.own]\nuri = '{own_place / 'm.db'}'\nuser = 'root'\npassword = "
    registry_path.write_text(f"{text}{with_env}{{ command = {program} }}\n", encoding="utf-8")
    seen: set[bytes] = set()
    with subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", "has", "literal", "env", "own", "-t", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as probing:
        while probing.poll() is None:
            seen |= command_lines()
        out, err = probing.communicate()

    assert probing.returncode == 0, err
    assert any(b"lite_engine.py" in line for line in seen)
    assert not found_in(b"\n".join(seen))
    assert not found_in(out + err)


# References are followed when a probe needs them, and at no other time


WITHOUT_A_PROBE: tuple[tuple[str, ...], ...] = (
    ("list", "--no-probe"),
    ("list", "--names"),
    ("list", "--no-probe", "-o", "json"),
    ("show", "by-command"),
    ("show", "by-file", "-o", "json"),
    ("show", "by-keyring"),
    ("show", "by-variable"),
    ("address", "by-command"),
    ("has", "other"),
    ("has", "nobody"),
    ("inspect", "other"),
    ("connect", "other"),
    ("export",),
    ("export", "-o", "json", "--include-secrets"),
    ("import", "references.toml", "--allow-commands"),
    ("import", "references.toml", "--allow-commands", "--store", "keyring"),
    ("import", "references.toml", "--allow-commands", "--dry-run"),
    ("rename", "by-command", "new"),
    ("copy", "by-file", "new"),
    ("disconnect", "by-command", "by-file", "by-keyring", "by-variable"),
    ("add", "by-command", "--uri", NOWHERE, "--replace"),
    ("remove", "by-command", "by-file", "by-keyring", "by-variable"),
)


@pytest.mark.parametrize("arguments", WITHOUT_A_PROBE, ids=" ".join)
def test_a_reference_is_not_followed(
    watch: Watch,
    registry_path: Path,
    own_place: Path,
    speaking_milvus: Speak,
    ring: type[Ring],
    arguments: tuple[str, ...],
) -> None:
    """No command is started, no file opened (a pipe would hold us up), no keyring asked."""
    os.mkfifo(own_place / "pipe")
    witness = own_place / "witness"
    touch = f"import pathlib; pathlib.Path({str(witness)!r}).touch()"
    referring = "".join(
        f"[connections.by-{name}]\nuri = '{NOWHERE}'\ntoken = {{ {reference} }}\n"
        for name, reference in {
            "command": f"command = {json.dumps([sys.executable, '-c', touch])}",
            "file": f"file = '{own_place / 'pipe'}'",
            "keyring": "keyring = 'milvusconn/x'",
            "variable": "env = 'CANARY_NOT_SET'",
        }.items()
    )
    (own_place / "references.toml").write_text(referring.replace("by-", "new-by-"))
    registry_path.parent.mkdir(mode=0o700)
    other = f"[connections.other]\nuri = '{speaking_milvus().uri}'\n"
    registry_path.write_text(referring + other)
    registry_path.chmod(0o600)

    ran = watch(*arguments)

    assert ran.code == (1 if "nobody" in arguments else 0), ran.err
    assert not witness.exists()
    assert ring.asked == []


def test_a_probe_follows_it(
    watch: Watch, registry_path: Path, own_place: Path, ring: type[Ring]
) -> None:
    """The witness and the count work: a probe starts the command and asks the keyring."""
    witness = own_place / "witness"
    registry_path.parent.mkdir(mode=0o700)
    program = json.dumps(["sh", "-c", f"touch {shlex.quote(str(witness))}; echo x"])
    registry_path.write_text(
        f"[connections.a]\nuri = '{NOWHERE}'\ntoken = {{ command = {program} }}\n"
        f"[connections.b]\nuri = '{NOWHERE}'\ntoken = {{ keyring = 'a/b' }}\n"
    )
    registry_path.chmod(0o600)

    watch("has", "a", "b")

    assert witness.exists()
    assert ring.asked == ["a/b"]
