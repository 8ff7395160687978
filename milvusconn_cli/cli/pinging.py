"""`ping`: run a series of probes, and print each while it runs."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from milvusconn_cli.cli.stdout import write, write_more
from milvusconn_cli.connection.target import Target
from milvusconn_cli.exits import ExitCode, most_severe
from milvusconn_cli.formats import Output
from milvusconn_cli.formats import pinging as words
from milvusconn_cli.report import Report, Row, Subject

if TYPE_CHECKING:
    from milvusconn_cli.monitoring.pinging import Ping, Pinging
    from milvusconn_cli.probing.severed import Cut


class Series:
    """What a series has brought so far, and how it is printed."""

    def __init__(self, subject: Subject, *, output: Output, quiet: bool) -> None:
        self.last: Row = subject
        """The last report; the subject as long as there is none."""
        self.quiet = quiet
        self.rows: list[dict[str, object]] = []
        """For JSON, each probe and each lost connection."""
        self.cuts: Counter[str] = Counter()
        self._output = output
        self._pinging: Pinging | None = None

    @classmethod
    def of(cls, report: Report) -> Self:
        """A series that could not begin."""
        series = cls(report.subject, output=Output.JSON, quiet=True)
        series.last = report
        return series

    async def run(self, pinging: "Pinging") -> None:
        """Run the probes; the results are read from there."""
        self._pinging = pinging
        await pinging.run()

    def note_cut(self, cut: "Cut") -> None:
        """Print that the connection, which was to be kept, ended."""
        label = cut.end.label
        self.cuts[label] += 1
        if self._output is Output.JSON:
            lost = {"connection_lost": label, "age": round(cut.age, 3), "summary": cut.summary}
            self.rows.append(lost)
        elif self._output is Output.TABLE:
            # The advice is said once: it would not be another one the next time.
            advice = f" ({cut.end.advice})" if self.cuts[label] == 1 else ""
            write(words.cut_line(label, f"{cut.summary}{advice}"))

    def note(self, ping: "Ping") -> None:
        """Print one result."""
        self.last = ping.report
        if self._output is Output.JSON:
            self.rows.append(
                {
                    "number": ping.number,
                    "at": round(ping.at, 3),
                    "status": ping.report.status,
                    "seconds": round(ping.seconds, 6),
                }
            )
        elif not self.quiet:
            as_text = words.plain_line if self._output is Output.PLAIN else words.line
            write_more(as_text(ping.number, ping.report, ping.seconds))

    @property
    def worst(self) -> Report | None:
        """A failing report of the most severe cause."""
        return self._pinging.worst if self._pinging else None

    @property
    def exit_code(self) -> ExitCode:
        """0 if none failed, else that of the most severe cause."""
        return self.worst.exit_code if self.worst else most_severe([])

    @property
    def summary(self) -> words.Summary:
        """What is said in the end."""
        from milvusconn_cli.monitoring.statistics import histogram  # noqa: PLC0415 -- only now

        name = self.last.subject.alias if isinstance(self.last, Report) else self.last.alias
        statuses: Mapping[str, int] = self._pinging.statuses if self._pinging else {}
        return words.Summary(
            name=name,
            statuses=statuses,
            seconds=self._pinging.seconds if self._pinging else 0.0,
            times=self._pinging.times if self._pinging else None,
            cuts=self.cuts,
            histogram=histogram(self._pinging.samples) if self._pinging else [],
        )


def ping_series(
    series: Series,
    target: Target,
    *,
    interval: float,
    count: int | None,
    within: float,
    timeout: float | None,
    reuse: bool,
) -> ExitCode | None:
    """Run the series; the exit code of a signal that ended it, if any. Times in seconds."""
    from milvusconn_cli.cli import runner  # noqa: PLC0415 -- brings asyncio

    runner.prepare(1)
    from milvusconn_cli.monitoring.asking import Asker  # noqa: PLC0415 -- brings grpc
    from milvusconn_cli.monitoring.pinging import Pace, Pinging  # noqa: PLC0415 -- the same

    asker = Asker(timeout)
    pace = Pace(interval=interval, count=count, limit=within)

    async def work() -> None:
        if not reuse:
            await series.run(Pinging(lambda at_most: asker.ask(target, at_most), pace, series.note))
            return
        from milvusconn_cli.probing.kept import KeptConnection  # noqa: PLC0415 -- brings all layers

        async with KeptConnection(target, timeout, series.note_cut) as kept:
            await series.run(Pinging(kept.ask, pace, series.note))

    return runner.run_until_signal(asker, work)
