"""Nobody there, nobody accepting, or nobody staying."""

from collections.abc import Iterator

from tests.lab.bench import Bench
from tests.lab.fault import SHORT, Client, fault
from tests.servers import faults


def dialling(place: faults.Place, scheme: str = "http") -> Client:
    """A client that is given nothing but where."""
    return Client(("--uri", f"{scheme}://{place.address}"))


@fault("tcp-refused", 3, "tcp", says="refused the connection", advises="19530")
def port_refuses(_bench: Bench) -> Iterator[Client]:
    """Nobody listens on the port."""
    with faults.refusing_port() as place:
        yield dialling(place)


@fault("tcp-refused", 3, "tcp", says="refused the connection", advises="19530")
def port_refuses_tls(_bench: Bench) -> Iterator[Client]:
    """Nobody listens on the port, dialled with TLS."""
    with faults.refusing_port() as place:
        yield dialling(place, "https")


@fault("tcp-refused", 3, "tcp", says=("[::1]:", "refused"))
def ipv6_port_refuses(_bench: Bench) -> Iterator[Client]:
    """Nobody listens on the port of an IPv6 address."""
    with faults.refusing_port("::1") as place:
        yield dialling(place)


@fault("tcp-refused", 3, "tcp", says=("127.0.0.1:", "refused"))
def localhost_refuses(_bench: Bench) -> Iterator[Client]:
    """Nobody listens on any address of the name."""
    with faults.refusing_port() as place:
        yield Client(("--host", "localhost", "--port", str(place.port)))


@fault("tcp-refused", 3, "tcp", says="refused", advises="outside of this pod", alone=True)
def pod_s_own_loopback(_bench: Bench) -> Iterator[Client]:
    """127.0.0.1 from inside a Kubernetes pod."""
    with faults.refusing_port() as place:
        yield Client(("--uri", f"http://{place.address}"), {"KUBERNETES_SERVICE_HOST": "10.96.0.1"})


@fault("tcp-timeout", 3, "tcp", says="no answer from", advises="firewall", limit=SHORT)
def syn_unanswered(_bench: Bench) -> Iterator[Client]:
    """A SYN without an answer, as of a firewall that drops."""
    with faults.full_backlog() as place:
        yield dialling(place)


@fault("tcp-closed", 3, "tcp", says="closed immediately", advises="container")
def accepts_and_closes(_bench: Bench) -> Iterator[Client]:
    """Accepted, then FIN, as of a port-forward without a pod."""
    with faults.closing() as place:
        yield dialling(place)


@fault("tcp-closed", 3, "tcp", says="accepted", advises="container")
def accepts_and_resets(_bench: Bench) -> Iterator[Client]:
    """Accepted, then RST."""
    with faults.resetting() as place:
        yield dialling(place)


@fault("tcp-closed", 3, "tcp", says="closed immediately")
def accepts_and_closes_on_tls(_bench: Bench) -> Iterator[Client]:
    """Accepted, then FIN, dialled with TLS."""
    with faults.closing() as place:
        yield dialling(place, "https")


@fault("silent", 4, "http2", says="no response", limit=SHORT)
def accepts_and_never_speaks(_bench: Bench) -> Iterator[Client]:
    """Accepted, then silence, as of a hung process."""
    with faults.silent() as place:
        yield dialling(place)


@fault("silent", 4, "http2", says="no response", limit=SHORT)
def accepts_and_never_speaks_tls(_bench: Bench) -> Iterator[Client]:
    """Accepted, then silence, dialled with TLS."""
    with faults.silent() as place:
        yield dialling(place, "https")
