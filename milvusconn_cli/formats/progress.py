"""How far a fleet of probes is, as one line for somebody who waits."""

from milvusconn_cli.report import Progress

_BAR = 10


def line(progress: Progress) -> str:
    """`[####------] 400/1000, 380/s, 390 established, 10 failed, 2 s left`.

    One alone has no bar: `waiting for an answer: 2 s of at most 5 s`.
    """
    if progress.total == 1:
        passed = min(progress.seconds, progress.limit)
        return f"waiting for an answer: {passed:.0f} s of at most {progress.limit:g} s"
    filled = _BAR * progress.known // progress.total
    bar = "#" * filled + "-" * (_BAR - filled)
    return (
        f"[{bar}] {progress.known}/{progress.total}, {_rate(progress):.0f}/s,"
        f" {progress.established} established, {progress.failed} failed,"
        f" {_left(progress):.0f} s left"
    )


def _rate(progress: Progress) -> float:
    return progress.known / progress.seconds


def _left(progress: Progress) -> float:
    """Seconds by the rate so far, but no more than what has been started may still take."""
    to_start = progress.total - progress.started
    if to_start:
        bound = to_start * progress.seconds / max(progress.started, 1) + progress.limit
    else:
        bound = max(0.0, progress.limit - progress.since_last_start)
    if not progress.known:
        return bound
    return min(bound, (progress.total - progress.known) / _rate(progress))
