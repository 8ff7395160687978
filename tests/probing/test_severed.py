"""Names for the ends of connections, from what was seen of them; and the frames that say it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milvusconn_cli.probing.frames import PREFACE, Frames, Goaway
from milvusconn_cli.probing.severed import End, Traces, cut
from tests.servers.raw_http2 import GOAWAY, PING, SETTINGS, frame

HEADERS, DATA = 1, 0
BUSY = Traces(age=60, quiet=1, idle=1, survived_quiet=5, survived_idle=5)
"""Ended a second after its last call; pauses of five seconds were no problem before."""


@pytest.mark.parametrize(
    ("traces", "end"),
    [
        (BUSY._replace(goaway=(11, "too_many_pings")), End.TOO_MANY_PINGS),
        (BUSY._replace(goaway=(11, "")), End.TOO_MANY_PINGS),
        (BUSY._replace(goaway=(0, "max_age")), End.MAX_AGE),
        (BUSY._replace(goaway=(0, "max_age"), idle=50), End.MAX_AGE),
        (BUSY._replace(goaway=(0, "")), End.MAX_AGE),
        (BUSY._replace(goaway=(0, ""), idle=30), End.IDLE),
        (BUSY._replace(goaway=(0, ""), is_accepting=False), End.STOPPED),
        (BUSY, End.CLOSED),
        (BUSY._replace(is_reset=True), End.CLOSED),
        (BUSY._replace(quiet=30, idle=30), End.IDLE),
        (BUSY._replace(quiet=30, idle=30, is_reset=True), End.IDLE),
        (BUSY._replace(quiet=1, idle=30), End.CLOSED),
        (BUSY._replace(is_accepting=False), End.STOPPED),
        (BUSY._replace(unanswered=5, unacknowledged=True), End.HALF_OPEN),
        (BUSY._replace(unanswered=5, unacknowledged=None), End.HALF_OPEN),
        (BUSY._replace(unanswered=5, unacknowledged=False), End.NO_RESPONSE),
    ],
)
def test_end(traces: Traces, end: End) -> None:
    found = cut(traces)

    assert found.end is end
    assert found.age == 60
    assert len(found.summary) <= 100


def test_pause_that_was_survived_is_not_the_reason() -> None:
    """Of pings at the same pace the first pause may be too long, and no later one."""
    first = Traces(age=10, quiet=10, idle=10, survived_quiet=0, survived_idle=0)
    later = Traces(age=31, quiet=10, idle=10, survived_quiet=10, survived_idle=10)

    assert cut(first).end is End.IDLE
    assert cut(later).end is End.CLOSED
    assert cut(later._replace(goaway=(0, ""))).end is End.MAX_AGE


def test_names_are_distinct() -> None:
    assert len({one.label for one in End}) == len(End)
    assert all(one.advice for one in End)


def goaway(code: int, text: bytes = b"") -> bytes:
    return frame(GOAWAY, payload=struct.pack("!II", 0, code) + text)


SERVER = b"".join(
    [
        frame(SETTINGS),
        frame(HEADERS, payload=b"h" * 40),
        frame(DATA, payload=bytes(70_000)),
        frame(HEADERS, payload=b"t"),
        frame(PING, payload=bytes(8)),
        goaway(11, b"too_many_pings"),
    ]
)


@given(some.lists(some.integers(1, 30_000), min_size=1, max_size=60))
def test_frames_are_read_in_whatever_pieces_they_come(sizes: list[int]) -> None:
    frames, rest = Frames(from_client=False), SERVER
    for size in [*sizes, len(SERVER)]:
        frames.feed(rest[:size])
        rest = rest[size:]

    assert frames.calls == 2
    assert frames.goaway == Goaway(11, "too_many_pings")


def test_preface_of_a_client_is_no_frame() -> None:
    frames = Frames(from_client=True)
    frames.feed(PREFACE[:10])
    frames.feed(PREFACE[10:] + frame(SETTINGS) + frame(HEADERS, payload=b"x"))

    assert (frames.calls, frames.goaway) == (1, None)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (goaway(0) + goaway(0), Goaway(0, "")),
        (goaway(0) + goaway(0, b"max_age"), Goaway(0, "max_age")),
        (goaway(0, b"max_age") + goaway(0), Goaway(0, "max_age")),
        (goaway(11, b"\x1b[31m" + b"x" * 9000), None),
    ],
)
def test_reason_of_a_goaway(said: bytes, kept: Goaway | None) -> None:
    """A graceful end is announced twice; hostile text is cleaned and cut."""
    frames = Frames(from_client=False)
    frames.feed(said + frame(HEADERS))

    assert frames.goaway
    assert frames.calls == 1
    if kept:
        assert frames.goaway == kept
    else:
        assert "\x1b" not in frames.goaway.text
        assert len(frames.goaway.text) <= 80
