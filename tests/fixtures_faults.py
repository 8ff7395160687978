"""Fixtures of the peers that misbehave; those that need arguments are in `tests.servers`."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.servers import faults, namespace
from tests.servers.speaking_milvus import SpeakingMilvus, foreign_grpc


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 that refuses."""
    with faults.refusing_port() as place:
        yield place.port


@pytest.fixture
def full_backlog_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 that leaves a SYN without answer."""
    with faults.full_backlog() as place:
        yield place.port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 that accepts and never says a byte."""
    with faults.silent() as place:
        yield place.port


@pytest.fixture
def visited() -> Iterator[tuple[int, threading.Event]]:
    """Hold a silent port, and an event that is set once somebody has come and spoken."""
    arrived = threading.Event()

    def receive(connection: socket.socket) -> None:
        if connection.recv(1):
            arrived.set()
        faults.keep_silent(connection)

    with faults._answering(receive, faults.LOOPBACK) as place:
        yield place.port, arrived


@pytest.fixture
def closing_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 that accepts and closes."""
    with faults.closing() as place:
        yield place.port


@pytest.fixture
def http1_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 where a web server answers 400."""
    with faults.http1() as place:
        yield place.port


@pytest.fixture
def foreign_grpc_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 with a gRPC server that is not Milvus."""
    with foreign_grpc() as place:
        yield place.port


@pytest.fixture
def speaking_milvus() -> Iterator[Callable[..., SpeakingMilvus]]:
    """Start `SpeakingMilvus(**answers)`, as often as wanted; all are stopped at the test's end."""
    with ExitStack() as running:

        def speak(**answers: Any) -> SpeakingMilvus:  # noqa: ANN401 - those of SpeakingMilvus
            return running.enter_context(SpeakingMilvus(**answers))

        yield speak


@pytest.fixture
def run_with_resolver() -> Callable[..., CompletedProcess[str]]:
    """`tests.servers.namespace.run_with_resolver`; skips where this machine cannot."""
    if (reason := namespace.namespaces_available()) is not None:
        pytest.skip(f"no namespaces here: {reason}")
    return namespace.run_with_resolver
