"""The secrets that are looked for, and where."""

import json
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus

import grpc
import keyring
import keyring.backend

from tests.conftest import Milvusconn, Ran
from tests.servers.speaking_milvus import SpeakingMilvus

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


@contextmanager
def milvus(**said: Any) -> Iterator[str]:  # noqa: ANN401 -- those of SpeakingMilvus
    with SpeakingMilvus(**said) as server:
        yield server.uri
