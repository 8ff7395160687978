"""A secret typed into the wrong place: no option, argument or verb repeats it in any output.

The places are enumerated from the typer application, so a new option is covered by itself.
"""

import io
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
import typer.main
from jsonschema import Draft202012Validator

from milvusconn_cli.app import VERBS, application
from tests.conftest import Milvusconn, Ran
from tests.servers import faults

CANARY = "S3cr3tCanary"
KEY = "S3cr3tCanary9f8e7d6c5b4a39281706f5e4d3c2"
SECRETS = {
    "user and password": f"root:{CANARY}!",
    "assignment": f"token={CANARY}",
    "URI": f"http://root:{CANARY}@127.0.0.1:1",
    "URI of a key": f"ftp://{KEY}@127.0.0.1",
    "URI with a query": f"http://127.0.0.1:1?token={CANARY}",
    "without a scheme": f"root:{CANARY}@127.0.0.1:1",
    "password of marks": f"root:p@ss/{CANARY}!@127.0.0.1",
    "API key": KEY,
    "sentence": f"my password is {CANARY}",
    "JSON": f'{{"token": "{CANARY}"}}',
    "Base64": f"{CANARY}+/aGVsbG8==",
    "option": f"--{CANARY}",
    "short option": f"-{CANARY}!",
    "home": f"~{CANARY}!/x.db",
    "brackets": f"http://[{CANARY}]",
    "socket": f"unix://root:{CANARY}!@h",
    "port": f"127.0.0.1:{CANARY}",
    "control code": f"root:\x1b{CANARY}",
    "not UTF-8": f"root:\udcff{CANARY}",
    "near a choice": f"json:{CANARY}",
}
CONTEXTS: tuple[tuple[str, ...], ...] = ((), ("--uri", "https://127.0.0.1:1"))
"""Other options that let a value get further than the first check."""
REQUIRED = {"ALIAS": "new", "NEW": "newer", "ACTION": "show", "SHELL": "bash"}
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "docs/schema/milvusconn-1.json").read_text("utf-8"))
)


@dataclass(frozen=True)
class Place:
    """One place on a verb's command line: an option by its name, an argument by its metavar."""

    verb: str
    name: str
    takes_settings: bool
    required: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb} {self.name}"

    def lines(self, secret: str) -> Iterator[tuple[str, ...]]:
        """Command lines with the secret in this place."""
        for context in CONTEXTS if self.takes_settings else ((),):
            if self.name.startswith("-"):
                yield (self.verb, *self.required, *context, f"{self.name}={secret}")
                yield (self.verb, *self.required, *context, self.name, secret)
            else:
                given = (secret if one == self.name else one for one in self.required)
                words = [REQUIRED.get(one, one) for one in given]
                yield (self.verb, *context, *words)
                yield (self.verb, *context, "--", *words)


def places() -> Iterator[Place]:
    """All places of all verbs."""
    group: Any = typer.main.get_command(application(list(VERBS)))
    for verb, command in group.commands.items():
        options = [one for one in command.params if one.param_type_name == "option"]
        arguments = [
            one.metavar.strip("[].") for one in command.params if one.param_type_name == "argument"
        ]
        settings = any("--uri" in one.opts for one in options)
        required = tuple(
            REQUIRED[one.metavar.strip("[].")]
            for one in command.params
            if one.param_type_name == "argument" and one.required
        )
        for option in options:
            for name in (*option.opts, *option.secondary_opts):
                yield Place(verb, name, settings, required)
        for index, argument in enumerate(arguments):
            yield Place(verb, argument, settings, tuple(arguments[: index + 1]))
        yield Place(verb, "EXTRA", settings, (*arguments, "EXTRA"))
        yield Place(verb, "--unknown", settings, required)


PLACES = list(places())


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is dialled goes to a proxy that refuses, and no name is looked up."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    with faults.refusing_port() as proxy:
        for name in ("http_proxy", "https_proxy", "grpc_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.address}")
        monkeypatch.setattr("sys.stdin", io.StringIO(""))
        yield


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_x(milvusconn: Milvusconn, place: Place, secret: str) -> None:
    value = SECRETS[secret]
    for line in place.lines(value):
        for output in ((), ("-o", "json")):
            ran = milvusconn(line[0], *output, *line[1:])
            assert ran.code != 70, (line, ran.err)
            if CANARY.lower() in (ran.out + ran.err).lower():
                with open("/tmp/a_err_found.txt", "a") as f:
                    f.write(f"{place} | {secret} | {ran.code} | {output} | {ran.out!r} {ran.err!r}\n")
