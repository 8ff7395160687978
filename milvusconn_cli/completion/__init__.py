"""Shell completion and the man page, all made of the typer application: one shell a file.

`model` reads the application into plain values; bash, zsh, fish and powershell turn these into a
script, man into a page. Nothing here is loaded at a TAB: the words of the command line are in the
scripts, and for what they cannot hold they ask `candidates`.
"""

from collections.abc import Callable, Mapping

from milvusconn_cli.completion import bash, fish, powershell, zsh
from milvusconn_cli.completion.model import Program

SCRIPTS: Mapping[str, Callable[[Program], str]] = {
    "bash": bash.script,
    "zsh": zsh.script,
    "fish": fish.script,
    "powershell": powershell.script,
}
"""Each shell that can be served, and what makes its script."""
