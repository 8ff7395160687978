"""The registry, read again when its file changes or somebody says so.

A file that cannot be read leaves the registry as it is: a typo must not end the monitoring.
"""

import asyncio
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Registry
from milvusconn_cli.system.threads import in_daemon_thread

_LOOK_SECONDS = 1.0

Tell = Callable[[str, str | None], None]


class Keeper:
    """Looks at the registry's file, and hands on what it reads."""

    def __init__(self, path: Path, changed: Callable[[Registry], None], tell: Tell) -> None:
        """`changed` is given each new registry; `tell` a message and a hint."""
        self._path = path
        self._changed = changed
        self._tell = tell
        self._seen = _signature(path)
        self.trouble: str | None = None
        """Why the file could not be read when it was last tried; None if it could."""
        self.read_at = time.time()
        """When it was last read, in seconds since 1970."""

    @property
    def is_current(self) -> bool:
        """Whether the file could be read when it was last tried."""
        return self.trouble is None

    async def watch(self) -> None:
        """Look at the file again and again; in a thread, since a lost mount would block."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            seen = await in_daemon_thread(lambda: _signature(self._path))
            if seen != self._seen:
                self._seen = seen
                await self.reload()

    async def reload(self) -> None:
        """Read the file now."""
        try:
            registry = await in_daemon_thread(lambda: registry_file.load(self._path, os.environ))
        except ConfigError as error:
            if error.message != self.trouble:
                self._tell(f"the registry is not reloaded: {error.message}", error.hint)
            self.trouble = error.message
            return
        self.trouble, self.read_at = None, time.time()
        self._changed(registry)
        count = len(registry.entries)
        self._tell(f"registry reloaded: {count} alias{'es' if count != 1 else ''}", None)


def _signature(path: Path) -> tuple[int, int, int, int] | None:
    """What changes when the file does; None where there is no regular file."""
    try:
        found = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
