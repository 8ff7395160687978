"""The fault lab, asked of pymilvus and of milvusconn: what each says of the same fault.

    python benchmarks/contrast.py [FAULT…]

Writes docs/contrast.md, or where faults are named prints their rows. Each question is a process
of its own, with the environment and the network of the fault. What differs between two runs
(ports, process ids, places of temporary files) is replaced by a word, so that the document stays.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ["GRPC_VERBOSITY"] = "NONE"  # the servers of the lab are in this process

from benchmarks.asking import NEVER_ENDS, REGISTRY, ask, clean_environment, register  # noqa: E402
from tests.lab import LAB, Client, Fault  # noqa: E402 -- after the path and the variable
from tests.lab.bench import Bench, MissingError, standing_alone  # noqa: E402
from tests.servers.daemons import ProgramMissingError  # noqa: E402
from tests.servers.namespace import namespaces_available  # noqa: E402

DOCUMENT = ROOT / "docs" / "contrast.md"
LONGEST = 180
"""Characters of one answer in the table."""
LAYERS = (
    "config", "local", "dns", "proxy", "tcp", "unix", "tls", "http2", "grpc", "milvus", "auth",
    "database", None,
)  # fmt: skip
"""In which order faults are told: from the ground up, and then those that are none."""
PATIENCE = 3.0
"""The least time limit, in seconds, that both are given; pymilvus's import is not part of it."""

PYMILVUS = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pymilvus import connections
kwargs = json.loads(sys.argv[1])
try:
    connections.connect(**kwargs)
except BaseException as error:
    first = (str(error).strip().splitlines() or [""])[0]
    print("SAYS " + json.dumps(f"{type(error).__name__}: {first}"), flush=True)
else:
    print('SAYS "connected"', flush=True)
import os
os._exit(0)
"""

OPTIONS = {
    "--uri": "uri", "--host": "host", "--port": "port", "--db": "db_name", "--user": "user",
    "--password": "password", "--token": "token", "--ca": "server_pem_path",
    "--cert": "client_pem_path", "--key": "client_key_path", "--server-name": "server_name",
}  # fmt: skip
"""Each option of milvusconn, and what pymilvus calls it."""

INTRO = """\
# The same faults in pymilvus and in milvusconn

Each row is one way in which a connection fails, or works in spite of a difficulty. The fault lab
of the tests (`tests/lab/`) creates each of them with real Milvus servers, real other software, and
listeners that do one thing wrong. "pymilvus" is the class and first line of the exception that
`pymilvus.connections.connect(…, timeout=…)` raises, in version {pymilvus}. "milvusconn" is what
`milvusconn has` says. Written by `python benchmarks/contrast.py`.

| fault | pymilvus | milvusconn |
|---|---|---|
"""

OUTRO = """
## Summary

{count} faults, {failing} of which are failures. Of those, pymilvus reports `connected` for {missed}
and has no such setting for {inapplicable}. For the others it has {sentences} distinct messages
(ignoring addresses); the most frequent one covers {most} of them. milvusconn distinguishes {causes}
causes.
"""


@dataclass(frozen=True)
class Row:
    """What both say of one fault, made fit for a document."""

    fault: Fault
    pymilvus: str | None
    """None where pymilvus has no such setting."""
    milvusconn: str


def main(names: Sequence[str]) -> int:
    """Ask, and write."""
    chosen = sorted(
        (fault for fault in LAB if not names or fault.name in names),
        key=lambda fault: LAYERS.index(fault.layer),
    )
    with tempfile.TemporaryDirectory(prefix="lab-") as place, ExitStack() as running:
        bench = running.enter_context(standing_alone(Path(place)))
        rows = []
        for number, fault in enumerate(chosen, start=1):
            sys.stderr.write(f"{number} of {len(chosen)}: {fault.name}\n")
            row = _row(fault, bench, Path(place))
            rows += [row] if row else []
    if names:
        sys.stdout.write("".join(map(_line, rows)))
        return 0
    DOCUMENT.write_text(_document(rows), encoding="utf-8")
    return 0


def _row(fault: Fault, bench: Bench, place: Path) -> Row | None:
    """Ask both of one fault; None where it cannot be set up on this machine."""
    try:
        with fault.meet(bench) as client:
            missing = namespaces_available() if client.inside else None
            if missing:
                raise MissingError(missing)  # noqa: TRY301 -- the same as a program that is missing
            pymilvus, milvusconn = _asked(fault, client, bench.directory("asked"))
    except (ProgramMissingError, MissingError) as missing:
        sys.stderr.write(f"{fault.name}: left out: {missing}\n")
        return None
    shown = None if pymilvus is None else _normal(pymilvus, place)
    return Row(fault, shown, _normal(milvusconn, place))


def _asked(fault: Fault, client: Client, directory: Path) -> tuple[str | None, str]:
    """What pymilvus and milvusconn say, in this order."""
    limit = max(fault.limit, PATIENCE)
    kwargs = _kwargs(client, limit)
    calls = _calls(client, limit, kwargs, directory)
    environment = {**clean_environment(), **client.environment}
    environment["MILVUSCONN_CONFIG"] = str(directory / REGISTRY)
    said = ask(client, calls, environment, directory)
    return (None if kwargs is None else _of_pymilvus(said[-1])), _of_milvusconn(said[0])


def _calls(
    client: Client, limit: float, kwargs: Mapping[str, Any] | None, directory: Path
) -> list[list[str]]:
    """The processes: `has` on a registry that is written here, and pymilvus where it can ask."""
    program = [sys.executable, "-m", "milvusconn_cli"]
    register(program, client, directory)
    calls = [[*program, "has", "dev", "-o", "json", "-t", str(limit)]]
    if kwargs is not None:
        calls.append([sys.executable, "-c", PYMILVUS, json.dumps(kwargs)])
    return calls


def _kwargs(client: Client, limit: float) -> dict[str, Any] | None:
    """What pymilvus is given; None where it has no such setting."""
    if client.pymilvus is not None:
        return {**client.pymilvus, "timeout": limit}
    if client.toml is not None:
        return None
    given = dict(zip(client.arguments[::2], client.arguments[1::2], strict=True))
    kwargs = {OPTIONS[option]: value for option, value in given.items()}
    for name in ("password", "token"):
        kind, _, text = kwargs.get(name, "literal:").partition(":")
        if kind != "literal":
            return None
        if name in kwargs:
            kwargs[name] = text
    if "client_pem_path" in kwargs:
        kwargs["ca_pem_path"] = kwargs.get("server_pem_path", "")
    return {**kwargs, "timeout": limit}


def _of_pymilvus(said: Mapping[str, Any]) -> str:
    """The exception's class and first line; or how the process ended without one."""
    for line in said["out"].splitlines():
        if line.startswith("SAYS "):
            return str(json.loads(line.removeprefix("SAYS ")))
    if said["code"] is None:
        return f"(nothing within {NEVER_ENDS:.0f} s, for a limit of a few)"
    return f"(the process dies: {-said['code']})" if said["code"] < 0 else "(nothing)"


def _of_milvusconn(said: Mapping[str, Any]) -> str:
    (row,) = json.loads(said["out"])["connections"]
    if row["established"]:
        return "; ".join(("established", *row["warnings"]))
    return f"{row['status']}: {row['summary']}"


# The document


def _normal(text: str, place: Path) -> str:
    """The text without what is different each time."""
    for pattern, word in (
        (re.escape(str(place)) + r"(/[\w.-]+)*/", "…/"),
        (re.escape(str(Path.home())), "~"),
        (r"(127\.0\.0\.\d|\[::1\]|localhost)(:|%3A)(?!19530\b|443\b|1\b|0\b|65536\b)\d{4,5}",
         r"\1:PORT"),
        (r"pid \d+ \([^)]*\)", "pid PID"),
        (r"\bwithin \d+(\.\d+)? ?s", "within N s"),
        (r"longer than \d+(\.\d+)? ?s", "longer than N s"),
        (r"\d+(\.\d+)? s of silence", "N s of silence"),
        (r"\(_ssl\.c:\d+\)", ""),
        (r"CA #[\w-]{16}", "CA #…"),
        (r"Date: \w{3}, [\w :]+GMT…?", "Date: …"),
        (r"(\d-MariaDB-[\w+~.-]+) .*", r"\1 …"),
    ):  # fmt: skip
        text = re.sub(pattern, word, text)
    return text


def _line(row: Row) -> str:
    cells = (row.fault.what, _code(row.pymilvus), _code(row.milvusconn))
    return f"| {' | '.join(cells)} |\n"


def _code(text: str | None) -> str:
    """As code in a cell of Markdown, cut."""
    if text is None:
        return "(no such setting)"
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rstrip() + "…"
    return f"`` {text} ``".replace("|", "\\|") if "`" in text else f"`{text}`".replace("|", "\\|")


def _document(rows: Sequence[Row]) -> str:
    intro = INTRO.format(pymilvus=version("pymilvus"))
    return intro + "".join(map(_line, rows)) + _counted(rows)


def _counted(rows: Sequence[Row]) -> str:
    failing = [row for row in rows if row.fault.exit_code]
    sentences = [
        re.sub(r"server on [^,]+,", "server on ADDRESS,", row.pymilvus)
        for row in failing
        if row.pymilvus not in (None, "connected") and row.pymilvus
    ]
    return OUTRO.format(
        count=len(rows),
        failing=len(failing),
        missed=sum(row.pymilvus == "connected" for row in failing),
        inapplicable=sum(row.pymilvus is None for row in failing),
        sentences=len(set(sentences)),
        most=max((sentences.count(one) for one in set(sentences)), default=0),
        causes=len({row.milvusconn.partition(":")[0] for row in failing}),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
