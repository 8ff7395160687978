"""Host names, in a namespace where they resolve as a fault wants, and only loopback is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import grpc

from tests.lab.bench import Bench
from tests.lab.fault import SHORT, Client, Inside, fault
from tests.servers import speaking_milvus as answers
from tests.servers.namespace import Resolver
from tests.servers.speaking_milvus import Answer, SpeakingMilvus

NAME = "milvus.example"
PORT = 19530
CLOUD = "in03-abc.serverless.gcp-us-west1.cloud.zilliz.com"
DEDICATED = "in01-abc.aws-us-west-2.vectordb.zillizcloud.com"


def _at(host: str, path: object, port: int = PORT) -> Mapping[str, object]:
    return {"host": host, "port": port, "unix": str(path)}


def _names(resolver: Resolver, *arguments: str, options: str = "timeout:1 attempts:1") -> Client:
    inside = Inside(resolver, options=options)
    return Client(arguments or ("--uri", f"http://{NAME}:{PORT}"), inside=inside)


@fault("dns-unknown", 3, "dns", says=NAME, advises="check the name", alone=True)
def unknown_name(_bench: Bench) -> Iterator[Client]:
    """A name that the resolver does not know."""
    yield _names("unknown")


@fault("dns-unknown", 3, "dns", says="standalone", advises="has no domain", alone=True)
def service_name_of_docker(_bench: Bench) -> Iterator[Client]:
    """A service name of docker compose, seen from the host."""
    yield _names("unknown", "--uri", f"http://standalone:{PORT}")


@fault("dns-unavailable", 3, "dns", says="DNS failed", advises="resolv.conf", alone=True)
def resolver_fails(_bench: Bench) -> Iterator[Client]:
    """A resolver that says SERVFAIL."""
    yield _names("failing")


@fault("dns-unavailable", 3, "dns", says="did not answer", limit=SHORT, alone=True)
def resolver_silent(_bench: Bench) -> Iterator[Client]:
    """A resolver that says nothing."""
    yield _names("silent", options="timeout:5 attempts:2")


@fault("dns-unavailable", 3, "dns", says="DNS failed", alone=True)
def resolver_absent(_bench: Bench) -> Iterator[Client]:
    """No resolver at all."""
    yield _names("absent")


@fault("tcp-refused", 3, "tcp", says=("127.0.0.2:19530", "127.0.0.3:19530"), alone=True)
def name_of_refusing_addresses(_bench: Bench) -> Iterator[Client]:
    """A name of two addresses that refuse."""
    yield _names({NAME: ["127.0.0.2", "127.0.0.3"]})


@fault("tcp-unreachable", 3, "tcp", says="192.0.2.1", advises="route", alone=True)
def address_without_route(_bench: Bench) -> Iterator[Client]:
    """An address that there is no way to."""
    yield _names({NAME: ["192.0.2.1"]})


@contextmanager
def _living(
    bench: Bench, names: Mapping[str, Sequence[str]], hosts: Sequence[str], *more: object
) -> Iterator[Client]:
    """A Milvus at these addresses of the namespace; `more` are other listeners."""
    with SpeakingMilvus(unix=bench.directory("s") / "s") as server:
        path = server.address.removeprefix("unix:")
        listeners = (*(_at(host, path) for host in hosts), *more)
        yield Client(("--uri", f"http://{NAME}:{PORT}"), inside=Inside(names, listeners))  # type: ignore[arg-type]


@fault("established", 0, alone=True)
def one_address_refuses(bench: Bench) -> Iterator[Client]:
    """A name of two addresses, the first of which refuses."""
    with _living(bench, {NAME: ["127.0.0.2", "127.0.0.3"]}, ["127.0.0.3"]) as client:
        yield client


@fault("established", 0, alone=True)
def one_address_without_route(bench: Bench) -> Iterator[Client]:
    """A name of two addresses, the first of which there is no way to."""
    with _living(bench, {NAME: ["192.0.2.1", "127.0.0.3"]}, ["127.0.0.3"]) as client:
        yield client


@fault("established", 0, alone=True)
def one_address_never_answers(bench: Bench) -> Iterator[Client]:
    """A name of two addresses, the first of which drops the SYN."""
    dropping = {"host": "127.0.0.2", "port": PORT}
    names = {NAME: ["127.0.0.2", "127.0.0.3"]}
    with _living(bench, names, ["127.0.0.3"], dropping) as client:
        yield client


@fault("established", 0, alone=True)
def ipv6_refuses(bench: Bench) -> Iterator[Client]:
    """A name of an IPv6 address that refuses and an IPv4 address."""
    with _living(bench, {NAME: ["::1", "127.0.0.1"]}, ["127.0.0.1"]) as client:
        yield client


@fault("established", 0, alone=True)
def ipv4_refuses(bench: Bench) -> Iterator[Client]:
    """A name of an IPv4 address that refuses and an IPv6 address."""
    with _living(bench, {NAME: ["::1", "127.0.0.1"]}, ["::1"]) as client:
        yield client


@fault("established", 0, says="unencrypted", alone=True)
def secret_in_the_clear(bench: Bench) -> Iterator[Client]:
    """A password sent in plaintext to a host that is not this one."""
    with _living(bench, {NAME: ["127.0.0.2"]}, ["127.0.0.2"]) as client:
        secret = ("--user", "root", "--password", "literal:Milvus")
        yield Client((*client.arguments, *secret), inside=client.inside)


# Zilliz Cloud


@contextmanager
def _cloud(bench: Bench, name: str, port: int, answer: Answer, *arguments: str) -> Iterator[Client]:
    """A Milvus with TLS by a name of Zilliz Cloud; its CA is given: gRPC has the real one's."""
    certificate = bench.authority.issue(name)
    with SpeakingMilvus(connect=answer, tls=certificate, unix=bench.directory("s") / "s") as server:
        path = server.address.removeprefix("unix:")
        inside = Inside({name: ["127.0.0.2"]}, [_at("127.0.0.2", path, port)])
        yield Client(arguments, inside=inside)


@fault("tls-required", 6, "tls", says="TLS", advises="https://", alone=True)
def cloud_without_tls(bench: Bench) -> Iterator[Client]:
    """A cluster of Zilliz Cloud, dialled with http://."""
    uri = f"http://{CLOUD}:443"
    with _cloud(bench, CLOUD, 443, answers.established(), "--uri", uri) as client:
        yield client


MISSING = "missing authorization in header"


@fault("auth-missing", 5, "auth", says="credentials", advises="--token", alone=True)
def cloud_without_credentials(bench: Bench) -> Iterator[Client]:
    """A cluster of Zilliz Cloud, without credentials."""
    refusing = answers.aborting(grpc.StatusCode.UNAUTHENTICATED, MISSING)
    given = ("--uri", f"https://{CLOUD}", "--ca", str(bench.authority.ca_file))
    with _cloud(bench, CLOUD, 443, refusing, *given) as client:
        yield client


@fault("tcp-refused", 3, "tcp", says="refused", advises="port 443", alone=True)
def cloud_on_the_wrong_port(bench: Bench) -> Iterator[Client]:
    """A serverless cluster of Zilliz Cloud, dialled on 19530."""
    given = ("--uri", f"https://{CLOUD}:{PORT}", "--token", "literal:key")
    with _cloud(bench, CLOUD, 443, answers.established(), *given) as client:
        yield client


@fault("tls-required", 6, "tls", says="TLS", advises="https://", alone=True)
def dedicated_cloud_without_tls(bench: Bench) -> Iterator[Client]:
    """A dedicated cluster of Zilliz Cloud, dialled with http:// and a token."""
    given = ("--uri", f"http://{DEDICATED}:{PORT}", "--token", "literal:key")
    with _cloud(bench, DEDICATED, PORT, answers.established(), *given) as client:
        yield client
