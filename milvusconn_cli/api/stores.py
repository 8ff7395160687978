"""Where `Connections` keeps aliases: the user's registry file, or the memory of this process."""

import os
import threading
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Protocol

from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Registry, read_document, with_environment
from milvusconn_cli.registry.edits import Change
from milvusconn_cli.system.environment_info import here

Decide = Callable[[Registry], Sequence[Change]]
_MEMORY = threading.Lock()
"""Held while a registry in memory changes, and during a fork, so that no child finds it held."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_MEMORY.acquire,
        after_in_parent=_MEMORY.release,
        after_in_child=_MEMORY.release,
    )


class Store(Protocol):
    """A registry that can be read and changed."""

    @property
    def base(self) -> Path:
        """What relative paths of its settings are relative to."""
        ...

    def load(self) -> Registry:
        """The aliases now, those of the environment included."""
        ...

    def change(self, decide: Decide) -> Registry:
        """Make the changes that `decide` wants, all or none, given the aliases of the store."""
        ...


class FileStore:
    """A registry file: the one that is given, or that the environment names, or the user's own."""

    def __init__(self, path: Path | None) -> None:
        self._given = path

    @property
    def path(self) -> Path:
        """The file."""
        return registry_file.locate(self._given, os.environ)

    @property
    def base(self) -> Path:
        """The file's directory."""
        return self.path.parent

    def load(self) -> Registry:
        """The aliases of the file and of the environment."""
        return registry_file.load(self.path, os.environ)

    def change(self, decide: Decide) -> Registry:
        """Change the file under its lock."""
        return registry_file.change(self.path, decide)


class MemoryStore:
    """A registry that ends with the process. A fork has a copy of its own."""

    def __init__(self) -> None:
        self._document: dict[str, Any] = {}

    @property
    def base(self) -> Path:
        """The working directory; settings that are kept have absolute paths."""
        return here()

    def load(self) -> Registry:
        """The aliases of this process and of the environment."""
        with _MEMORY:
            document = deepcopy(self._document)
        return with_environment(read_document(document, self.base), os.environ, self.base)

    def change(self, decide: Decide) -> Registry:
        """Change it while no other thread does."""
        with _MEMORY:
            document = deepcopy(self._document)
            for wanted in decide(read_document(document, self.base)):
                wanted.apply(document)
            self._document = document
            return read_document(deepcopy(document), self.base)
