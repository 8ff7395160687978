"""Asking about aliases: what is known is answered, the rest is probed, and reasons are told."""

from collections.abc import Sequence

from milvusconn_cli.foregone import Target, judge
from milvusconn_cli.messages import tell
from milvusconn_cli.registry import Registry
from milvusconn_cli.report import Report


def ask(registry: Registry, aliases: Sequence[str], timeout: float | None) -> list[Report]:
    """A report for each alias, in their order; only what must be is dialled, all at once."""
    judged = [judge(registry, alias) for alias in aliases]
    probed = iter(probe([one for one in judged if isinstance(one, Target)], timeout))
    return [next(probed) if isinstance(one, Target) else one for one in judged]


def probe(targets: Sequence[Target], timeout: float | None) -> list[Report]:
    """Dial all targets; grpc is loaded where there is something to dial, and nowhere else."""
    if not targets:
        return []
    from milvusconn_cli import fleet  # noqa: PLC0415 -- brings grpc

    return fleet.probe_all(targets, timeout)


def inspect_one(judged: Report | Target, timeout: float | None) -> Report:
    """Everything that can be learned of one target; a foregone conclusion stays one."""
    if isinstance(judged, Report):
        return judged
    from milvusconn_cli import fleet  # noqa: PLC0415 -- brings grpc

    return fleet.inspect_one(judged, timeout)


def tell_reasons(reports: Sequence[Report]) -> None:
    """Why not, for each that is not established, and what to know beside the answer."""
    for report in reports:
        tell_warnings(report)
        if report.finding:
            finding = report.finding
            tell(f"{report.subject.alias}: {report.status}: {finding.summary}", finding.advice)


def tell_warnings(report: Report) -> None:
    """What to know beside the answer."""
    for warning in report.warnings:
        tell(f"{report.subject.alias}: {warning}")
