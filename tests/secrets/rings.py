"""A keyring of the tests' own."""

import tomllib
from pathlib import Path
from typing import Any, ClassVar

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null

from tests.conftest import Milvusconn, Ran

NOWHERE = "http://127.0.0.1:1"
SECRET = "Open-Sesame-77"


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


class Locked(Ring):
    """Lets nobody in."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked(f"{service} {username} {password}")


def saved(path: Path) -> dict[str, Any]:
    tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["connections"]
    return tables


def add(milvusconn: Milvusconn, *arguments: str | Path, alias: str = "dev") -> Ran:
    return milvusconn("add", alias, "--uri", NOWHERE, "--store", "keyring", *arguments)


def the_entry(table: dict[str, Any], key: str) -> tuple[str, str]:
    """Service and user that a reference names."""
    service, _, user = str(table[key]["keyring"]).rpartition("/")
    return service, user
