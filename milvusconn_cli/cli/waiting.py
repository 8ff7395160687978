"""`wait` and `connect --wait`: run a wait, and say on stderr what changes and how it ended."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from milvusconn_cli.cli.probing import print_reasons, print_warnings
from milvusconn_cli.cli.stderr import print_message, status_line
from milvusconn_cli.connection.target import Target
from milvusconn_cli.exits import ExitCode, most_severe
from milvusconn_cli.formats import waiting as words
from milvusconn_cli.report import Report, Row, Subject
from milvusconn_cli.values import value_class

if TYPE_CHECKING:
    from milvusconn_cli.monitoring.waiting import Wait

Judge = Callable[[], Report | Target]


@value_class
class Terms:
    """What is waited for, as the options say it; times in seconds."""

    limit: float
    interval: float | None = None
    """The longest pause between two probes."""
    stable: float = 0.0
    down: bool = False
    patient: bool = False
    healthy: bool = False
    """Whether the server has to say that it is healthy, too."""
    probe_limit: float | None = None
    """Of each probe, before the alias's own."""


@value_class
class Waited:
    """How a wait ended."""

    rows: Sequence[Row]
    exit_code: ExitCode


def wait_for(
    judges: Sequence[Judge], terms: Terms, *, quiet: bool, says_success: bool = True
) -> Waited:
    """Wait for what `judges` answer, each of which is asked anew before every probe.

    A signal ends it as time would, with its own exit code. `says_success` is whether to print that
    the goal is met.
    """
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio

    runner.prepare(len(judges))
    from milvusconn_cli.monitoring import waiting  # noqa: PLC0415 -- brings grpc
    from milvusconn_cli.monitoring.asking import Asker  # noqa: PLC0415 -- the same
    from milvusconn_cli.monitoring.backoff import LONGEST_SECONDS, Backoff  # noqa: PLC0415
    from milvusconn_cli.probing.confirm import Confirming  # noqa: PLC0415 -- the same
    from milvusconn_cli.probing.healthy import probe_healthy  # noqa: PLC0415 -- the same

    goal = waiting.Goal.DOWN if terms.down else waiting.Goal.UP
    plan = waiting.Plan(goal=goal, limit=terms.limit, stable=terms.stable, patient=terms.patient)
    longest = LONGEST_SECONDS if terms.interval is None else terms.interval
    aliases = [
        waiting.Alias(judge=judge, backoff=Backoff(longest), row=_subject(judge()))
        for judge in judges
    ]
    asker = Asker(terms.probe_limit, probe_healthy if terms.healthy else Confirming())
    with status_line(shown=not quiet) as show:
        wait = waiting.Wait(aliases, plan, asker)

        def tick() -> None:
            if show:
                rows = [alias.row for alias in aliases]
                show(words.living(rows, wait.elapsed, terms.limit, down=terms.down))

        def say(alias: waiting.Alias) -> None:
            if alias.report:
                print_message(words.changed(alias.report, wait.elapsed))

        if show:
            wait.tick = tick
        elif not quiet:
            wait.changed = say
        signaled = runner.run_until_signal(asker, wait.run)
    exit_code = signaled or _exit_code(wait)
    if not quiet and (says_success or exit_code is not ExitCode.OK):
        _print_end(wait, interrupted=signaled is not None)
    return Waited(rows=[alias.row for alias in aliases], exit_code=exit_code)


def _exit_code(wait: "Wait") -> ExitCode:
    from milvusconn_cli.monitoring.waiting import Ending  # noqa: PLC0415 -- loaded by now

    match wait.ended:
        case Ending.MET:
            return ExitCode.OK
        case Ending.TIMED_OUT:
            return ExitCode.WAIT_TIMEOUT
    return most_severe(report.exit_code for report in wait.hopeless)


def _print_end(wait: "Wait", *, interrupted: bool) -> None:
    """One message for each alias that decided how it ended."""
    from milvusconn_cli.monitoring.waiting import Ending, Goal  # noqa: PLC0415 -- loaded by now

    if not interrupted and wait.ended is Ending.HOPELESS:
        print_reasons(wait.hopeless)
        return
    why = "interrupted" if interrupted else "timed out"
    for alias in wait.aliases:
        if alias.report:
            print_warnings([alias.report])
        if wait.is_met(alias) and alias.report:
            down = wait.plan.goal is Goal.DOWN
            # Those that others kept waiting were so long before the end.
            since = None if wait.ended is Ending.MET else alias.met_since
            seconds = wait.seconds if since is None else since
            print_message(words.met(alias.report, seconds, down=down))
        else:
            found = alias.report.finding if alias.report else None
            print_message(
                words.unmet(alias.row, wait.seconds, why), found.advice if found else None
            )


def _subject(judged: Report | Target) -> Subject:
    return judged.subject
