"""A secret typed into the wrong place: no option, argument or verb repeats it in any output.

The places are enumerated from the typer application, so a new option is covered by itself.
"""

import io
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from jsonschema import Draft202012Validator

from milvusconn_cli.app import VERBS, application
from milvusconn_cli.cli import typer_adapter
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
    "control character": f"root:\x1b{CANARY}",
    "not UTF-8": f"root:\udcff{CANARY}",
    "near a choice": f"json:{CANARY}",
}
CONTEXTS: tuple[tuple[str, ...], ...] = ((), ("--uri", "https://127.0.0.1:1"))
"""Other options that let a value get further than the first check."""
REQUIRED = {"ALIAS": "new", "COMMAND": "true", "NEW": "newer", "ACTION": "show", "SHELL": "bash"}
FORMATS = "expected table, plain, json, jsonl, csv, prometheus, nagios, junit or github"
LIMITS = {"wait": ("-t", "0.1"), "ping": ("-c", "1")}
"""What ends verbs that go on by themselves."""
SAID_BACK = {
    "--format": "a template without a field is what is printed",
    "--to": "the file of that name has been written, and is there",
}
"""Options whose value is said back when it is a good one."""
WITHOUT_END = {("serve", ("--config",)), ("serve", ("--max-probes",))}
"""Places where any word is a good value, with which the verb would go on until it is stopped."""
SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs/schema/milvusconn-1.json").read_text("utf-8"))
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

    @property
    def start(self) -> tuple[str, ...]:
        """The verb, with a limit where it would go on."""
        return (self.verb, *LIMITS.get(self.verb, ()))

    def apart(self, secret: str) -> tuple[str, ...]:
        """The command line with an option's secret as a word of its own; others as they are."""
        if self.name.startswith("-"):
            return (*self.start, *self.required, self.name, secret)
        return next(self.lines(secret))

    def lines(self, secret: str) -> Iterator[tuple[str, ...]]:
        """Command lines with the secret in this place."""
        for context in CONTEXTS if self.takes_settings else ((),):
            if self.name.startswith("-"):
                yield (*self.start, *self.required, *context, f"{self.name}={secret}")
            else:
                given = (secret if one == self.name else one for one in self.required)
                words = [REQUIRED.get(one, one) for one in given]
                yield (*self.start, *context, "--", *words)


def places() -> Iterator[Place]:
    """All places of all verbs."""
    for verb in typer_adapter.read(application(list(VERBS))).verbs:
        options = [one for one in verb.parameters if one.is_option]
        arguments = [one for one in verb.parameters if not one.is_option]
        names = [one.metavar.strip("[].") for one in arguments]
        settings = any("--uri" in one.names for one in options)
        required = tuple(
            REQUIRED[name] for one, name in zip(arguments, names, strict=True) if one.required
        )
        for option in options:
            if (verb.name, option.names) in WITHOUT_END:
                continue
            for name in (*option.names, *option.negative_names):
                yield Place(verb.name, name, settings, required)
        for index, name in enumerate(names):
            yield Place(verb.name, name, settings, tuple(names[: index + 1]))
        yield Place(verb.name, "EXTRA", settings, (*names, "EXTRA"))
        yield Place(verb.name, "--unknown", settings, required)


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


def is_legitimate(place: Place, secret: str) -> bool:
    """Whether a key is valid there, and what is valid is saved and shown: as a name."""
    names = {"--host", "--user", "--db"}
    if (place.verb, place.name) in {("add", "ALIAS"), ("connect", "ALIAS")}:
        return secret == "API key"
    return secret == "API key" and place.name in names


def assert_silent(ran: Ran, line: object) -> None:
    """The canary is in neither stream, and no such mistake is a fault of the program."""
    assert CANARY.lower() not in (ran.out + ran.err).lower(), (line, ran.out, ran.err)
    assert ran.code != 70, (line, ran.err)


def test_the_places_are_found() -> None:
    """Of each verb: an option of its own, an argument, and one too many."""
    found = {(one.verb, one.name) for one in PLACES}

    assert {one.verb for one in PLACES} == set(VERBS)
    for place in (("list", "--sort"), ("import", "--from"), ("has", "ALIAS|URI"), ("copy", "NEW")):
        assert place in found


@pytest.mark.sweep(one_in=9)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_place_repeats_a_secret(milvusconn: Milvusconn, place: Place) -> None:
    """In whatever shape it comes; JSON has all that text has, and stderr beside it."""
    for secret, value in SECRETS.items():
        for line in place.lines(value):
            ran = milvusconn(line[0], "-o", "json", *line[1:])
            # A file or an alias that was made by that name is shown by it.
            if ran.code != 0 and not is_legitimate(place, secret):
                assert_silent(ran, line)


@pytest.mark.sweep(one_in=5)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_place_repeats_a_password_as_text(milvusconn: Milvusconn, place: Place) -> None:
    """Without -o json, and whichever way an option's value is given."""
    if place.name in SAID_BACK:
        pytest.skip(SAID_BACK[place.name])
    said = (SECRETS["user and password"], SECRETS["assignment"])
    for line in [*place.lines(said[0]), *map(place.apart, said)]:
        ran = milvusconn(*line)
        if ran.code != 0:
            assert_silent(ran, line)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("before", [(), ("-o", "json")], ids=["text", "JSON"])
def test_no_secret_is_repeated_in_the_place_of_a_verb(
    milvusconn: Milvusconn, before: tuple[str, ...], secret: str
) -> None:
    """Alone, with a verb behind it, and with options on either side."""
    value = SECRETS[secret]
    for line in ((value,), (value, "has"), (value, "-o", "json"), (f"--output={value}", "has")):
        ran = milvusconn(*before, *line)

        assert_silent(ran, line)
        assert ran.code == 2
        if "json" in (*before, *line):
            assert not list(SCHEMA.iter_errors(ran.json))


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "variable",
    ["MILVUSCONN_ALIAS", "MILVUSCONN_CONFIG", "MILVUSCONN_DEFAULT_URI", "MILVUS_URI", "COLUMNS"],
)
def test_no_variable_is_repeated(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, variable: str, secret: str
) -> None:
    """What an environment variable says is no more repeated than an option."""
    monkeypatch.setenv(variable, SECRETS[secret])
    for line in (("has", "-o", "json"), ("address",), ("show",), ("connect",), ("list",)):
        ran = milvusconn(*line)
        if "no_proxy" not in ran.err:
            assert_silent(ran, (variable, *line))


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (
            "has -t abc",
            "invalid value for --timeout: expected a number of seconds, for example 5",
            0,
        ),
        (
            "has -t 0",
            "invalid value for --timeout: expected more than 0 and at most 86400 seconds",
            0,
        ),
        (
            "has --output tabel",
            f"invalid value 'tabel' for --output: {FORMATS}",
            "did you mean table?",
        ),
        (
            "has -o secret:x",
            f"invalid value for --output: {FORMATS}",
            0,
        ),
        (
            "completion shwo",
            "invalid value 'shwo' for ACTION: expected show, install, uninstall or status",
            "did you mean show?",
        ),
        (
            "completion",
            "missing argument ACTION: expected show, install, uninstall or status",
            "`milvusconn completion --help`",
        ),
        ("add", "missing argument ALIAS", "usage: `milvusconn add ALIAS URI`"),
        ("add dev http://h x", "unexpected argument: add takes ALIAS and URI", 0),
        ("add dev x --uri http://h", "the address is given twice", 0),
        ("add http://h --uri http://g", "the address is given twice", 0),
        ("connect http://h --host g", "the address is given twice", 0),
        ("list x", "unexpected argument: list takes no argument", 0),
        (
            "address a b",
            "unexpected argument: address takes ALIAS|URI",
            "`milvusconn address --help`",
        ),
        ("has --tiemout 3", "unknown option --tiemout", "did you mean --timeout?"),
        ("has --S3cr3t", "unknown option", "`milvusconn has --help`"),
        ("has -pS3cr3t", "unknown option", 0),
        ("has -p S3cr3t", "unknown option -p", 0),
        ("add dev --uri", "--uri needs a value", 0),
        ("has --quiet=x", "--quiet takes no value", 0),
        ("lst", "unknown command 'lst'", "did you mean `milvusconn list`?"),
        ("http://root:pw@h", "unknown command", "`milvusconn --help`"),
        ("--uri http://h has", "option --uri must follow the command", "`milvusconn has --help`"),
        ("explain tls-expird", "no cause 'tls-expird'", "did you mean tls-expired?"),
        ("explain http://h", "no such cause", 0),
    ],
)
def test_what_a_mistake_is_called(
    milvusconn: Milvusconn, line: str, message: str, hint: str | int
) -> None:
    """It names the option or argument and what that takes."""
    ran = milvusconn(*line.split())

    first, second = ran.err.splitlines()
    assert ran.code == 2
    assert first == f"milvusconn: {message}"
    assert not hint or second == f"  hint: {hint}"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("-o json has", "has"),
        ("--output=json has", "has"),
        ("-ojson has", "has"),
        ("has -t x -qo json", "has"),
        ("nonsense -o json", None),
        ("-o json", None),
    ],
)
def test_the_command_of_json(milvusconn: Milvusconn, line: str, command: str | None) -> None:
    """The verb, wherever it stands; null where there is none; the schema allows both."""
    ran = milvusconn(*line.split())

    assert ran.json["command"] == command
    assert not list(SCHEMA.iter_errors(ran.json))
    assert CANARY not in ran.out


def test_a_row_for_each_alias(milvusconn: Milvusconn) -> None:
    """Also for one whose name is not shown; valid names stay, however long."""
    ran = milvusconn("has", "prod-eu.1", f"root:{CANARY}", "milvus2024production", "-o", "json")

    assert [one["alias"] for one in ran.json["connections"]] == [
        *("prod-eu.1", "***", "milvus2024production"),
    ]


@pytest.mark.parametrize(("option", "word"), [("--user", "user name"), ("--db", "database name")])
def test_a_name_that_looks_like_a_secret(milvusconn: Milvusconn, option: str, word: str) -> None:
    """Users and databases are shown in every row, so what no server has is refused."""
    ran = milvusconn("add", "dev", "--uri", "http://127.0.0.1:1", option, f"root:{CANARY}")

    assert ran.code == 78
    assert ran.err.startswith(f"milvusconn: {option} takes a {word}: ")
