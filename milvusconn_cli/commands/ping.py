"""`ping`: probe again and again, and say how long it takes and how much is lost."""

import math
import sys

from milvusconn_cli.cli.connection_options import AdHocOptions, ad_hoc_settings_as_options
from milvusconn_cli.cli.options import AliasOrUri, ChosenOutput, Config, NoColor, Timeout
from milvusconn_cli.cli.pinging import Series, ping_series
from milvusconn_cli.cli.probing import print_reasons
from milvusconn_cli.cli.selection import Wanted, judge
from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.stdout import write
from milvusconn_cli.cli.time_options import Count, OnlySummary, PingInterval, Reuse, Within
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import Output
from milvusconn_cli.formats import pinging as words
from milvusconn_cli.report import Report


@ad_hoc_settings_as_options
def ping(
    alias: AliasOrUri = None,
    *,
    given: AdHocOptions,
    count: Count = None,
    interval: PingInterval = None,
    within: Within = None,
    reuse: Reuse = False,
    timeout: Timeout = None,
    output: ChosenOutput = None,
    quiet: OnlySummary = False,
    no_color: NoColor = False,  # noqa: ARG001 -- the same everywhere; nothing here has color
    config: Config = None,
) -> ExitCode:
    """Connect to ALIAS or URI repeatedly.

    Prints one line per probe, then how many failed and how long the others took. Each probe opens
    a new connection; with --reuse, all share one, kept open as pymilvus does. Exits 0 if none
    failed, else with the code of the most severe cause.
    """
    (judged,) = judge(
        Wanted(words=[alias] if alias else (), given=given, timeout=timeout), config, quiet=quiet
    )
    if isinstance(judged, Report):
        print_reasons([judged])
        if output is Output.JSON:
            _write_document(Series.of(judged), judged.exit_code)
        return judged.exit_code
    chosen = output or Output.TABLE
    series = Series(judged.subject, output=chosen, quiet=quiet)
    signaled = ping_series(
        series,
        judged,
        interval=interval or 1.0,
        count=count,
        within=within or math.inf,
        timeout=timeout,
        reuse=reuse,
    )
    exit_code = signaled or series.exit_code
    _print_end(series, chosen, exit_code)
    return exit_code


def _print_end(series: Series, output: Output, exit_code: ExitCode) -> None:
    told = series.summary
    if output is Output.JSON:
        _write_document(series, exit_code)
    elif output is Output.PLAIN:
        for line in words.summary(told).splitlines():
            print_message(line)
    else:
        write(("" if series.quiet else "\n") + words.summary(told))
        if sys.stdout is not None and sys.stdout.isatty():
            write(words.histogram(told))
    if series.worst is not None and series.worst.finding is not None:
        found = series.worst.finding
        name = series.worst.subject.alias
        print_message(f"{name}: {series.worst.status}: {found.summary}", found.advice)


def _write_document(series: Series, exit_code: ExitCode) -> None:
    from milvusconn_cli.formats import envelope  # noqa: PLC0415 -- brings JSON

    rows = [envelope.row(series.last)]
    write(
        envelope.document(
            "ping",
            rows,
            exit_code,
            pings=series.rows,
            summary=words.as_values(series.summary),
        )
    )
