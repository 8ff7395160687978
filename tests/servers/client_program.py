"""Real clients of pymilvus, in a process of their own that has its version of it.

Imported, this offers `ClientProgram`. Run as a program, it makes a `MilvusClient` for each line of
its standard input, JSON, and says what came of it; with the argument `async`, an
`AsyncMilvusClient`.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

CLEAN = ("MILVUS", "GRPC_", "PYTHON")
ASYNCHRONOUS = "async"


class Fate(NamedTuple):
    """What became of a client."""

    connected: bool
    called: bool
    """Whether a call of the connected client worked."""
    error: str


class ClientProgram:
    """The program, running while its context is entered."""

    def __init__(
        self,
        python: Path,
        environment: Mapping[str, str] | None = None,
        *,
        asynchronous: bool = False,
    ) -> None:
        kind = [ASYNCHRONOUS] if asynchronous else []
        clean = {name: text for name, text in os.environ.items() if not name.startswith(CLEAN)}
        self._process = subprocess.Popen(
            [python, "-W", "ignore", __file__, *kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**clean, **(environment or {}), "GRPC_VERBOSITY": "NONE"},
            text=True,
        )

    def ask(self, arguments: Mapping[str, Any]) -> Fate:
        """Make a client with these arguments, and have it list its collections."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the client program has ended"
        return Fate(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()


def _limit(arguments: Mapping[str, Any]) -> float:
    """Of a call, in seconds: a connection may be given less."""
    return max(5.0, float(arguments.get("timeout", 0)))


def _fate(arguments: dict[str, Any]) -> dict[str, Any]:
    from pymilvus import MilvusClient  # noqa: PLC0415 -- only the program has its version

    try:
        client = MilvusClient(**arguments)
    except BaseException as error:  # noqa: BLE001 -- whatever it is, it is the answer
        return {"connected": False, "called": False, "error": f"{type(error).__name__}: {error}"}
    try:
        client.list_collections(timeout=_limit(arguments))
    except BaseException as error:  # noqa: BLE001 -- the same
        return {"connected": True, "called": False, "error": f"{type(error).__name__}: {error}"}
    finally:
        client.close()
        _forget()
    return {"connected": True, "called": True, "error": ""}


async def _asynchronous_fate(arguments: dict[str, Any]) -> dict[str, Any]:
    """It connects at its first call."""
    from pymilvus import AsyncMilvusClient  # noqa: PLC0415 -- the same

    client = AsyncMilvusClient(**arguments)
    try:
        await client.list_collections(timeout=_limit(arguments))
    except BaseException as error:  # noqa: BLE001 -- the same
        return {"connected": False, "called": False, "error": f"{type(error).__name__}: {error}"}
    finally:
        await client.close()
    return {"connected": True, "called": True, "error": ""}


def _forget() -> None:
    """Drop connections that are kept for clients of the same address and token, whatever else."""
    try:
        from pymilvus.client.connection_manager import ConnectionManager  # noqa: PLC0415
    except ImportError:  # versions before 2.6.9 close theirs
        return
    ConnectionManager._reset_instance()


def _main() -> None:
    is_asynchronous = sys.argv[1:] == [ASYNCHRONOUS]
    for asked in sys.stdin:
        arguments = json.loads(asked)
        fate = asyncio.run(_asynchronous_fate(arguments)) if is_asynchronous else _fate(arguments)
        print(json.dumps(fate), flush=True)  # noqa: T201 -- its answer


if __name__ == "__main__":
    _main()
