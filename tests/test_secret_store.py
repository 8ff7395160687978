"""`--store keyring`: a literal secret goes into the keyring, or says that it did not."""

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest

from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry import keyring as keyring_store
from milvusconn_cli.secrets.reference import Literal, Secret
from milvusconn_cli.system import atomic_file
from tests.conftest import Milvusconn, Ran
from tests.servers import speaking_milvus as answers
from tests.servers.speaking_milvus import SpeakingMilvus

NOWHERE = "http://127.0.0.1:1"
SECRET = "Open-Sesame-77"
Speak = Callable[..., SpeakingMilvus]


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory that counts; at `fails_at` its set_password raises."""

    priority: ClassVar[float] = 1
    entries: ClassVar[dict[tuple[str, str], str]] = {}
    asked: ClassVar[list[str]] = []
    fails_at: ClassVar[int | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append("get")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.append("set")
        if self.asked.count("set") == self.fails_at:
            raise OSError(f"the bus is gone, and {password} with it")
        assert (service, username) not in self.entries
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.asked.append("delete")
        del self.entries[service, username]


class Forgetful(Ring):
    """Takes everything, and keeps something else."""

    def get_password(self, service: str, username: str) -> str | None:
        return "something else" if (service, username) in self.entries else None


class Locked(Ring):
    """Lets nobody in."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(f"{service} {username} {password}")


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Ring]]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    monkeypatch.setattr(Ring, "entries", {})
    monkeypatch.setattr(Ring, "asked", [])
    monkeypatch.setattr(Ring, "fails_at", None)
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]
    yield Ring
    keyring.set_keyring(before)


def saved(path: Path) -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["connections"]
    return tables


def add(milvusconn: Milvusconn, *arguments: str | Path, alias: str = "dev") -> Ran:
    return milvusconn("add", alias, "--uri", NOWHERE, "--store", "keyring", *arguments)


def the_entry(table: dict[str, Any], key: str) -> tuple[str, str]:
    """Service and user that a reference names."""
    service, _, user = str(table[key]["keyring"]).rpartition("/")
    return service, user


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("--token", SECRET), "token"),
        (("--user", "root", "--password", SECRET), "password"),
        (("--token", f"literal:{SECRET}"), "token"),
    ],
)
def test_add(
    milvusconn: Milvusconn,
    registry_path: Path,
    ring: type[Ring],
    arguments: tuple[str, ...],
    key: str,
) -> None:
    """The secret is in the keyring and nowhere else; the file refers to it."""
    ran = add(milvusconn, *arguments)

    assert ran.code == 0
    service, user = the_entry(saved(registry_path)["dev"], key)
    assert ring.entries == {(service, user): SECRET}
    assert service == "milvusconn/dev"
    assert re.fullmatch(rf"{key}-[0-9a-f]{{8}}", user)
    assert SECRET not in registry_path.read_text()
    assert "is stored in plain text in" not in ran.err


def test_a_password_of_the_uri(
    milvusconn: Milvusconn, registry_path: Path, ring: type[Ring]
) -> None:
    """It is a literal as any other."""
    ran = milvusconn("add", "dev", "--uri", f"http://root:{SECRET}@h", "--store", "keyring")

    assert ran.code == 0
    assert list(ring.entries.values()) == [SECRET]
    assert SECRET not in registry_path.read_text()


@pytest.mark.parametrize("arguments", [(), ("--token", "env:T"), ("--user", "root")])
def test_nothing_to_keep(
    milvusconn: Milvusconn, ring: type[Ring], arguments: tuple[str, ...]
) -> None:
    """Where there is no literal the keyring is not even asked."""
    ran = add(milvusconn, *arguments)

    assert ran.code == 0
    assert (ring.asked, "keyring" in ran.err) == ([], False)


def test_two_adds_never_overwrite_each_other(
    milvusconn: Milvusconn, ring: type[Ring], registry_path: Path
) -> None:
    """Not those of two registries, nor the one that --replace puts aside."""
    add(milvusconn, "--token", "the first one")
    add(milvusconn, "--token", "of elsewhere", "--config", "elsewhere.toml")
    ran = add(milvusconn, "--token", "the second one", "--replace")

    assert sorted(ring.entries.values()) == ["of elsewhere", "the first one", "the second one"]
    assert ring.entries[the_entry(saved(registry_path)["dev"], "token")] == "the second one"
    (left,) = re.findall(r"delete it with `keyring del (\S+) (\S+)`", ran.err)
    assert ring.entries[left] == "the first one"


def test_a_name_that_is_taken(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """What was put there is taken out again."""
    add(milvusconn, "--token", "the first one")

    ran = add(milvusconn, "--token", "the second one")

    assert ran.code == 78
    assert list(ring.entries.values()) == ["the first one"]


@pytest.mark.parametrize("verb", ["add", "import"])
def test_a_registry_that_cannot_be_written(
    milvusconn: Milvusconn, ring: type[Ring], verb: str
) -> None:
    """A directory in its place, as a full disk would: nothing stays in the keyring."""
    Path("taken").mkdir()
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    arguments = ("r.toml",) if verb == "import" else ("x", "--uri", NOWHERE, "--token", SECRET)

    ran = milvusconn(verb, *arguments, "--store", "keyring", "--config", "taken/../taken")

    assert ran.code == 78
    assert ring.entries == {}


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (keyring.backends.fail.Keyring, "the keyring failed: NoKeyringError"),
        (keyring.backends.null.Keyring, "the keyring did not store the secret"),
        (Forgetful, "the keyring did not store the secret"),
        (Locked, "the keyring failed: KeyringLocked"),
    ],
)
@pytest.mark.parametrize("verb", ["add", "import"])
def test_no_keyring_that_works(
    milvusconn: Milvusconn,
    registry_path: Path,
    backend: Callable[[], keyring.backend.KeyringBackend],
    words: str,
    verb: str,
) -> None:
    """It goes into the file after all, and a line says so; exit 0."""
    keyring.set_keyring(backend())
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    ran = (
        milvusconn("import", "r.toml", "--store", "keyring")
        if verb == "import"
        else add(milvusconn, "--token", SECRET)
    )

    assert ran.code == 0
    assert (
        f"milvusconn: {words}: the secret of dev is stored in plain text in {registry_path}"
        in ran.err
    )
    assert "--store keyring" not in ran.err
    assert saved(registry_path)["dev"]["token"] == SECRET
    assert SECRET not in ran.err
    assert Ring.entries == {}
    assert registry_path.stat().st_mode & 0o777 == 0o600


def test_no_keyring_installed(
    milvusconn: Milvusconn, registry_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the extra is not there."""
    monkeypatch.setitem(sys.modules, "keyring", None)

    ran = add(milvusconn, "--token", SECRET)

    assert ran.code == 0
    assert (
        "the keyring package is not installed: the secret of dev is stored in plain text in "
        in ran.err
    )
    assert "pip install 'milvusconn[keyring]'" in ran.err
    assert saved(registry_path)["dev"]["token"] == SECRET


def test_a_keyring_that_fails_in_between(
    milvusconn: Milvusconn, registry_path: Path, ring: type[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in the keyring or all in the file: the first is not left behind there."""
    monkeypatch.setattr(Ring, "fails_at", 3)
    lines = [f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"' for n in range(4)]
    Path("r.toml").write_text("\n".join(lines))

    ran = milvusconn("import", "r.toml", "--store", "keyring")

    assert ran.code == 0
    assert ring.entries == {}
    assert [one["token"] for one in saved(registry_path).values()] == [
        f"{SECRET}-{n}" for n in range(4)
    ]


def test_an_interrupt_in_between(ring: type[Ring]) -> None:
    """It is no exception like others; what was stored is taken out all the same."""
    connection = build(
        NOWHERE, Path("/"), credentials=Credentials(None, None, Literal(Secret(SECRET)))
    )

    def interrupted() -> None:
        with keyring_store.stored("dev", connection, lambda _: False):
            assert list(ring.entries.values()) == [SECRET]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert ring.entries == {}


# The line that says where a literal lies


def test_where_a_literal_lies(milvusconn: Milvusconn, registry_path: Path) -> None:
    """One line for all of a command, with the file's path."""
    lines = [f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"' for n in range(3)]
    Path("r.toml").write_text("\n".join([*lines, '[connections.r]\nuri = "http://h"\n']))

    ran = milvusconn("import", "r.toml")

    told = [line for line in ran.err.splitlines() if "is stored in plain text in" in line]
    assert len(told) == 1
    assert f"the secret of a0, a1 and a2 is stored in plain text in {registry_path}" in told[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--token", SECRET), 1),
        (("--user", "u", "--password", SECRET), 1),
        (("--token", "env:T"), 0),
        (("--token", "keyring:a/b"), 0),
        ((), 0),
        (("--token", SECRET, "-q"), 0),
    ],
)
def test_of_an_add(milvusconn: Milvusconn, arguments: tuple[str, ...], told: int) -> None:
    """Of a literal alone, and not with -q."""
    ran = milvusconn("add", "dev", "--uri", NOWHERE, *arguments)

    assert ran.err.count("is stored in plain text in") == told


def test_quiet_is_quiet_of_the_keyring_too(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """-q leaves only what was not done as it was asked: that the secret lies in the file."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    keyring.set_keyring(Locked())  # type: ignore[no-untyped-call]
    ran = milvusconn("import", "r.toml", "--store", "keyring", "-q")
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "", 1)
    assert "KeyringLocked: the secret of dev is stored in plain text in" in ran.err
    keyring.set_keyring(ring())

    assert milvusconn("import", "r.toml", "--store", "keyring", "-q", "--replace").err == ""
    assert milvusconn("remove", "dev", "-q").err == ""


def test_an_interrupt_after_the_change_leaves_what_the_registry_refers_to(
    milvusconn: Milvusconn,
    ring: type[Ring],
    registry_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes when the file is there already; before that, the entry goes again."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic_file, "_sync_directory", interrupt)
    assert add(milvusconn, "--token", SECRET).code == 130
    assert the_entry(saved(registry_path)["dev"], "token") in ring.entries

    monkeypatch.setattr(registry_file, "replace_file", interrupt)
    assert add(milvusconn, "--token", SECRET, alias="other").code == 130
    assert len(ring.entries) == 1


def test_import_again_is_no_change(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """The secret is the one that the keyring has, or the one in the file: both stay there."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    again = ("import", "r.toml", "--store", "keyring", "-o", "json")
    assert milvusconn(*again).row["action"] == "register"

    assert milvusconn(*again, "--dry-run").row["action"] == "keep"
    assert milvusconn(*again).row["action"] == "keep"
    assert len(ring.entries) == 1

    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "another"\n')
    assert milvusconn(*again, "--dry-run").code == 78
    assert milvusconn(*again).code == 78
    assert len(ring.entries) == 1

    Path("r.toml").write_text(f'[connections.lit]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')
    assert milvusconn("import", "r.toml").code == 0
    assert milvusconn(*again, "--dry-run").row["action"] == "keep"
    assert milvusconn(*again).row["action"] == "keep"
    assert len(ring.entries) == 1


# connect, and has afterwards


def wants(token: str) -> answers.Answer:
    """Answer Connect only where the header is that of the token."""

    def answer(request: object, context: Any) -> Any:  # noqa: ANN401 -- grpc's
        sent = dict(context.invocation_metadata()).get("authorization", "")
        good = sent == b64encode(token.encode()).decode()
        then = answers.established() if good else answers.status(code=1400, reason="no")
        return then(request, context)

    return answer


def test_connect_keeps_what_held(
    milvusconn: Milvusconn, speaking_milvus: Speak, registry_path: Path, ring: type[Ring]
) -> None:
    """The secret is in the keyring once the connection held, and `has` takes it from there."""
    server = speaking_milvus(connect=wants(f"root:{SECRET}"))

    ran = milvusconn(
        *("connect", "dev", "--uri", server.uri, "--store", "keyring"),
        *("--user", "root", "--password", SECRET),
    )

    assert ran.code == 0, ran.err
    assert list(ring.entries.values()) == [SECRET]
    assert SECRET not in registry_path.read_text()
    assert milvusconn("has", "dev").out == "True\n"
    ring.entries[the_entry(saved(registry_path)["dev"], "password")] = "another"
    assert milvusconn("has", "dev").code == 5


@pytest.mark.parametrize("token", ["wrong-token", "wrong:token"])
def test_connect_that_failed_keeps_nothing(
    milvusconn: Milvusconn,
    speaking_milvus: Speak,
    registry_path: Path,
    ring: type[Ring],
    token: str,
) -> None:
    """Neither in the file nor in the keyring, which is not asked."""
    server = speaking_milvus(connect=wants(SECRET))

    ran = milvusconn("connect", "dev", "--uri", server.uri, "--store", "keyring", "--token", token)

    assert ran.code == 5
    assert (ring.asked, registry_path.exists()) == ([], False)


def test_connect_replaces(milvusconn: Milvusconn, speaking_milvus: Speak, ring: type[Ring]) -> None:
    """What it puts aside stays in the keyring, and the command that forgets it is told."""
    server = speaking_milvus()
    add(milvusconn, "--token", "the first one")

    ran = milvusconn(
        *("connect", "dev", "--uri", server.uri, "--replace"),
        *("--store", "keyring", "--token", "the second one"),
    )

    assert ran.code == 0
    (left,) = re.findall(r"delete it with `keyring del (\S+) (\S+)`", ran.err)
    assert ring.entries[left] == "the first one"


def test_in_a_process_of_its_own(tmp_path: Path, registry_path: Path) -> None:
    """A backend chosen by PYTHON_KEYRING_BACKEND; the secret comes back out of it."""
    from tests.conftest import run_program  # noqa: PLC0415 -- for this alone

    (tmp_path / "ring_of_the_test.py").write_text(
        "import json, keyring.backend, pathlib\n"
        f"FILE = pathlib.Path({str(tmp_path / 'ring.json')!r})\n"
        "class Ring(keyring.backend.KeyringBackend):\n"
        "    priority = 1\n"
        "    def all(self):\n"
        "        return json.loads(FILE.read_text()) if FILE.exists() else {}\n"
        "    def get_password(self, service, username):\n"
        "        return self.all().get(f'{service} {username}')\n"
        "    def set_password(self, service, username, password):\n"
        "        FILE.write_text(json.dumps(self.all() | {f'{service} {username}': password}))\n"
    )
    environment = {
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "ring_of_the_test.Ring",
    }
    with SpeakingMilvus(connect=wants(SECRET)) as server:
        arguments = ["add", "dev", "--uri", server.uri, "--store", "keyring", "--token", "-"]
        added = run_program(arguments, environment=environment, input=f"{SECRET}\n")
        has = run_program(["has", "dev"], environment=environment)
        broken = run_program(
            ["add", "b", "--uri", server.uri, "--store", "keyring", "--token", "-"],
            environment={"PYTHON_KEYRING_BACKEND": "there.is.no.such.Ring"},
            input=f"{SECRET}\n",
        )

    assert (added.code, has.out) == (0, "True\n"), added.err + has.err
    assert list(json.loads((tmp_path / "ring.json").read_text()).values()) == [SECRET]
    assert "token" in saved(registry_path)["dev"]
    assert broken.code == 0
    assert "the secret of b is stored in plain text in" in broken.err


# What stays in the keyring


def test_remove_tells_what_stays(
    milvusconn: Milvusconn, ring: type[Ring], registry_path: Path
) -> None:
    """The entry is not deleted, and the command that does is told, once."""
    add(milvusconn, "--user", "root", "--password", SECRET)
    entry = the_entry(saved(registry_path)["dev"], "password")

    ran = milvusconn("remove", "dev")

    assert ring.entries == {entry: SECRET}
    assert ran.err.count(f"delete it with `keyring del {entry[0]} {entry[1]}`") == 1


def test_what_another_alias_needs_is_not_to_be_forgotten(milvusconn: Milvusconn) -> None:
    """A copy refers to the same entry: only with the last of them it is left behind."""
    add(milvusconn, "--token", SECRET)
    milvusconn("copy", "dev", "twin")

    assert "keyring del" not in milvusconn("remove", "dev").err
    assert "keyring del" in milvusconn("remove", "twin").err


def test_replacing_it_by_itself_leaves_nothing_behind(
    milvusconn: Milvusconn, registry_path: Path
) -> None:
    """The entry that the new settings refer to is in use."""
    add(milvusconn, "--token", SECRET)
    service, user = the_entry(saved(registry_path)["dev"], "token")

    ran = add(milvusconn, "--token", f"keyring:{service}/{user}", "--replace")

    assert ran.code == 0
    assert "keyring del" not in ran.err


def test_an_entry_of_somebody_else_is_not_ours_to_tell_of(milvusconn: Milvusconn) -> None:
    """Only what `--store keyring` has put there."""
    add(milvusconn, "--token", "keyring:mine/root")

    assert "keyring del" not in milvusconn("remove", "dev").err


def test_import_replaces(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """The old entry is told of as with `add --replace`."""
    add(milvusconn, "--token", "the first one")
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    ran = milvusconn("import", "r.toml", "--store", "keyring", "--replace")

    assert ran.code == 0
    assert "keyring del" in ran.err
    assert sorted(ring.entries.values()) == [SECRET, "the first one"]


def test_a_dry_run_stores_nothing(milvusconn: Milvusconn, ring: type[Ring]) -> None:
    """It only says."""
    Path("r.toml").write_text(f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\n')

    assert milvusconn("import", "r.toml", "--store", "keyring", "--dry-run").code == 0
    assert ring.asked == []
    assert os.listdir() == ["r.toml"]  # noqa: PTH208 -- and nothing else


# A keyring that hangs


HANGING = """
import os, threading
import keyring.backend
class Ring(keyring.backend.KeyringBackend):
    priority = 1
    def hang(self, *words):
        os.write(int(os.environ["HANGS"]), b"!")
        threading.Event().wait()
    get_password = set_password = delete_password = hang
class Slow(Ring):
    entries = {}
    def set_password(self, *words):
        self.entries[words[:2]] = words[2]
    def get_password(self, *words):
        return self.entries.get(words)
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[tuple[dict[str, str], int, int]]:
    """The environment of a program whose keyring hangs; a pipe's ends, which tell when it does."""
    (tmp_path / "hanging.py").write_text(HANGING)
    reader, writer = os.pipe()
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "hanging.Ring",
        "HANGS": str(writer),
    }
    yield environment, reader, writer
    os.close(reader)
    os.close(writer)


def start(hanging: tuple[dict[str, str], int, int], *arguments: str) -> "subprocess.Popen[str]":
    environment, _, writer = hanging
    return subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", *arguments, "--store", "keyring"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        pass_fds=[writer],
        text=True,
    )


@pytest.mark.parametrize("verb", ["add", "connect", "import"])
def test_a_keyring_that_hangs_runs_out_of_time(
    hanging: tuple[dict[str, str], int, int], registry_path: Path, verb: str
) -> None:
    """Each call has the time limit; the message names it, and the file has the secret."""
    with SpeakingMilvus() as server:
        text = f'[connections.dev]\nuri = "{server.uri}"\ntoken = "{SECRET}"\ntimeout = 0.2\n'
        Path("r.toml").write_text(text)
        given = ("dev", "--uri", server.uri, "--token", SECRET, "-t", "1")
        ran = start(hanging, verb, *(("r.toml",) if verb == "import" else given))
        _, said = ran.communicate(timeout=60)

    limit = "0.2" if verb == "import" else "1"
    assert ran.returncode == 0, said
    assert (
        f"the keyring did not answer within {limit} s: the secret of dev is stored in plain text in"
        in said
    )
    assert SECRET not in said
    assert saved(registry_path)["dev"]["token"] == SECRET


def test_it_is_not_waited_for_again(hanging: tuple[dict[str, str], int, int]) -> None:
    """Neither for the next alias nor to take out what was never put there."""
    lines = [
        f'[connections.a{n}]\nuri = "{NOWHERE}"\ntoken = "{SECRET}-{n}"\ntimeout = 0.2'
        for n in range(50)
    ]
    Path("r.toml").write_text("\n".join(lines))

    ran = start(hanging, "import", "r.toml")
    ran.communicate(timeout=60)

    assert ran.returncode == 0
    assert os.read(hanging[1], 100) == b"!"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_wait_for_a_keyring(
    hanging: tuple[dict[str, str], int, int],
    registry_path: Path,
    number: signal.Signals,
    code: int,
) -> None:
    """At once, and nothing was changed."""
    ran = start(hanging, "add", "dev", "--uri", NOWHERE, "--token", SECRET, "-t", "3600")
    assert os.read(hanging[1], 1) == b"!"

    ran.send_signal(number)
    _, said = ran.communicate(timeout=60)

    assert ran.returncode == code
    assert "Traceback" not in said
    assert not registry_path.exists()


def test_what_hangs_when_it_is_to_forget(
    hanging: tuple[dict[str, str], int, int], registry_path: Path
) -> None:
    """A registry that cannot be written: the entry is to go, and its keyring does not answer."""
    registry_path.mkdir(parents=True)
    environment, reader, writer = hanging
    slow = (environment | {"PYTHON_KEYRING_BACKEND": "hanging.Slow"}, reader, writer)

    ran = start(slow, "add", "dev", "--uri", NOWHERE, "--token", SECRET, "-t", "1")
    ran.communicate(timeout=60)

    assert ran.returncode == 78
    assert os.read(reader, 100) == b"!"


def test_a_keyring_entry_that_is_compared_has_the_limit_too(
    milvusconn: Milvusconn, hanging: tuple[dict[str, str], int, int]
) -> None:
    """Whether the alias is so already cannot be told then: it is another one."""
    add(milvusconn, "--token", SECRET)
    Path("r.toml").write_text(
        f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = "{SECRET}"\ntimeout = 0.2\n'
    )

    ran = start(hanging, "import", "r.toml", "--dry-run")
    ran.communicate(timeout=60)

    assert ran.returncode == 78
