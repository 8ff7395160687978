"""What was found is confirmed as long as it holds, and a change is seen in the round after it."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from milvusconn_cli.connection.settings import TlsFiles
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.connection.target import Target
from milvusconn_cli.monitoring.asking import Asker
from milvusconn_cli.probing.confirm import IN_A_ROW, Confirming
from milvusconn_cli.probing.layers import tcp
from milvusconn_cli.report import Report, Subject
from milvusconn_cli.secrets import references
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.reference import Literal
from tests.servers import faults, raw_http2
from tests.servers.certificates import Authority, CertificateFiles
from tests.servers.faults import Behaviour, HeldPort, Place, held_port
from tests.servers.milvus import MilvusServer
from tests.servers.raw_http2 import GRPC, OK, Call, answering, message, speaking_grpc
from tests.servers.speaking_milvus import SpeakingMilvus

LIMIT = 4.0


def target(uri: str, **settings: object) -> Target:
    connection = build(uri, Path("/"), **settings)  # type: ignore[arg-type]
    return Target(subject=Subject(alias="dev"), connection=connection)


def literal(text: str) -> Literal:
    return Literal.from_text(text)


class Rounds:
    """Probes of one target, one after the other, as `list --watch` makes them."""

    def __init__(self, of: Target) -> None:
        self._target = of
        self._runner = asyncio.Runner()
        self._asker = Asker(LIMIT, Confirming())

    def next(self) -> Report:
        return self._runner.run(self._asker.ask(self._target))

    def full(self) -> Report:
        """The report of a probe that knows of none before."""
        return self._runner.run(Asker(LIMIT).ask(self._target))

    def confirmed(self, number: int) -> list[bool]:
        """Of so many rounds: whether each was confirmed."""
        return [is_confirmed(self.next()) for _ in range(number)]

    def close(self) -> None:
        self._runner.run(self._asker.__aexit__(None, None, None))
        self._runner.close()


@pytest.fixture
def rounds_of(request: pytest.FixtureRequest) -> type[Rounds]:
    """A class whose objects are closed at the end."""
    with_end = request.addfinalizer

    class Closed(Rounds):
        def __init__(self, of: Target) -> None:
            super().__init__(of)
            with_end(self.close)

    return Closed


def is_confirmed(report: Report) -> bool:
    last = report.steps[-1].detail
    return "again" in last or last.startswith("still")


def connect_response(*, version: str = "v2.4.1", **status: object) -> bytes:
    said = milvus_pb2.ConnectResponse(
        status=common_pb2.Status(**status),
        server_info=common_pb2.ServerInfo(build_tags=version, deploy_mode="STANDALONE"),
        identifier=1,
    )
    return message(said.SerializeToString())


HEALTHY = speaking_grpc(answering(connect_response()))


def failing_with(code: grpc.StatusCode) -> Behaviour:
    fields = (("grpc-status", str(code.value[0])), ("grpc-message", "said so"))
    return speaking_grpc(raw_http2.trailers_only(GRPC, *fields))


def with_trailers(*fields: tuple[str, str], before: bytes | None = None) -> Behaviour:
    """The answer of a healthy server, with other trailers."""
    data = connect_response() if before is None else before

    def reply(stream: int) -> bytes:
        return (
            raw_http2.opening(stream)
            + raw_http2.frame(raw_http2.DATA, 0, stream, data)
            + raw_http2.trailers(stream, *fields)
        )

    return speaking_grpc(reply)


CHANGES = {
    "unavailable": failing_with(grpc.StatusCode.UNAVAILABLE),
    "revoked": failing_with(grpc.StatusCode.UNAUTHENTICATED),
    "denied": failing_with(grpc.StatusCode.PERMISSION_DENIED),
    "another service": failing_with(grpc.StatusCode.UNIMPLEMENTED),
    "status in the trailers": with_trailers(("grpc-status", "8"), ("grpc-message", "too many")),
    "no status": with_trailers(("x", "y")),
    "code": speaking_grpc(answering(connect_response(code=1, reason="not ready"))),
    "old code": speaking_grpc(answering(connect_response(error_code=1, reason="no"))),
    "database": speaking_grpc(answering(connect_response(code=800, reason="not found"))),
    "upgraded": speaking_grpc(answering(connect_response(version="v2.5.0"))),
    "no message": speaking_grpc(raw_http2.ok_without_message),
    "a message cut short": speaking_grpc(answering(connect_response()[:-3])),
    "two messages": speaking_grpc(answering(connect_response() * 2)),
    "not a message of Milvus": speaking_grpc(answering(message(b"\xff\xff"))),
    "reset of the call": speaking_grpc(raw_http2.resetting(7)),
    "HTTP/1": faults.answer_http1(),
    "closes": faults.hang_up,
    "resets": faults.reset,
    "silent": faults.keep_silent,
}


@pytest.mark.sweep(one_in=2)
@pytest.mark.parametrize("change", CHANGES)
def test_change_is_reported_in_the_next_round(change: str, rounds_of: type[Rounds]) -> None:
    """As a probe that has never seen the server reports it."""
    with held_port() as port:
        rounds = rounds_of(target(f"http://{port.place.address}"))
        with port.answered(HEALTHY):
            assert rounds.confirmed(3) == [False, True, True]
        with port.answered(CHANGES[change]):
            after, full = rounds.next(), rounds.full()

    assert (after.status == "established") is (change == "upgraded")
    assert after.status == full.status
    assert (after.server, is_confirmed(after)) == (full.server, False)


def test_server_that_goes_and_comes_back(rounds_of: type[Rounds]) -> None:
    with held_port() as port:
        rounds = rounds_of(target(f"http://{port.place.address}"))
        statuses = [rounds.next().status, rounds.next().status]
        with port.answered(HEALTHY):
            statuses += [rounds.next().status, rounds.next().status]
        last = [rounds.next(), rounds.next()]

    assert statuses == ["tcp-refused", "tcp-refused", "established", "established"]
    assert [report.status for report in last] == ["tcp-refused", "tcp-refused"]
    assert [is_confirmed(report) for report in last] == [False, True]
    assert last[0].finding == last[1].finding


@pytest.mark.parametrize("answered", [True, False])
def test_every_tenth_round_is_full(answered: bool, rounds_of: type[Rounds]) -> None:  # noqa: FBT001
    with held_port() as port, ExitStack() as behind:
        if answered:
            behind.enter_context(port.answered(HEALTHY))
        rounds = rounds_of(target(f"http://{port.place.address}"))
        confirmed = rounds.confirmed(2 * (IN_A_ROW + 1) + 1)

    cycle = [False, *[True] * IN_A_ROW]
    assert confirmed == [*cycle, *cycle, False]


def test_server_that_cannot_be_confirmed_is_not_asked_twice_each_time(
    rounds_of: type[Rounds],
) -> None:
    """Its answer is one that gRPC takes and a confirmation does not."""
    visits: list[Call] = []
    with held_port() as port, port.answered(going_away(visits)):
        rounds = rounds_of(target(f"http://{port.place.address}"))
        statuses = {rounds.next().status for _ in range(IN_A_ROW + 2)}

    assert statuses == {"established"}
    assert len(visits) == IN_A_ROW + 3  # one of them for the confirmation that failed


def going_away(visits: list[Call]) -> Behaviour:
    """A server that sends a GOAWAY, as one does that is to be restarted, before its answer."""
    going = raw_http2.frame(raw_http2.GOAWAY, 0, 0, (1).to_bytes(4, "big") + bytes(4))
    well = answering(connect_response())
    return speaking_grpc(lambda stream: going + well(stream), visits.append)


def heard_by(port: HeldPort, rounds: Rounds, number: int) -> list[Call]:
    """The calls of so many rounds, as they came over the wire."""
    calls: list[Call] = []
    with port.answered(speaking_grpc(answering(connect_response()), calls.append)):
        for _ in range(number):
            assert rounds.next().established
    return calls


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"credentials": Credentials(token=literal("root:Milvus"))},
        {"credentials": Credentials(user="root", password=literal("Milvus")), "database": "shop"},
        {"credentials": Credentials(token=literal("k" * 700)), "database": "d" * 127},
        {"credentials": Credentials(token=literal("k" * 95)), "database": "d" * 255},
    ],
)
def test_question_is_that_of_grpc(settings: dict[str, object], rounds_of: type[Rounds]) -> None:
    """Every header and every byte of the message.

    But for the time limit, which is what is left, and the version of gRPC's core, which no program
    is told.
    """
    with held_port() as port:
        rounds = rounds_of(target(f"http://{port.place.address}", **settings))
        of_grpc, confirmation = heard_by(port, rounds, 2)

    ours, its = dict(confirmation.fields), dict(of_grpc.fields)
    assert its.pop("user-agent").startswith(ours.pop("user-agent") + " grpc-c/")
    assert ours.pop("grpc-timeout") != its.pop("grpc-timeout")
    assert ours == its
    assert confirmation.data == of_grpc.data


def test_other_secret_is_a_new_question(
    rounds_of: type[Rounds], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment, a file or a command may give another one at any time."""
    monkeypatch.setenv("TOKEN_OF_DEV", "first")
    with held_port() as port, port.answered(HEALTHY):
        uri = f"http://{port.place.address}"
        rounds = rounds_of(
            target(uri, credentials=Credentials(token=FromEnvironment("TOKEN_OF_DEV")))
        )
        before = rounds.confirmed(2)
        monkeypatch.setenv("TOKEN_OF_DEV", "second")
        after = rounds.confirmed(2)

    assert (before, after) == ([False, True], [False, True])


def test_proxy_is_not_passed_by(rounds_of: type[Rounds], monkeypatch: pytest.MonkeyPatch) -> None:
    with held_port() as port, port.answered(HEALTHY), faults.refusing_port() as proxy:
        rounds = rounds_of(target(f"http://{port.place.address}"))
        before = rounds.next()
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        after = rounds.next()

    assert (before.status, after.status) == ("established", "proxy-refused")


def test_real_milvus(milvus: MilvusServer, rounds_of: type[Rounds]) -> None:
    rounds = rounds_of(target(milvus.uri))
    reports = [rounds.next() for _ in range(3)]

    assert [is_confirmed(report) for report in reports] == [False, True, True]
    assert reports[0].server == reports[2].server
    assert all(report.seconds for report in reports)


def test_real_milvus_rejects_a_password_as_before(
    milvus_with_authorization: MilvusServer, rounds_of: type[Rounds]
) -> None:
    """Only what is established, or refused by TCP, is confirmed."""
    uri = milvus_with_authorization.uri
    right = rounds_of(target(uri, credentials=Credentials(token=literal("root:Milvus"))))
    wrong = rounds_of(target(uri, credentials=Credentials(token=literal("root:wrong"))))

    assert right.confirmed(3) == [False, True, True]
    assert wrong.confirmed(3) == [False, False, False]
    assert wrong.next().status == "auth-rejected"


def test_tls_is_confirmed_for_a_certificate_that_grpc_has_seen(
    milvus_with_tls: MilvusServer, authority: Authority, rounds_of: type[Rounds]
) -> None:
    files = TlsFiles(ca=authority.ca_file)
    rounds = rounds_of(target(milvus_with_tls.uri, tls_files=files))

    assert rounds.confirmed(4) == [False, False, True, True]


def test_mutual_tls(
    milvus_with_mutual_tls: MilvusServer, authority: Authority, rounds_of: type[Rounds]
) -> None:
    client = milvus_with_mutual_tls.client
    files = TlsFiles(ca=authority.ca_file, cert=client.cert, key=client.key)
    rounds = rounds_of(
        target(
            milvus_with_mutual_tls.uri,
            tls_files=files,
            credentials=Credentials(token=literal("root:Milvus")),
        )
    )

    assert rounds.confirmed(4) == [False, False, True, True]


def relaying(place: Place) -> Behaviour:
    def talk(connection: socket.socket) -> None:
        with socket.create_connection((place.host, place.port)) as beyond:
            faults.relay(connection, beyond)

    return talk


@pytest.mark.parametrize("change", ["renewed", "self-signed", "another name"])
def test_other_certificate(
    change: str, authority: Authority, rounds_of: type[Rounds], tmp_path: Path
) -> None:
    """gRPC has the first word on each."""
    others: dict[str, tuple[CertificateFiles, Sequence[bool]]] = {
        "renewed": (authority.issue("127.0.0.1"), [False, True]),
        "another name": (authority.issue("other.test"), [False, False]),
        "self-signed": (Authority(tmp_path).issue("127.0.0.1"), [False, False]),
    }
    certificate, expected = others[change]
    files = TlsFiles(ca=authority.ca_file)
    with (
        held_port() as port,
        SpeakingMilvus(tls=authority.issue("127.0.0.1")) as first,
        SpeakingMilvus(tls=certificate) as second,
    ):
        rounds = rounds_of(target(f"https://{port.place.address}", tls_files=files))
        with port.answered(relaying(Place("127.0.0.1", first.port))):
            before = rounds.confirmed(3)
        with port.answered(relaying(Place("127.0.0.1", second.port))):
            reports = [rounds.next(), rounds.next()]
            full = rounds.full()

    assert before == [False, False, True]
    assert [is_confirmed(report) for report in reports] == expected
    assert {report.status for report in reports} == {full.status}


def test_frames_that_say_nothing_are_read_over(rounds_of: type[Rounds]) -> None:
    """What a server may send besides (RFC 9113), and a message in pieces."""
    prioritized = 0x20
    http2 = raw_http2

    def reply(stream: int) -> bytes:
        head = http2.headers(GRPC)
        data = connect_response()
        end = http2.headers(OK, status="")
        return (
            http2.frame(http2.PING, 0, 0, bytes(8))
            + http2.frame(http2.WINDOW_UPDATE, 0, 0, (1).to_bytes(4, "big"))
            + http2.frame(http2.HEADERS, http2.END_HEADERS | prioritized, stream,
                          bytes(4) + b"\x10" + head)
            + http2.frame(http2.UNKNOWN, 0, stream, b"?")
            + http2.frame(http2.DATA, 0, stream, data[:7])
            + http2.frame(http2.DATA, 0, stream, data[7:])
            + http2.frame(http2.HEADERS, http2.END_HEADERS | http2.END_STREAM, stream, end)
        )  # fmt: skip

    with held_port() as port, port.answered(speaking_grpc(reply)):
        rounds = rounds_of(target(f"http://{port.place.address}"))

        assert rounds.next().finding is None
        assert rounds.confirmed(2) == [True, True]


def test_call_does_not_wait_for_an_acknowledgment_of_the_greeting() -> None:
    """A server that greets first would make Nagle's algorithm hold it back, 40 ms a round."""
    with held_port() as port, port.answered(faults.keep_silent):
        address = (socket.AF_INET, (port.place.host, port.place.port))
        connected, _ = asyncio.run(tcp.connect([address]))
        with connected:
            assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize(
    "reference", ["env:X", "file:/x", "command:a b", "keyring:service/name", "literal:x"]
)
def test_every_target_can_be_remembered(reference: str) -> None:
    """By its value: a registry that is read again has equal ones."""

    def read() -> Target:
        credentials = Credentials(token=references.from_text(reference))
        return target("https://localhost", credentials=credentials)

    assert (hash(read()), read()) == (hash(read()), read())
