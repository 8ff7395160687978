"""References to secrets in imported files."""

import json
from pathlib import Path

import pytest

from milvusconn_cli.registry import edits
from tests.conftest import Milvusconn
from tests.importing.files import NOWHERE, SECRET, Tables, milvus_cli, saved, text_file, told
from tests.schema import valid

REFERENCES = {
    "an_env": {"env": "NAME_OF_IT"},
    "a_file": {"file": "/run/secret"},
    "a_command": {"command": ["/opt/bin/op", "read", SECRET]},
    "a_ring": {"keyring": "service/user"},
}


ORIGINS = {
    "an_env": "env:NAME_OF_IT",
    "a_file": "file:/run/secret",
    "a_command": "command:/opt/bin/op",
    "a_ring": "keyring:service/user",
}


def our_own(form: str, **tokens: object) -> str:
    """A file of ours with an alias for each token, and one without."""
    tables = {alias: {"uri": NOWHERE, "token": token} for alias, token in tokens.items()}
    tables["none"] = {"uri": NOWHERE}
    if form == "toml":
        return text_file("r.toml", edits.rendered(tables))
    return text_file("r.json", json.dumps({"registry": {"connections": tables}}))


@pytest.mark.parametrize("form", ["toml", "json"])
@pytest.mark.parametrize("alias", REFERENCES)
def test_references_of_a_file_need_permission(
    milvusconn: Milvusconn, registry_path: Path, form: str, alias: str
) -> None:
    """All or none; the alias and the kind are named, and nothing that a command is told."""
    file = our_own(form, **{alias: REFERENCES[alias]}, lit="literal-of-it")
    kind = ORIGINS[alias].partition(":")[0]

    ran = milvusconn("import", file, "--replace")

    assert ran.code == 78
    needed = "--allow-commands" if kind in ("command", "file") else "--allow-references"
    assert f"milvusconn: {alias} ({kind}): references to secrets need {needed}" in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


@pytest.mark.parametrize("form", ["toml", "json"])
def test_references_that_are_allowed(
    milvusconn: Milvusconn, registry_path: Path, form: str
) -> None:
    """They are kept as they are, and each is told: of a command its program alone."""
    ran = told(milvusconn, our_own(form, **REFERENCES, lit="its-text"), "--allow-commands")

    assert {alias: one.get("token") for alias, one in saved(registry_path).items()} == {
        **REFERENCES,
        "lit": "its-text",
        "none": None,
    }
    for alias, origin in {**ORIGINS, "lit": "literal"}.items():
        assert f"milvusconn: {alias}: added: 127.0.0.1:1, secret: {origin}\n" in ran.err
    assert "milvusconn: none: added: 127.0.0.1:1\n" in ran.err
    assert SECRET not in ran.err
    assert "its-text" not in ran.err


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("output", ["table", "plain", "json"])
def test_a_dry_run_shows_where_secrets_come_from(
    milvusconn: Milvusconn, registry_path: Path, output: str, *, allowed: bool
) -> None:
    """Before anything is allowed; it exits as the import would."""
    permission = ("--allow-commands",) if allowed else ()
    file = our_own("toml", **REFERENCES, lit="its-text")

    ran = milvusconn("import", file, "--dry-run", "-o", output, *permission)

    assert ran.code == (0 if allowed else 78)
    fate = "add" if allowed else "refuse"
    expected = {alias: (fate, origin) for alias, origin in ORIGINS.items()}
    if output == "json":
        rows = valid(ran)["connections"]
        found = {row["alias"]: (row["action"], row["secret"]) for row in rows}
        assert found == {
            **expected,
            "lit": ("add", "literal"),
            "none": ("add", None),
        }
    else:
        lines = {line.split()[0]: line.split() for line in ran.out.splitlines()}
        for alias, cells in {**expected, "none": ("add", "-")}.items():
            assert tuple(lines[alias][-2:]) == cells
    assert ("an_env (env), a_file (file), a_command (command) and a_ring (keyring)" in ran.err) != (
        allowed
    )
    assert SECRET not in ran.out + ran.err
    assert not registry_path.exists()


def test_references_that_are_there_already(milvusconn: Milvusconn, registry_path: Path) -> None:
    """A file that brings in nothing new needs no permission."""
    file = our_own("toml", **REFERENCES)
    told(milvusconn, file, "--allow-commands")
    before = registry_path.read_bytes()

    assert told(milvusconn, file).err.count("unchanged") == 5
    assert registry_path.read_bytes() == before


@pytest.mark.parametrize("value", [*REFERENCES.values(), [], {}, False, 0, ["text"]], ids=str)
@pytest.mark.parametrize("form", ["milvus-cli", "yami"])
@pytest.mark.parametrize("permission", [(), ("--allow-commands",)])
def test_foreign_forms_have_text_alone(
    milvusconn: Milvusconn, registry_path: Path, form: str, value: object, permission: tuple[str]
) -> None:
    """A table there would be a reference of ours, which those programs do not have."""
    if form == "yami":
        import tomlkit  # noqa: PLC0415 -- for this alone

        tables = {"profiles": {"bad": {"uri": NOWHERE, "token": value}, "ok": {"uri": NOWHERE}}}
        file = text_file("it", tomlkit.dumps(tables))
    else:
        file = milvus_cli(bad={"uri": NOWHERE, "token": value}, ok={"uri": NOWHERE})

    ran = milvusconn("import", file, *permission)

    assert ran.code == 78
    assert "bad" in ran.err
    assert "its token is not text" in ran.err
    assert SECRET not in ran.err
    assert not registry_path.exists()


@pytest.mark.parametrize("text", ["env:HOME", "command:id", "file:/etc/shadow", "keyring:a/b", "-"])
@pytest.mark.parametrize("form", ["milvus-cli", "yami", "dotenv"])
def test_text_that_looks_like_a_reference_is_text(
    milvusconn: Milvusconn, registry_path: Path, form: str, text: str
) -> None:
    """The command line alone reads it so."""
    files = {
        "milvus-cli": json.dumps({"default": {"uri": NOWHERE, "token": text}}),
        "yami": f'[profiles.default]\nuri = "{NOWHERE}"\ntoken = "{text}"\n',
        "dotenv": f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN={text}\n",
    }

    ran = told(milvusconn, text_file("it", files[form]))

    assert saved(registry_path)["default"]["token"] == text
    assert "secret: literal\n" in ran.err


@pytest.mark.parametrize(
    ("lines", "secret"),
    [
        ("MILVUS_TOKEN=${VAULT}", {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN=$VAULT", {"token": {"env": "VAULT"}}),
        ('MILVUS_TOKEN="${VAULT}"', {"token": {"env": "VAULT"}}),
        ('export MILVUS_TOKEN="$VAULT"', {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN='$VAULT'", {"token": "$VAULT"}),
        ("MILVUS_TOKEN=${NOT_SET_HERE}", {"token": {"env": "NOT_SET_HERE"}}),
        ("MILVUS_TOKEN=a$VAULT", {"token": "a$VAULT"}),
        ("PW=a\nMILVUS_TOKEN=${PW}", {"token": "a"}),
        ("PW=a\nMILVUS_TOKEN=$PW", {"token": "a"}),
        ("PW=a\nMILVUS_TOKEN=root:${PW}", {"token": "root:a"}),
        ("PW=${VAULT}\nMILVUS_TOKEN=${PW}", {"token": {"env": "VAULT"}}),
        ("VAULT=${VAULT}\nMILVUS_TOKEN=${VAULT}", {"token": {"env": "VAULT"}}),
        ("MILVUS_TOKEN=${VAULT}\nVAULT=a", {"token": {"env": "VAULT"}}),
        (
            "MILVUS_USER=${WHO}\nMILVUS_PASSWORD=${VAULT}",
            {"user": "somebody", "password": {"env": "VAULT"}},
        ),
        ("MILVUS_DB=${UNSET:-d1}", {"db": "d1"}),
        ("MILVUS_DB=${WHO:-d1}", {"db": "somebody"}),
        ("MILVUS_DB=${UNSET}", {}),
    ],
)
def test_variables_of_a_dotenv_file(
    milvusconn: Milvusconn,
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    secret: Tables,
) -> None:
    """A secret that is a variable of the environment stays there; what the file sets is text."""
    monkeypatch.setenv("VAULT", SECRET)
    monkeypatch.setenv("WHO", "somebody")

    told(milvusconn, text_file(".env", f"MILVUS_URI={NOWHERE}\n{lines}\n"))

    assert saved(registry_path) == {"default": {"uri": NOWHERE, **secret}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN=root:${{VAULT}}", "MILVUS_TOKEN mixes text"),
        (f"MILVUS_URI={NOWHERE}\nMILVUS_TOKEN=${{VAULT:-x}}", "MILVUS_TOKEN mixes text"),
        (
            f"MILVUS_URI={NOWHERE}\nMILVUS_USER=u\nMILVUS_PASSWORD=a${{VAULT}}",
            "MILVUS_PASSWORD mixes",
        ),
        (f"MILVUSCONN_A_URI={NOWHERE}\nMILVUSCONN_A_TOKEN=a${{VAULT}}", "MILVUSCONN_A_TOKEN mixes"),
        ("MILVUS_URI=http://root:${VAULT}@h", "MILVUS_URI takes its user or password from another"),
        ("MILVUS_URI=${URI_OF_IT}", "MILVUS_URI takes its user or password from another"),
        (
            "MILVUSCONN_A_URI=${URI_OF_IT}",
            "MILVUSCONN_A_URI takes its user or password from another",
        ),
        ("MILVUS_HOST=${URI_OF_IT}", "MILVUS_HOST takes its user or password from another"),
        (
            '[profiles.a]\nuri = "http://root:${VAULT}@h"',
            "a: its uri takes its user or password from a variable",
        ),
        ('[profiles.a]\nuri = "${URI_OF_IT}"', "a: its uri takes its user or password from a"),
    ],
)
def test_a_secret_of_the_environment_is_never_stored(
    milvusconn: Milvusconn,
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    words: str,
) -> None:
    """What could not stay a reference is refused, and named."""
    monkeypatch.setenv("VAULT", SECRET)
    monkeypatch.setenv("URI_OF_IT", f"http://root:{SECRET}@h")

    ran = milvusconn("import", text_file("it", text + "\n"))

    assert ran.code == 78
    assert words in ran.err
    assert SECRET not in ran.out + ran.err
    assert not registry_path.exists()


def test_a_uri_of_a_dotenv_file_with_its_own_password(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its host may be a variable: the password is the file's all the same."""
    monkeypatch.setenv("PLACE", "h:1")

    told(milvusconn, text_file(".env", f"MILVUS_URI=http://root:{SECRET}@${{PLACE}}\n"))

    assert saved(registry_path)["default"]["password"] == SECRET
