"""How the verbs that change the registry go about it, and say what they have done."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.errors import AliasError, ConfigError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output, renderer
from milvusconn_cli.registry import edits
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.aliases import Entry, Registry, with_environment
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.values import positional_value_class

Done = tuple[Entry, str]
"""An alias, and what was done to it, in words."""


@positional_value_class
class Action:
    """What one verb does to each of its aliases."""

    changes: Callable[[Sequence[str]], Sequence[edits.Change]]
    done: str
    is_done: Callable[[Entry], bool] = lambda _: False
    """Whether it is so already."""
    nothing_to_do: str = ""

    def do(self, aliases: Sequence[str], path: Path, *, force: bool) -> tuple[list[Done], Registry]:
        """All aliases or none; `force` passes over those that do not exist.

        Returns what was done, and the registry afterwards.
        """
        done: list[Done] = []

        def decide(registry: Registry) -> Sequence[edits.Change]:
            wanted = [alias for alias in dict.fromkeys(aliases) if not force or alias in registry]
            entries = [in_file(registry, alias) for alias in wanted]
            done[:] = [
                (entry, self.nothing_to_do if self.is_done(entry) else self.done)
                for entry in entries
            ]
            to_do = [entry.alias for entry in entries if not self.is_done(entry)]
            return self.changes(to_do) if to_do else []

        left = registry_file.change(path, decide)
        return done, left


def conclude(command: str, done: Sequence[Done], output: Output | None, *, quiet: bool) -> ExitCode:
    """Say what was done to each alias: on stdout if the format does, else on stderr."""
    text = renderer(output or Output.PLAIN).changed(command, [entry.subject for entry, _ in done])
    if text:
        write(text)
    for entry, words in () if text or quiet else done:
        print_message(f"{entry.alias}: {words}")
    return ExitCode.OK


def in_file(registry: Registry, alias: str) -> Entry:
    """The file's entry; `AliasError` if there is none, or only the environment has one."""
    if alias not in registry:
        elsewhere = with_environment(Registry({}), os.environ, here()).find(alias)
        if elsewhere is not None:
            variables = ", ".join(elsewhere.variables) or "MILVUS_*"
            raise AliasError(f"{alias} is not in the file: it comes from {variables}", "unset it")
    return registry.get(alias)


def already_exists(alias: str, hint: str | None = None) -> ConfigError:
    """The error that a name is in use."""
    return ConfigError(f"alias {alias!r} already exists", hint)


def file_already_exists(path: Path) -> ConfigError:
    """The error that a file is there, and would be overwritten."""
    return ConfigError(f"{path} already exists", "use --replace to overwrite it")


REPLACE_HINT = "use --replace to overwrite its settings"
