"""What help screens and the man page say beyond options: examples, exit codes, variables, files.

Data alone, a page for each verb. Every example is run by the tests, where `http://localhost:19530`
is a Milvus that takes anybody, and has to end with 0.
"""

from collections.abc import Mapping
from typing import NamedTuple

from milvusconn_cli.exits import ExitCode

MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: "yes, established; done",
    ExitCode.NO: "no: there is no such alias, or it is out of service",
    ExitCode.USAGE: "wrong use of the command line",
    ExitCode.UNREACHABLE: "not reachable: DNS, TCP, proxy, socket file, local database",
    ExitCode.NOT_READY: "reachable, not ready or not answering in time",
    ExitCode.CREDENTIALS: "credentials missing, refused, or without the privilege",
    ExitCode.TLS: "TLS",
    ExitCode.NOT_MILVUS: "something answers, but not a Milvus that we can talk to",
    ExitCode.NO_DATABASE: "the database does not exist",
    ExitCode.INTERNAL: "a fault of this program",
    ExitCode.OUTPUT: "the output could not be written",
    ExitCode.CONFIG: "the configuration is invalid: the file, a URI, a PEM, a secret, a name",
    ExitCode.INTERRUPTED: "interrupted (SIGINT)",
    ExitCode.TERMINATED: "terminated (SIGTERM or SIGHUP)",
}
"""What each code says, as the README has it."""

ALWAYS = (
    ExitCode.USAGE,
    ExitCode.INTERNAL,
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
            (
                "Establish the alias `default`",
                "milvusconn connect --uri http://localhost:19530 --replace",
            ),
            ("Is it still established? The exit code says why not", "milvusconn has"),
            ("All aliases", "milvusconn list"),
        ),
        _PROBED,
        "yes, established; done",
    ),
    "has": Page(
        (
            ("Is the connection `prod` established?", "milvusconn has prod"),
            ("For a health check: say nothing, take 3 seconds at most", "milvusconn has -q -t 3"),
            ("All aliases, for a program", "milvusconn has --all -o json"),
        ),
        _PROBED,
        "every one is established",
    ),
    "add": Page(
        (
            ("A server on this machine", "milvusconn add dev --uri http://localhost:19530"),
            (
                "Over TLS; the token stays in a variable",
                "milvusconn add cloud --uri https://milvus.example --token env:MILVUS_TOKEN",
            ),
            ("An embedded Milvus Lite", "milvusconn add lite --uri ./milvus.db"),
        ),
        _WRITTEN,
    ),
    "connect": Page(
        (
            (
                "Establish a new one, and keep it if it held",
                "milvusconn connect dev --uri http://localhost:19530",
            ),
            ("Put one back into service", "milvusconn connect stage"),
        ),
        _PROBED,
        "established, and saved",
    ),
    "disconnect": Page(
        (("Out of service, settings kept", "milvusconn disconnect stage"),), _LOOKED_UP
    ),
    "address": Page((("host:port of `prod`", "milvusconn address prod"),), _LOOKED_UP),
    "list": Page(
        (
            ("All aliases and whether they are established", "milvusconn list"),
            ("The names alone, without dialling", "milvusconn list --names"),
            ("Fail if one with the tag `eu` is down", "milvusconn list --tag eu --exit-code"),
            ("Those that are down, the gravest first", "milvusconn list --failing"),
        ),
        _PROBED,
        "all are listed; with --exit-code: all of them are established",
    ),
    "remove": Page(
        (("Forget an alias, if it is there", "milvusconn remove --force stage"),), _LOOKED_UP
    ),
    "show": Page((("Settings, and where each comes from", "milvusconn show prod"),), _LOOKED_UP),
    "rename": Page((("Another name, the same place", "milvusconn rename prod live"),), _LOOKED_UP),
    "copy": Page((("The same settings twice", "milvusconn copy prod spare"),), _LOOKED_UP),
    "import": Page(
        (
            ("What `export` has written elsewhere", "milvusconn import backup.toml"),
            ("Only see what would be done", "milvusconn import --dry-run backup.toml"),
        ),
        _WRITTEN,
    ),
    "export": Page(
        (
            ("All aliases, without the secrets that lie in the file", "milvusconn export"),
            ("Those with a tag, into a file", "milvusconn export --tag eu --to backup.toml"),
        ),
        _LOOKED_UP,
    ),
    "inspect": Page(
        (
            ("Every layer of an alias", "milvusconn inspect prod"),
            (
                "Of a server that is in no registry",
                "milvusconn inspect --uri http://localhost:19530",
            ),
        ),
        _PROBED,
        "established",
    ),
    "explain": Page(
        (
            ("What a cause means, and how to mend it", "milvusconn explain tls-expired"),
            ("All causes", "milvusconn explain"),
        ),
        (ExitCode.OK,),
    ),
    "completion": Page(
        (
            ("For the shell that this is typed in", "milvusconn completion install"),
            ("The script itself", "milvusconn completion show zsh"),
            ("Where it is, and whether it is current", "milvusconn completion status"),
        ),
        _WRITTEN,
    ),
}

ENVIRONMENT = (
    ("MILVUSCONN_CONFIG", "the registry file"),
    ("MILVUSCONN_ALIAS", "the alias that is meant where none is named"),
    (
        "MILVUSCONN_<ALIAS>_URI, _TOKEN, _USER, _PASSWORD, _DB",
        "make or override an alias; - and . in its name become _",
    ),
    ("MILVUS_URI, MILVUS_TOKEN", "stand in for `default` where nothing else defines it"),
    ("MILVUSCONN_DEBUG", "where a fault of this program happened, and gRPC's own log"),
    ("NO_COLOR, FORCE_COLOR, COLUMNS", "as everywhere"),
    (
        "http_proxy, https_proxy, grpc_proxy, no_proxy",
        "read by gRPC, for this program as for every client",
    ),
)

FILES = (
    ("~/.config/milvusconn/connections.toml", "the registry on Linux"),
    ("~/Library/Application Support/milvusconn/connections.toml", "the registry on macOS"),
)
"""Where neither --config nor a variable says otherwise."""
