"""Every verb, with a secret in every place where one may be."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from milvusconn_cli.app import VERBS
from tests.secrecy.canaries import (
    ALIASES,
    API_KEY,
    FROM_INPUT,
    NOWHERE,
    PASSWORD,
    QUOTED,
    USER,
    Watch,
    found_in,
)
from tests.servers import faults

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
    "set": [
        ("literal", "--token", API_KEY),
        ("literal", "--user", USER, "--password", PASSWORD),
        ("uri", f"http://{USER}:{API_KEY}@h"),
        ("literal", "--token", "env:X"),
        ("literal", "--unset", API_KEY),
        ("literal", API_KEY),
    ],
    "edit": [(), (API_KEY,)],
    "help": [("exit-codes",), (API_KEY,)],
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
    # What these two print is the secret itself: here, what they refuse.
    "env": [("nobody",), (f"http://{USER}:{API_KEY}@h",), ("literal", API_KEY)],
    "exec": [("nobody", "--", "true"), (f"http://{USER}:{API_KEY}@h", "--", "true"), ("literal",)],
    "wait": [
        ("literal", "-t", "0.2"),
        (f"http://{USER}:{API_KEY}@127.0.0.1:1", "-t", "0.2"),
        (NOWHERE, "--token", API_KEY, "-t", "0.2"),
    ],
    "ping": [
        ("literal", "-c", "1"),
        (f"http://{USER}:{API_KEY}@127.0.0.1:1", "-c", "1"),
        ("literal", API_KEY),
    ],
    "serve": [("--listen", API_KEY), (API_KEY,), ("--listen", f"http://{USER}:{API_KEY}@h")],
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


@pytest.mark.sweep(one_in=4)
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
