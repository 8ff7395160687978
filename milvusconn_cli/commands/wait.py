"""`wait`: until connections are established, or until they are not."""

import os
from collections.abc import Callable, Sequence
from functools import partial

from milvusconn_cli.cli.connection_options import AdHocOptions, ad_hoc_settings_as_options
from milvusconn_cli.cli.open_registry import locate
from milvusconn_cli.cli.options import (
    AliasesOrUris,
    ChosenOutput,
    Config,
    Healthy,
    NoColor,
    NoCreate,
    Quiet,
)
from milvusconn_cli.cli.selection import Wanted, creating, judge
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.time_options import Down, Interval, Patient, Stable, WaitLimit
from milvusconn_cli.cli.waiting import Terms, wait_for
from milvusconn_cli.connection.target import Judged, Target
from milvusconn_cli.errors import RegistryError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import renderer
from milvusconn_cli.registry import file as registry_file
from milvusconn_cli.registry.lookup import resolve
from milvusconn_cli.system.replace_process import Process, is_program

DEFAULT_LIMIT = 60.0
_COMMAND_FOLLOWS = "--"


@ad_hoc_settings_as_options
def wait(
    aliases: AliasesOrUris = None,
    *,
    given: AdHocOptions,
    timeout: WaitLimit = None,
    interval: Interval = None,
    stable: Stable = None,
    down: Down = False,
    healthy: Healthy = False,
    patient: Patient = False,
    no_create: NoCreate = False,
    output: ChosenOutput = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    config: Config = None,
) -> ExitCode:
    """Wait until ALIAS or URI is connected.

    With several, waits until all are connected at the same time. A cause that time cannot fix,
    such as a wrong password, ends the wait immediately, with its own exit code. On success,
    `-- COMMAND` runs COMMAND in place of milvusconn.
    """
    words, command = _split(aliases or [])
    process = Process()
    wanted = Wanted(words=words, given=given, create=not no_create)
    judged = judge(wanted, config, quiet=quiet)
    terms = Terms(
        limit=timeout or DEFAULT_LIMIT,
        interval=interval,
        stable=stable or 0.0,
        down=down,
        patient=patient,
        healthy=healthy,
    )
    again = partial(_again, config=config, create=wanted.create)
    judges = [partial(again, one) if patient else _constant(one) for one in judged]
    waited = wait_for(judges, terms, quiet=quiet)
    if output is not None and not quiet:
        write(renderer(output, color=not no_color).rows("wait", waited.rows, waited.exit_code))
    if command and waited.exit_code is ExitCode.OK:
        _become(process, command)
    return waited.exit_code


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The aliases, and the command that follows them."""
    if _COMMAND_FOLLOWS not in words:
        return list(words), []
    place = list(words).index(_COMMAND_FOLLOWS)
    command = list(words[place + 1 :])
    if not command:
        raise UsageError("missing command after --")
    if not is_program(command[0]):
        # Said before anybody has waited for it.
        raise UsageError("the command after -- does not exist, or is not executable")
    return list(words[:place]), command


def _constant(judged: Judged) -> Callable[[], Judged]:
    return lambda: judged


def _again(judged: Judged, config: Config, *, create: bool) -> Judged:
    """The alias as the registry has it now, if it could not be probed when the wait began."""
    if isinstance(judged, Target) or judged.subject.source == "options":
        return judged
    try:
        registry = registry_file.load(locate(config), os.environ)
    except RegistryError:
        return judged
    return creating(resolve(registry, judged.subject.alias), create=create)


def _become(process: Process, command: Sequence[str]) -> None:
    try:
        process.become(command)
    except OSError as error:
        raise UsageError(f"the command after -- cannot be started: {error.strerror}") from None
