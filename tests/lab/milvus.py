"""What a Milvus itself answers: real ones, and one whose answers are chosen."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from tests.lab.bench import Bench
from tests.lab.fault import SHORT, Client, Fault, Meeting, fault, put
from tests.lab.tls import trusting
from tests.servers import speaking_milvus as answers
from tests.servers.milvus import ROOT
from tests.servers.speaking_milvus import Answer, SpeakingMilvus

NOT_READY = "Milvus Proxy is not ready yet. please wait"
REFUSED_2_2 = "auth check failure, please check username and password are correct"


def _answering(answer: Answer, *more: str) -> Meeting:
    @contextmanager
    def meet(_bench: Bench) -> Iterator[Client]:
        with SpeakingMilvus(connect=answer) as server:
            yield Client(("--uri", server.uri, *more))

    return meet


_Status = grpc.StatusCode
_ANSWERS = (
    # name, what, answer to Connect, cause, exit code, layer, words of the summary
    ("proxy-not-ready-2-2", "Milvus 2.2 is starting", answers.aborting(_Status.UNAVAILABLE,
     NOT_READY), "starting", 4, "milvus", "not ready yet"),
    ("proxy-not-ready-3", "Milvus 3 is starting", answers.aborting(_Status.UNKNOWN, NOT_READY),
     "starting", 4, "milvus", "not ready yet"),
    ("initializing", "Milvus says that it initializes", answers.status(code=1,
     reason="service not ready[proxy=1]: Initializing"), "starting", 4, "milvus", "Initializing"),
    ("not-ready-2-2", "Milvus 2.2's own code for not ready", answers.status(error_code=56,
     reason="proxy not healthy"), "starting", 4, "milvus", "not healthy"),
    ("abnormal", "Milvus says that it is abnormal", answers.status(code=1,
     reason="service not ready[proxy=1]: Abnormal"), "unhealthy", 4, "milvus", "Abnormal"),
    ("unavailable", "Milvus says that a part is unavailable", answers.status(code=2,
     reason="service unavailable[querynode=7]"), "unhealthy", 4, "milvus", "querynode"),
    ("rate-limit", "the rate limit is reached", answers.status(code=8,
     reason="rate limit exceeded[rate=10]"), "busy", 4, "milvus", "rate limit"),
    ("memory-limit", "memory is used up", answers.status(code=3,
     reason="service memory limit exceeded"), "busy", 4, "milvus", "memory"),
    ("quota", "a quota is used up", answers.status(code=9, reason="quota exceeded[disk]"),
     "busy", 4, "milvus", "quota"),
    ("resource-exhausted", "gRPC's own word for a limit", answers.aborting(
     _Status.RESOURCE_EXHAUSTED, "too many connections"), "busy", 4, "milvus", "too many"),
    ("permission-denied", "the user lacks a privilege", answers.aborting(
     _Status.PERMISSION_DENIED, "PrivilegeConnect: permission deny"), "denied", 5, "auth",
     "PrivilegeConnect"),
    ("not-permitted", "Milvus's own code for a privilege", answers.status(code=1401,
     reason="privilege not permitted"), "denied", 5, "auth", "not permitted"),
    ("old-database-missing", "a database that Milvus 2.2 does not have", answers.status(
     error_code=1, reason="database not found:nope"), "db-missing", 8, "database", "no database"),
    ("unexpected", "a code that means nothing", answers.status(code=65535, reason="unexpected"),
     "rpc-failed", 4, "grpc", "65535"),
    ("internal", "gRPC's INTERNAL", answers.aborting(_Status.INTERNAL, "stack overflow"),
     "rpc-failed", 4, "grpc", "INTERNAL: stack overflow"),
    ("aborted", "gRPC's ABORTED", answers.aborting(_Status.ABORTED, "try another"), "rpc-failed",
     4, "grpc", "ABORTED"),
)  # fmt: skip

for _name, _what, _answer, _cause, _code, _layer, _words in _ANSWERS:
    put(Fault(f"says-{_name}", _what, _answering(_answer), _cause, _code, _layer, says=(_words,)))


@fault("slow", 4, "milvus", says="Connect takes longer", advises="--timeout", limit=SHORT)
def connect_never_answers(_bench: Bench) -> Iterator[Client]:
    """HTTP/2 is spoken, Connect is never answered."""
    with SpeakingMilvus(connect=answers.never()) as server:
        yield Client(("--uri", server.uri))


@fault("too-old", 7, "milvus", says="2.2.8", advises="2.2.9")
def milvus_before_connect(_bench: Bench) -> Iterator[Client]:
    """A Milvus that has no Connect yet."""
    with SpeakingMilvus(connect=None, get_version=answers.version("2.2.8")) as server:
        yield Client(("--uri", server.uri))


@fault("auth-rejected", 5, "auth", says="rejected this user")
def milvus_2_2_refuses(_bench: Bench) -> Iterator[Client]:
    """A wrong password, as Milvus 2.2 says it."""
    with SpeakingMilvus(connect=answers.aborting(_Status.UNKNOWN, REFUSED_2_2)) as server:
        yield Client(("--uri", server.uri, "--user", "root", "--password", "literal:wrong"))


@fault("stopping", 4, "milvus", says="Stopping", advises="retry")
def milvus_that_stops(_bench: Bench) -> Iterator[Client]:
    """A Milvus that is shutting down."""
    stopping = answers.status(code=1, reason="service not ready[proxy=12]: Stopping")
    with SpeakingMilvus(connect=stopping) as server:
        yield Client(("--uri", server.uri))


@fault("too-old", 7, "milvus", says="Connect")
def old_milvus_that_wants_credentials(_bench: Bench) -> Iterator[Client]:
    """A Milvus that has no Connect yet, and wants credentials."""
    with SpeakingMilvus(
        connect=None, get_version=answers.aborting(_Status.UNKNOWN, REFUSED_2_2)
    ) as server:
        yield Client(("--uri", server.uri))


# Real ones


@fault("established", 0)
def milvus_as_it_should_be(bench: Bench) -> Iterator[Client]:
    """A Milvus that is well."""
    yield Client(("--uri", bench.milvus().uri))


@fault("established", 0)
def credentials_that_hold(bench: Bench) -> Iterator[Client]:
    """A Milvus with authorization, and the right password."""
    yield _with_authorization(bench, "--user", "root", "--password", "literal:Milvus")


def _with_authorization(bench: Bench, *credentials: str) -> Client:
    return Client(("--uri", bench.milvus("milvus_with_authorization").uri, *credentials))


@fault("auth-missing", 5, "auth", says=("requires credentials", "none"), advises="--token")
def no_credentials(bench: Bench) -> Iterator[Client]:
    """No credentials for a Milvus that wants them."""
    yield _with_authorization(bench)


@fault("auth-missing", 5, "auth", says="a user without a password sends nothing")
def user_without_password(bench: Bench) -> Iterator[Client]:
    """A user without a password."""
    yield _with_authorization(bench, "--user", "root")


@fault("auth-rejected", 5, "auth", says="rejected this user", advises="check user and password")
def wrong_password(bench: Bench) -> Iterator[Client]:
    """A wrong password."""
    yield _with_authorization(bench, "--user", "root", "--password", "literal:wrong")


@fault("auth-rejected", 5, "auth", says="rejected this user")
def unknown_user(bench: Bench) -> Iterator[Client]:
    """A user that there is not."""
    yield _with_authorization(bench, "--token", "literal:nobody:Milvus")


@fault("auth-apikey", 5, "auth", says="rejected this token", advises="user:password")
def token_without_colon(bench: Bench) -> Iterator[Client]:
    """A token that is an API key of another service."""
    yield _with_authorization(bench, "--token", "literal:0123456789abcdef")


@fault("auth-missing", 5, "auth", says="requires credentials")
def mutual_tls_without_password(bench: Bench) -> Iterator[Client]:
    """Mutual TLS holds, and no credentials are given."""
    server = bench.milvus("milvus_with_mutual_tls")
    pair = ("--cert", str(server.client.cert), "--key", str(server.client.key))
    yield trusting(server.uri, bench.authority, *pair)


@fault("established", 0)
def mutual_tls_with_password(bench: Bench) -> Iterator[Client]:
    """Mutual TLS holds, and the password is right."""
    server = bench.milvus("milvus_with_mutual_tls")
    pair = ("--cert", str(server.client.cert), "--key", str(server.client.key))
    yield trusting(server.uri, bench.authority, *pair, "--token", f"literal:{ROOT}")


@fault("db-missing", 8, "database", says="no database 'nope'", advises="--db")
def database_missing(bench: Bench) -> Iterator[Client]:
    """A database that the server does not have."""
    yield Client(("--uri", bench.milvus().uri, "--db", "nope"))


@fault("db-missing", 8, "database", says="no database 'nope'")
def database_of_the_path_missing(bench: Bench) -> Iterator[Client]:
    """The same, given as the URI's path."""
    yield Client(("--uri", f"{bench.milvus().uri}/nope"))
