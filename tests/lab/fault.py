"""What a fault of the lab is: how it is met, and what has to be said of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.lab.bench import Bench
from tests.servers.namespace import Resolver

ENOUGH: Final = 5.0
"""The limit, in seconds, of a probe whose answer comes at once."""
SHORT: Final = 1.0
"""The same of a probe that will use it up."""


@dataclass(frozen=True)
class Inside:
    """A namespace of its own, with only loopback: how names resolve in it, and who listens."""

    resolver: Resolver
    listeners: Sequence[Mapping[str, object]] = ()
    """For `tests.lab.inside`: a host, a port, and the unix socket that it leads to."""
    options: str = "timeout:1 attempts:1"
    """Of resolv.conf."""


@dataclass(frozen=True)
class Client:
    """What a client is given while the fault is there."""

    arguments: tuple[str, ...] = ()
    """The settings, as `milvusconn add` and `milvusconn inspect` take them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    toml: str | None = None
    """The alias as a person would write it into the file, where `add` would refuse it."""
    inside: Inside | None = None
    pymilvus: Mapping[str, Any] | None = None
    """What pymilvus is given, where that does not follow from `arguments`."""


Meeting = Callable[[Bench], AbstractContextManager[Client]]


@dataclass(frozen=True)
class Fault:
    """One way in which a connection is not established, or in which it is all the same."""

    name: str
    what: str
    """One line for people."""
    meet: Meeting
    cause: str
    """The label, or `established`."""
    exit_code: int
    layer: str | None = None
    says: tuple[str, ...] = ()
    """Words of the summary; of the warnings, where it is established."""
    shows: tuple[str, ...] = ()
    """Words of the evidence."""
    advises: tuple[str, ...] = ()
    """Words of the advice."""
    limit: float = ENOUGH
    """In seconds, for one probe."""
    alone: bool = False
    """Whether it needs an environment, a namespace or a moment of its own."""


LAB: list[Fault] = []
"""All faults, in the order in which they are written."""


def fault(
    cause: str,
    exit_code: int,
    layer: str | None = None,
    **more: Any,  # noqa: ANN401 -- Fault's
) -> Callable[[Callable[[Bench], Iterator[Client]]], Callable[[Bench], Iterator[Client]]]:
    """Put the decorated function into the lab: its name, its docstring's first line, and this."""

    def register(meet: Callable[[Bench], Iterator[Client]]) -> Callable[[Bench], Iterator[Client]]:
        what = (meet.__doc__ or "").strip().splitlines()[0].rstrip(".")
        name = meet.__name__.removeprefix("_").replace("_", "-")
        put(Fault(name, what, contextmanager(meet), cause, exit_code, layer, **_as_tuples(more)))
        return meet

    return register


def put(one: Fault) -> None:
    """Put one more fault into the lab; names are its own."""
    if any(one.name == other.name for other in LAB):
        raise ValueError(f"there are two faults called {one.name}")
    LAB.append(one)


def _as_tuples(more: Mapping[str, Any]) -> dict[str, Any]:
    """Words are given as one text or as several."""
    return {
        name: (value,) if name in ("says", "shows", "advises") and isinstance(value, str) else value
        for name, value in more.items()
    }
