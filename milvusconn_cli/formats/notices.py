"""What an established connection needs attention for: findings of `inspect`. Pure."""

from datetime import UTC, datetime, timedelta

from milvusconn_cli.report import Report

_NOTICE = timedelta(days=30)
_FORM = "%Y-%m-%dT%H:%M:%SZ"


def expiry_of(report: Report) -> datetime | None:
    """When the server's certificate expires, where it was seen."""
    told = report.inspection.certificate if report.inspection else {}
    evidence = report.finding.evidence if report.finding else {}
    text = told.get("not_after") or evidence.get("not_after")
    try:
        return datetime.strptime(text, _FORM).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def needs_attention(report: Report, now: datetime | None = None) -> list[str]:
    """A certificate that expires soon, a Milvus that says it is not healthy."""
    found = []
    if report.inspection and report.inspection.healthy is False:
        found.append("not healthy")
    expiry = expiry_of(report)
    if expiry and expiry - (now or datetime.now(UTC)) < _NOTICE:
        found.append(f"certificate expires {expiry:%Y-%m-%d %H:%M} UTC")
    return found
