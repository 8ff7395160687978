"""Aliases with any name that TOML allows: read, listed, asked, changed and removed.

New ones are confined to letters, digits and a few signs; what people wrote into their file is
theirs. Whatever the name is, no verb falls over it, and none of it reaches a terminal as a control
code or as a line of its own.
"""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from milvusconn_cli.registry.text import key_text
from tests.conftest import Milvusconn, Ran

ODD_NAMES = {
    "empty": "",
    "one space": " ",
    "spaces": "  two  words ",
    "dots": "a.b.c",
    "only a dot": ".",
    "up": "..",
    "a path": "/etc/passwd",
    "double quote": 'say "hi"',
    "single quote": "it's",
    "both quotes": '"\'"\'\'"""',
    "backslash": "a\\b\\",
    "equals": "a = b",
    "brackets": "a]\u0020[b",
    "braces": "{a}",
    "comment": "# no comment",
    "comma": "a, b",
    "markup": "[red]a[/red]",
    "percent": "%s %(x)s {0}",
    "newline": "a\nb",
    "return": "a\r\nb",
    "forged line": "a\nmilvusconn: all is well",
    "tab": "a\tb",
    "NUL": "a\0b",
    "ESC": "\x1b[31ma\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "C1": "a\x9b31mb",
    "DEL": "a\x7fb",
    "line separator": "a\u2028b\u2029c",
    "next line": "a\x85b",
    "bidi override": "a\u202eb\u202c",
    "zero width": "a\u200bb\ufeff",
    "emoji": "🔑🏳️‍🌈",
    "combining": "e\u0301\u0301\u0301",
    "Arabic": "اتصال",
    "long": "n" * 300,
    "help": "--help",
    "quiet": "-q",
    "end of options": "--",
    "dash": "-",
    "a verb": "list",
    "connections": "connections",
    "version": "version",
    "disconnected": "disconnected",
    "uri": "uri",
    "tls": "tls",
    "true": "true",
    "number": "1979-05-27",
}
NEW_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def document(alias: str, port: int) -> str:
    """A file with that alias between two others."""
    name = key_text(alias)
    return (
        f"# head\nversion = 1\n\n[connections.before-it]\nuri = 'http://127.0.0.1:{port}' # b\n"
        f"\n# above\n[connections.{name}] # beside\nuri = 'http://127.0.0.1:{port}'\n"
        f"\n# below\n[connections.after-it]\nuri = 'http://127.0.0.1:{port}' # a\n"
    )


def after_options(verb: str, *arguments: str, options: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The command line: `--` before the aliases, since they may look like options."""
    return (verb, *options, "--", *arguments)


def assert_decent(ran: Ran, *codes: int) -> None:
    """The exit code is one of these; each stream is lines of printable text."""
    assert ran.code in codes, (ran.code, ran.err)
    for line in (ran.out + ran.err).split("\n"):
        assert line.replace("\t", "").isprintable(), line
    for line in ran.err.split("\n")[:-1]:
        assert line.startswith(("milvusconn: ", "  hint: ")), line


def names(path: Path) -> list[str]:
    return list(tomllib.loads(path.read_bytes().decode())["connections"])


class Odd:
    """A registry that holds one odd name, and the program to go at it with."""

    def __init__(self, milvusconn: Milvusconn, path: Path, port: int) -> None:
        self._milvusconn = milvusconn
        self._path = path
        self._port = port
        path.parent.mkdir(exist_ok=True)

    def go_through_all_verbs(self, alias: str) -> None:
        """Read it, ask it, take it out of service and back, copy, rename and remove it."""
        self._start(alias)
        self._read(alias)
        self._leaves_the_rest(alias, "disconnect")
        self._leaves_the_rest(alias, "connect")
        self._leaves_the_rest(alias, "copy")
        self._leaves_the_rest(alias, "rename")
        self._leaves_the_rest(alias, "remove")

    def cannot_be_added(self, alias: str) -> None:
        """The name is refused, in words, and nothing is written."""
        before = self._start("there")
        options = ("--uri", f"http://127.0.0.1:{self._port}")
        for verb in (
            after_options("add", alias, options=options),
            after_options("copy", "there", alias),
            after_options("rename", "there", alias),
        ):
            ran = self._milvusconn(*verb)

            assert_decent(ran, 78)
            assert "invalid alias name" in ran.err
            assert self._path.read_bytes() == before

    def _start(self, alias: str) -> bytes:
        """The file as it is at first."""
        text = document(alias, self._port).encode()
        self._path.write_bytes(text)
        self._path.chmod(0o600)
        return text

    def _read(self, alias: str) -> None:
        run = self._milvusconn
        before = self._path.read_bytes()
        for output in ("table", "plain", "json"):
            listed = run("list", "--no-probe", "-o", output)
            assert_decent(listed, 0)
            if output == "json":
                assert [row["alias"] for row in listed.json["connections"]] == names(self._path)
            else:
                assert listed.out.count("\n") == (4 if output == "table" else 3)
            assert_decent(run(*after_options("show", alias, options=("-o", output))), 0)
        assert_decent(named := run("list", "--names"), 0)
        assert named.out.count("\n") == 3
        shown = run(*after_options("show", alias, options=("-o", "json")))
        assert shown.row["alias"] == alias
        assert run(*after_options("address", alias)) == Ran(0, f"127.0.0.1:{self._port}\n", "")
        asked = run(*after_options("has", alias, "before-it"))
        assert_decent(asked, 3)
        assert asked.out.count("\n") == 2
        assert_decent(run("has", "--all"), 3)
        assert_decent(run("list"), 0)
        assert self._path.read_bytes() == before

    def _leaves_the_rest(self, alias: str, verb: str) -> None:
        """The verb does what it is for, and every line that is not the alias's own stays."""
        before = self._start(alias).decode()
        run, go = self._milvusconn, after_options
        others = before.split("\n# below\n")[1]
        match verb:
            case "disconnect":
                assert_decent(run(*go("disconnect", alias)), 0)
                own = tomllib.loads(self._path.read_bytes().decode())["connections"][alias]
                assert own["disconnected"] is True
                assert_decent(run(*go("has", alias, "before-it")), 3)
            case "connect":
                # Nobody answers there: it says so, and the registry stays what it is.
                assert_decent(run(*go("connect", alias)), 3)
                assert self._path.read_bytes().decode() == before
            case "copy":
                assert_decent(run(*go("copy", alias, "good")), 0)
                assert names(self._path) == ["before-it", alias, "after-it", "good"]
                assert self._path.read_bytes().decode().startswith(before)
            case "rename":
                assert_decent(run(*go("rename", alias, "good")), 0)
                renamed = before.replace(f"[connections.{key_text(alias)}]", "[connections.good]")
                assert self._path.read_bytes().decode() == renamed
            case "remove":
                assert_decent(run(*go("remove", alias)), 0)
                assert names(self._path) == ["before-it", "after-it"]
        after = self._path.read_bytes().decode()
        assert after.startswith(before.split("\n# above\n")[0])
        assert f"\n# below\n{others}" in after
        assert "\n# above\n" in after


@pytest.fixture
def odd(milvusconn: Milvusconn, registry_path: Path, refusing_port: int) -> Odd:
    """A registry whose aliases refuse to be connected to."""
    return Odd(milvusconn, registry_path, refusing_port)


@pytest.mark.sweep(one_in=5)
@pytest.mark.parametrize("alias", ODD_NAMES.values(), ids=ODD_NAMES)
def test_every_verb_takes_it(alias: str, odd: Odd) -> None:
    """Read, listed, asked, changed and removed."""
    odd.go_through_all_verbs(alias)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(alias=st.text(max_size=40))
def test_every_verb_takes_any_text(alias: str, odd: Odd) -> None:
    """Whatever else TOML lets people write between quotes."""
    assume(alias not in ("before-it", "after-it", "good"))
    odd.go_through_all_verbs(alias)


@pytest.mark.parametrize(
    "alias",
    [name for name in ODD_NAMES.values() if not NEW_NAME.fullmatch(name)],
    ids=lambda name: ascii(name[:20]),
)
def test_it_cannot_be_new(alias: str, odd: Odd) -> None:
    """`add`, `copy` and `rename` refuse it, in words, and write nothing."""
    odd.cannot_be_added(alias)


def test_a_long_name_is_listed_whole(milvusconn: Milvusconn, registry_path: Path) -> None:
    """What is cut could not be asked for."""
    registry_path.parent.mkdir()
    registry_path.write_text(document(ODD_NAMES["long"], 1), encoding="utf-8")

    for options in (("--names",), ("--no-probe", "-o", "plain"), ("--no-probe", "-o", "table")):
        assert ODD_NAMES["long"] in milvusconn("list", *options).out


@pytest.mark.parametrize("verb", ["show", "address", "connect", "inspect", "has"])
def test_an_empty_name_is_not_default(verb: str, milvusconn: Milvusconn) -> None:
    """An unset variable of a script does not mean the alias that it did not name."""
    milvusconn("add", "default", "--uri", "http://127.0.0.1:1")

    ran = milvusconn(verb, "")

    assert ran.code == 1
    assert "''" in ran.err + ran.out


CODED = '"a\\u001b[31mb\\nmilvusconn: forged\\r\\u202e\\u0000"'


@pytest.mark.parametrize("output", ["table", "plain"])
def test_settings_are_no_control_codes_either(
    milvusconn: Milvusconn, registry_path: Path, output: str
) -> None:
    """A user, a note, a tag and a path are shown on one line each, without what they hide."""
    registry_path.parent.mkdir()
    registry_path.write_text(
        f'[connections.a]\nuri = "http://h"\nuser = {CODED}\ndescription = {CODED}\n'
        f'tags = [{CODED}]\n[connections.b]\nuri = "unix:/a\\u001b[31mb\\nc"\n',
        encoding="utf-8",
    )
    registry_path.chmod(0o600)

    for arguments in (("list", "--no-probe"), ("show", "a"), ("show", "b")):
        assert_decent(milvusconn(*arguments, "-o", output), 0)
    assert_decent(milvusconn("address", "b"), 0)
