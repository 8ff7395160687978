"""Why a connection that was to be kept has ended, named by what was seen of its end. Pure."""

from enum import Enum
from typing import NamedTuple

_ENHANCE_YOUR_CALM = 11
_SLACK = 1.05
"""A pause that is so much longer than those that were survived is a longer one."""


class End(Enum):
    """Why the connection ended, by its stable name, and what to do about it."""

    TOO_MANY_PINGS = (
        "too-many-pings",
        "raise the client's grpc.keepalive_time_ms, or allow more pings on the server or gateway",
    )
    MAX_AGE = (
        "max-age",
        "the server or a gateway limits how long a connection may live: clients have to reconnect",
    )
    IDLE = (
        "idle-timeout",
        "raise the idle timeout of the load balancer or server, or send traffic more often",
    )
    HALF_OPEN = (
        "half-open",
        "a firewall, NAT or load balancer silently dropped it: shorten the keepalive time",
    )
    NO_RESPONSE = ("no-response", "the host still acknowledges, but the server does nothing")
    STOPPED = ("stopped", "the server does not accept new connections: it was stopped or restarted")
    CLOSED = ("closed", "check the logs of the server and of any gateway or load balancer")

    def __init__(self, label: str, advice: str) -> None:
        self.label = label
        self.advice = advice


class Traces(NamedTuple):
    """What was seen of a connection up to its end; times in seconds."""

    age: float
    quiet: float
    """Without a byte in either direction before the end."""
    idle: float
    """Without a call before the end; pings are none."""
    survived_quiet: float
    """The longest time without a byte after which it still worked, on any connection so far."""
    survived_idle: float
    """The same without a call."""
    goaway: tuple[int, str] | None = None
    """Error code and text with which the server announced the end."""
    is_reset: bool = False
    unanswered: float = 0.0
    """For how long the server had owed an answer, where it was the client that gave up."""
    unacknowledged: bool | None = None
    """Whether the other host did not even acknowledge bytes; None where the system does not say."""
    is_accepting: bool = True
    """Whether a new connection succeeds right after the end."""


class Cut(NamedTuple):
    """The end of a connection."""

    end: End
    summary: str
    age: float


def cut(traces: Traces) -> Cut:
    """Name the end."""
    end = _end(traces)
    return Cut(end, _summary(end, traces), traces.age)


def _end(traces: Traces) -> End:
    code, text = traces.goaway or (0, "")
    if "too_many_pings" in text or code == _ENHANCE_YOUR_CALM:
        return End.TOO_MANY_PINGS
    if "max_age" in text:
        return End.MAX_AGE
    if traces.unanswered:
        return End.NO_RESPONSE if traces.unacknowledged is False else End.HALF_OPEN
    if not traces.is_accepting:
        return End.STOPPED
    if traces.goaway is None:
        is_longest = traces.quiet > traces.survived_quiet * _SLACK
        return End.IDLE if is_longest else End.CLOSED
    # A gateway counts calls, not pings. What lived through a longer pause did not die of this one.
    is_longest = traces.idle > traces.survived_idle * _SLACK
    return End.IDLE if is_longest else End.MAX_AGE


def _summary(end: End, traces: Traces) -> str:
    after, how = f"after {traces.age:.1f} s", "reset" if traces.is_reset else "closed"
    lost = "packets are lost" if traces.unacknowledged else "nothing comes back"
    gave_up = f"for {traces.unanswered:.1f} s, until the keepalive timed out"
    summaries = {
        End.TOO_MANY_PINGS: f"the server closed the connection {after}: too_many_pings",
        End.MAX_AGE: f"the server closed the connection cleanly {after}",
        End.IDLE: f"the connection was {how} after {traces.quiet:.1f} s without traffic",
        End.HALF_OPEN: f"{lost}: no answer {gave_up}",
        End.NO_RESPONSE: f"the server did not answer {gave_up}",
        End.STOPPED: f"the server closed the connection {after}, and accepts no new ones",
        End.CLOSED: f"the connection was {how} {after}, while in use",
    }
    if end is End.IDLE and traces.goaway:
        return f"the server closed the connection after {traces.idle:.1f} s without a call"
    return summaries[end]
