"""Processes that are asked about a fault of the lab, in its environment and its network."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.lab import Client
from tests.lab import inside as inside_script
from tests.servers.namespace import run_with_resolver

NEVER_ENDS = 60.0
"""Seconds after which a process is taken to hang."""

REGISTRY = "connections.toml"

Answer = dict[str, Any]
"""`code`, `out` and `err` of one process."""


def register(program: Sequence[str], client: Client, directory: Path) -> None:
    """Make the registry of a fault, with its alias `dev`, in `directory`."""
    registry = directory / REGISTRY
    if client.toml is not None:
        registry.write_text(f"version = 1\n[connections.dev]\n{client.toml}\n")
        registry.chmod(0o600)
        return
    subprocess.run(  # noqa: S603 -- milvusconn itself
        [*program, "add", "dev", "--config", str(registry), *client.arguments],
        env=clean_environment(),
        capture_output=True,
        check=True,
    )


def ask(
    client: Client, calls: list[list[str]], environment: Mapping[str, str], directory: Path
) -> list[Answer]:
    """What each call says, where the fault is; one after the other: a `.db` takes one at a time."""
    if client.inside:
        return run_inside(client, calls, environment, directory)
    return [run(call, environment, directory) for call in calls]


def run(call: Sequence[str], environment: Mapping[str, str], directory: Path) -> Answer:
    """Exit code (None after `NEVER_ENDS`), stdout and stderr of one process."""
    try:
        ran = subprocess.run(  # noqa: S603 -- milvusconn or pymilvus
            call,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=NEVER_ENDS,
        )
    except subprocess.TimeoutExpired:
        return {"code": None, "out": "", "err": ""}
    return {"code": ran.returncode, "out": ran.stdout, "err": ran.stderr}


def run_inside(
    client: Client, calls: list[list[str]], environment: Mapping[str, str], directory: Path
) -> list[Answer]:
    """The same for each call, in the network namespace that the fault needs."""
    if client.inside is None:
        raise ValueError("this fault has no namespace")
    told = {"listeners": list(client.inside.listeners), "calls": calls}
    ran = run_with_resolver(
        [sys.executable, "-I", inside_script.__file__, json.dumps(told)],
        client.inside.resolver,
        env={**environment, "HOME": str(directory)},
        options=client.inside.options,
    )
    said: list[Answer] = json.loads(ran.stdout)
    return said


def clean_environment() -> dict[str, str]:
    """The environment, without what changes an answer."""
    foreign = ("MILVUS", "GRPC_", "KUBERNETES_", "SSL_CERT")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(foreign) and not name.lower().endswith("_proxy")
    }
