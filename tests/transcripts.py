"""Run the command blocks of a Markdown document in one shell, in order, as a reader would.

A `console` block is a transcript: each `$ command` with the output below it. A `sh` block is
commands alone. A `python` block is a program; comments `# prints: …` are its output. Other
languages are data, which the tests check in their own way.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

RUN = ("console", "sh", "python")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PRINTS = "# prints: "
_MARKER = "@@ end of command, exit code "


class Block(NamedTuple):
    """One fenced block."""

    language: str
    text: str
    line: int
    """The line of its first line, from 1."""


class Command(NamedTuple):
    """One command to run, and the output that the document shows."""

    text: str
    output: str | None
    """None if the document shows none: then it has to exit 0."""
    line: int


class Ran(NamedTuple):
    """What a command printed on stdout and stderr, and its exit code."""

    output: str
    exit_code: int


def blocks(document: str) -> list[Block]:
    """The fenced blocks that name a language."""
    return [
        Block(found[1], found[2], document.count("\n", 0, found.start()) + 2)
        for found in _BLOCK.finditer(document)
    ]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block in one of the languages of `RUN`."""
    if block.language == "console":
        yield from _transcript(block)
    elif block.language == "python":
        printed = re.findall(rf"^{_PRINTS}(.*\n)", block.text, re.MULTILINE)
        yield Command(f"python3 - <<'EOF'\n{block.text}EOF", "".join(printed), block.line)
    else:
        for number, line in enumerate(block.text.splitlines()):
            if line and not line.startswith("#"):
                yield Command(line, None, block.line + number)


def _transcript(block: Block) -> Iterator[Command]:
    """Each `$ command`, and the lines up to the next one."""
    line = block.line
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Command(command, output, line)
        line += part.count("\n")


def run(texts: Sequence[str], directory: Path, environment: Mapping[str, str]) -> list[Ran]:
    """Run commands one after the other in one bash; what one exports, the next one sees."""
    script = "".join(f'{text}\necho "{_MARKER}$?"\n' for text in texts)
    ran = subprocess.run(
        ["bash", "-c", f"exec 2>&1 </dev/null\n{script}"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = re.split(rf"{_MARKER}(\d+)\n", ran.stdout)
    return [
        Ran(output, int(code)) for output, code in zip(outputs[:-1:2], outputs[1::2], strict=True)
    ]


def newcomer(directory: Path) -> dict[str, str]:
    """The environment of somebody who has just installed milvusconn, in a home of their own."""
    programs = directory / "bin"
    programs.mkdir()
    for name, arguments in (("milvusconn", "-m milvusconn_cli"), ("python3", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        program.chmod(0o755)
    home = directory / "newcomer"
    home.mkdir()
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}


def comparable(text: str) -> str:
    """Text without what differs from run to run: durations, versions, and the width of columns."""
    text = re.sub(r"\b\d+(\.\d+)? m?s\b", "TIME", text)
    text = re.sub(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", "VERSION", text)
    return re.sub(r"(?<=\S) {2,}", "  ", text)


def aligned(output: str) -> str:
    """Output whose columns are as wide as their cells, for text that was replaced in it."""
    tables: list[list[list[str]]] = [[]]
    for line in output.splitlines():
        cells = re.split(r" {2,}", line)
        begins = len(cells) > 1 and all(cell.isupper() for cell in cells)
        table = tables[-1]
        is_row = bool(table) and 1 < len(cells) <= len(table[0]) and bool(cells[0])
        if begins or not is_row:
            tables.append([])
        tables[-1].append(cells)
    return "".join(f"{line}\n" for table in tables for line in _padded(table))


def _padded(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows of one table; the last cells of a row may be missing, and TIME ends in a column."""
    if len(table) == 1:
        yield "  ".join(table[0])
        return
    rows = [[*cells, *[""] * (len(table[0]) - len(cells))] for cells in table]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        padded = (
            cell.rjust(width) if name == "TIME" else cell.ljust(width)
            for name, cell, width in zip(rows[0], cells, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()
