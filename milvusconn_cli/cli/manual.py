"""What help screens and the man page say beyond options: examples, exit codes, variables, files.

Data alone, a page for each verb. Every example is run by the tests, where `http://localhost:19530`
is a Milvus that takes anybody, and has to end with 0.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from milvusconn_cli.causes import Cause
from milvusconn_cli.exits import ExitCode

MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "established; success",
    ExitCode.NO: "no such alias, or it is disconnected",
    ExitCode.USAGE: "usage error",
    ExitCode.UNREACHABLE: "not reachable: DNS, TCP, proxy, socket file, local database",
    ExitCode.NOT_READY: "reachable, but not ready or not responding in time",
    ExitCode.CREDENTIALS: "credentials missing or rejected, or privilege missing",
    ExitCode.TLS: "TLS",
    ExitCode.NOT_MILVUS: "something answered, but not a supported Milvus",
    ExitCode.NO_DATABASE: "the database does not exist",
    ExitCode.INTERNAL: "internal error",
    ExitCode.LIMIT: "local resource limit reached (open files, processes, memory)",
    ExitCode.OUTPUT: "the output could not be written",
    ExitCode.CONFIG: "invalid configuration: registry, URI, certificate file, secret, alias name",
    ExitCode.WAIT_TIMEOUT: "timed out: `wait`, `connect --wait`",
    ExitCode.NOT_RUN: "`exec`: the command cannot be run",
    ExitCode.NOT_FOUND: "`exec`: the command does not exist",
    ExitCode.INTERRUPTED: "interrupted (SIGINT)",
    ExitCode.TERMINATED: "terminated (SIGTERM or SIGHUP)",
}
"""What each code says, as the README has it."""


def causes_of(code: ExitCode) -> list[str]:
    """The causes that end with a code; `dns-*` for a family of which none ends with another."""
    own = [cause.label for cause in Cause if cause.exit_code is code]
    elsewhere = {_family(cause.label) for cause in Cause if cause.exit_code is not code}
    names: list[str] = []
    for family, group in groupby(own, key=_family):
        members = list(group)
        is_whole = family and len(members) > 1 and family not in elsewhere
        names += [f"{family}-*"] if is_whole else members
    return names


def _family(label: str) -> str:
    return label.partition("-")[0] if "-" in label else ""


ALWAYS = (
    ExitCode.USAGE,
    ExitCode.INTERNAL,
    ExitCode.LIMIT,
    ExitCode.OUTPUT,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)
"""What any command may end with."""

_PROBED = (
    ExitCode.OK,
    ExitCode.NO,
    ExitCode.UNREACHABLE,
    ExitCode.NOT_READY,
    ExitCode.CREDENTIALS,
    ExitCode.TLS,
    ExitCode.NOT_MILVUS,
    ExitCode.NO_DATABASE,
    ExitCode.CONFIG,
)
_LOOKED_UP = (ExitCode.OK, ExitCode.NO, ExitCode.CONFIG)
_WRITTEN = (ExitCode.OK, ExitCode.CONFIG)


class Page(NamedTuple):
    """What is said of one verb."""

    examples: tuple[tuple[str, str], ...]
    """What is wanted, and the command for it."""
    exit_codes: tuple[ExitCode, ...]
    """Those that say something of their own here; `ALWAYS` comes on top."""
    success: str = "done"
    """What 0 says."""

    def codes(self) -> list[tuple[ExitCode, str]]:
        """Every code that the verb can end with, and what it says."""
        return [
            (code, self.success if code is ExitCode.OK else MEANINGS[code])
            for code in sorted({*self.exit_codes, *ALWAYS})
        ]


PAGES: Mapping[str, Page] = {
    "milvusconn": Page(
        (
            ("Connect the alias `default`", "milvusconn connect http://localhost:19530"),
            (
                "Check whether it is still connected; the exit code tells you why not",
                "milvusconn has",
            ),
            ("Check all aliases", "milvusconn list"),
        ),
        _PROBED,
        "established; success",
    ),
    "has": Page(
        (
            ("Check whether `prod` is connected", "milvusconn has prod"),
            ("Check a server without an alias", "milvusconn has http://localhost:19530"),
            ("For scripts: print nothing, take at most 3 seconds", "milvusconn has -q -t 3"),
            ("All aliases, as JSON", "milvusconn has --all -o json"),
        ),
        _PROBED,
        "all are established",
    ),
    "add": Page(
        (
            ("A server on this machine", "milvusconn add dev http://localhost:19530"),
            (
                "With TLS, and the token in an environment variable",
                "milvusconn add cloud https://milvus.example --token env:MILVUS_TOKEN",
            ),
            ("An embedded Milvus Lite database", "milvusconn add lite ./milvus.db"),
        ),
        _WRITTEN,
    ),
    "connect": Page(
        (
            (
                "Connect, and save the settings on success",
                "milvusconn connect dev http://localhost:19530",
            ),
            ("Reconnect a disconnected alias", "milvusconn connect stage"),
        ),
        (*_PROBED, ExitCode.WAIT_TIMEOUT),
        "established, and saved",
    ),
    "disconnect": Page(
        (("Disconnect, but keep the settings", "milvusconn disconnect stage"),), _LOOKED_UP
    ),
    "address": Page((("host:port of `prod`", "milvusconn address prod"),), _LOOKED_UP),
    "list": Page(
        (
            ("All aliases, and whether they are connected", "milvusconn list"),
            ("Only the names, without connecting", "milvusconn list --names"),
            ("Fail if an alias with the tag `eu` is down", "milvusconn list --tag eu --exit-code"),
            ("Only those that are down, most severe first", "milvusconn list --failing"),
        ),
        _PROBED,
        "the listing worked; with --exit-code: all are established",
    ),
    "remove": Page(
        (("Delete an alias, if it exists", "milvusconn remove --force stage"),), _LOOKED_UP
    ),
    "show": Page(
        (
            ("Settings, and where each comes from", "milvusconn show prod"),
            ("Code for pymilvus, to paste", "milvusconn show prod --as pymilvus"),
        ),
        _LOOKED_UP,
    ),
    "set": Page(
        (
            ("Another database", "milvusconn set prod --db books"),
            ("A token from an environment variable", "milvusconn set prod --token env:NAME"),
            ("Clear a setting", "milvusconn set prod --unset tags"),
        ),
        _LOOKED_UP,
        "saved, or unchanged",
    ),
    "edit": Page(
        (("The registry file, in $VISUAL or $EDITOR", "milvusconn edit"),),
        _WRITTEN,
        "saved, or unchanged",
    ),
    "rename": Page((("Change the name of an alias", "milvusconn rename prod live"),), _LOOKED_UP),
    "copy": Page(
        (("The same server, another database", "milvusconn copy prod films --db films"),),
        _LOOKED_UP,
    ),
    "import": Page(
        (
            ("A file that `export` wrote", "milvusconn import backup.toml"),
            ("Dry run", "milvusconn import --dry-run backup.toml"),
        ),
        _WRITTEN,
    ),
    "export": Page(
        (
            ("Print all aliases, without literal secrets", "milvusconn export"),
            ("Aliases with a tag, to a file", "milvusconn export --tag eu --to backup.toml"),
        ),
        _LOOKED_UP,
    ),
    "inspect": Page(
        (
            ("Check every layer of an alias", "milvusconn inspect prod"),
            (
                "Check a server without an alias",
                "milvusconn inspect http://localhost:19530",
            ),
        ),
        _PROBED,
        "established",
    ),
    "env": Page(
        (
            ("Use `prod` in this shell", 'eval "$(milvusconn env prod)"'),
            ("Save a file for docker run --env-file", "milvusconn env prod --docker > prod.env"),
        ),
        _LOOKED_UP,
    ),
    "exec": Page(
        (("Run a program that reads MILVUS_URI", "milvusconn exec prod -- env"),),
        (*_LOOKED_UP, ExitCode.NOT_RUN, ExitCode.NOT_FOUND),
        "the exit code of the command",
    ),
    "serve": Page(
        (
            ("Health checks, metrics and a status page", "milvusconn serve"),
            ("On another port", "milvusconn serve --listen 127.0.0.1:9700"),
        ),
        (ExitCode.OK, ExitCode.CONFIG),
        "stopped with SIGTERM",
    ),
    "wait": Page(
        (
            (
                "Wait up to two minutes until a server is ready",
                "milvusconn wait http://localhost:19530 -t 120",
            ),
            ("Wait, then run a command in place of milvusconn", "milvusconn wait prod -- true"),
            ("Until it has been connected for 2 seconds", "milvusconn wait prod --stable 2"),
        ),
        (*_PROBED, ExitCode.WAIT_TIMEOUT),
        "connected; with --down: not connected",
    ),
    "ping": Page(
        (
            ("Ten connections, five a second", "milvusconn ping prod -c 10 -i 0.2"),
            (
                "A hundred, as fast as possible, summary only",
                "milvusconn ping http://localhost:19530 -c 100 -i 0.001 -q",
            ),
            ("Keep one connection for a second", "milvusconn ping prod --reuse -w 1"),
        ),
        _PROBED,
        "none failed",
    ),
    "explain": Page(
        (
            ("What a cause means, and how to fix it", "milvusconn explain tls-expired"),
            ("The causes of a layer, or of an exit code", "milvusconn explain tls"),
            ("All causes", "milvusconn explain"),
        ),
        (ExitCode.OK,),
    ),
    "help": Page(
        (
            ("The help of a command", "milvusconn help has"),
            ("What the exit codes mean", "milvusconn help exit-codes"),
        ),
        (ExitCode.OK,),
    ),
    "completion": Page(
        (
            ("For your current shell", "milvusconn completion install"),
            ("The script itself", "milvusconn completion show zsh"),
            ("Where it is installed, and whether it is up to date", "milvusconn completion status"),
        ),
        _WRITTEN,
    ),
}

ENVIRONMENT = (
    ("MILVUSCONN_CONFIG", "the registry file"),
    ("MILVUSCONN_ALIAS", "the alias to use when none is named"),
    (
        "MILVUSCONN_<ALIAS>_URI, _TOKEN, _USER, _PASSWORD, _DB",
        "define or override an alias; - and . in its name become _",
    ),
    ("MILVUS_URI, MILVUS_TOKEN", "override the alias `default` of the file"),
    ("MILVUSCONN_DEBUG", "show the traceback of internal errors, and gRPC's log"),
    ("NO_COLOR, FORCE_COLOR, COLUMNS", "as usual"),
    (
        "http_proxy, https_proxy, grpc_proxy, no_proxy",
        "used by gRPC, as in any client",
    ),
)

FILES = (
    ("~/.config/milvusconn/connections.toml", "the registry on Linux"),
    ("~/Library/Application Support/milvusconn/connections.toml", "the registry on macOS"),
)
"""Where neither --config nor a variable says otherwise."""
