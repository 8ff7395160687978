"""Every cause for which a connection is not established: one table, the single source.

The exit codes, the advice, `explain` and the README's table come from here. What was observed in
a particular case is a `Finding` (report.py), which names one of these.
"""

from enum import Enum

from milvusconn_cli.exits import ExitCode


class Layer(Enum):
    """Where a connection gives way, from the registry up to the database."""

    REGISTRY = "registry"
    CONFIG = "config"
    PROXY = "proxy"
    DNS = "dns"
    TCP = "tcp"
    UNIX = "unix"
    LOCAL = "local"
    TLS = "tls"
    HTTP2 = "http2"
    GRPC = "grpc"
    MILVUS = "milvus"
    AUTH = "auth"
    DATABASE = "database"


class Cause(Enum):
    """Label, layer, exit code, summary (what it means) and advice (what to do) of each cause.

    Source of the summaries: observed with grpcio against real servers, and Milvus's `merr` codes.
    """

    NO_SUCH_ALIAS = (
        "no-such-alias",
        Layer.REGISTRY,
        ExitCode.NO,
        "there is no such alias",
        "`milvusconn add ALIAS --uri …` registers it; `milvusconn list --names` lists all",
    )
    DISCONNECTED = (
        "disconnected",
        Layer.REGISTRY,
        ExitCode.NO,
        "taken out of service with `disconnect`",
        "`milvusconn connect ALIAS` puts it back into service",
    )
    CONFIG_URI = (
        "config-uri",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the URI is not one that a client could use",
        "correct it with `milvusconn add ALIAS --replace --uri …`",
    )
    CONFIG_PEM = (
        "config-pem",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "a certificate, key or CA file is missing, unreadable or does not fit",
        "give --cert and --key together, both PEM, the key being that of the certificate",
    )
    CONFIG_SECRET = (
        "config-secret",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "a secret could not be had from where it is referred to, or cannot be sent",
        "set the variable, write the file or mend the command that the reference names",
    )
    CONFIG_FILE = (
        "config-file",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the registry file, or the alias in it, is malformed",
        "correct the file by hand; nothing was changed",
    )
    DNS_UNKNOWN = (
        "dns-unknown",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "the resolver knows no such host",
        "check the name; a service name of docker or Kubernetes is known only inside its network",
    )
    DNS_UNAVAILABLE = (
        "dns-unavailable",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "the resolver itself does not answer",
        "the resolver, not the name, is at fault: check /etc/resolv.conf and the network",
    )
    TCP_REFUSED = (
        "tcp-refused",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "nothing listens there",
        "is Milvus running, and is its port (19530) published?",
    )
    TCP_TIMEOUT = (
        "tcp-timeout",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "no answer to the TCP connection in time",
        "check firewall, security group and VPN between here and there",
    )
    TCP_UNREACHABLE = (
        "tcp-unreachable",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "there is no route to the address",
        "check the interface, the route and the address",
    )
    TCP_CLOSED = (
        "tcp-closed",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "accepted, then closed without a byte, with and without TLS",
        "a port-forward without a pod, or a balancer without a target? look behind it",
    )
    PROXY_REFUSED = (
        "proxy-refused",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "the proxy that the environment names cannot be reached",
        "unset the variable, or add the host to no_proxy",
    )
    PROXY_FAILED = (
        "proxy-failed",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "the proxy would not connect to the host",
        "add the host to no_proxy (names and CIDR work)",
    )
    UNIX_MISSING = (
        "unix-missing",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "there is no such socket file",
        "check the path; is the server running?",
    )
    UNIX_REFUSED = (
        "unix-refused",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "nothing listens on the socket file",
        "start the server again; a stale socket file can be deleted",
    )
    TLS_REQUIRED = (
        "tls-required",
        Layer.TLS,
        ExitCode.TLS,
        "the server speaks TLS, the URI says plaintext",
        "use https://",
    )
    TLS_UNEXPECTED = (
        "tls-unexpected",
        Layer.TLS,
        ExitCode.TLS,
        "the server speaks plaintext, the URI says TLS",
        "use http://",
    )
    TLS_UNTRUSTED = (
        "tls-untrusted",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate's issuer is not trusted",
        "give the issuer's certificate with --ca FILE",
    )
    TLS_EXPIRED = (
        "tls-expired",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate has expired",
        "renew the server's certificate",
    )
    TLS_NOT_YET_VALID = (
        "tls-not-yet-valid",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is not valid yet",
        "check the clock here and on the server",
    )
    TLS_NAME = (
        "tls-name",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is for other names",
        "dial a name that the certificate holds, or give it with --server-name NAME",
    )
    TLS_CLIENT_CERT = (
        "tls-client-cert",
        Layer.TLS,
        ExitCode.TLS,
        "the server asks for a client certificate that it trusts",
        "give one that the server's CA has signed, with --cert FILE --key FILE",
    )
    TLS_NO_H2 = (
        "tls-no-h2",
        Layer.TLS,
        ExitCode.TLS,
        "TLS holds, but the server does not offer HTTP/2",
        "an HTTPS server or proxy without HTTP/2 is in the way: dial Milvus's own port",
    )
    TLS_FAILED = (
        "tls-failed",
        Layer.TLS,
        ExitCode.TLS,
        "the TLS handshake failed",
        "compare TLS versions and ciphers of both sides",
    )
    NOT_HTTP2 = (
        "not-http2",
        Layer.HTTP2,
        ExitCode.NOT_MILVUS,
        "something else than gRPC answers there",
        "gRPC is on 19530; 9091 is Milvus's metrics port, 8000 and 3000 are Attu's",
    )
    SILENT = (
        "silent",
        Layer.HTTP2,
        ExitCode.NOT_READY,
        "the connection is accepted, and then nothing is said",
        "a hung or suspended process, or a port that opened before its server: look at the server",
    )
    NOT_GRPC = (
        "not-grpc",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "HTTP/2 answers there, but not gRPC",
        "a gateway without a route to Milvus? check the ingress",
    )
    NOT_MILVUS = (
        "not-milvus",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "a gRPC server answers that is not Milvus",
        "another service listens there: check host and port",
    )
    TOO_OLD = (
        "too-old",
        Layer.MILVUS,
        ExitCode.NOT_MILVUS,
        "this Milvus does not know `Connect` yet",
        "upgrade the server to Milvus 2.2.9 or later",
    )
    STARTING = (
        "starting",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus is starting",
        "try again in a moment",
    )
    UNHEALTHY = (
        "unhealthy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus says that it is not healthy",
        "look at the reasons that it gives, and at its log",
    )
    BUSY = (
        "busy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus refuses work: a limit or a quota is reached",
        "wait, or raise the limit that it names",
    )
    SLOW = (
        "slow",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "everything below Milvus holds, but its answer did not come in time",
        "give it more time with --timeout SECONDS",
    )
    AUTH_MISSING = (
        "auth-missing",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the server wants credentials, and none were sent",
        "give --user and --password, or --token",
    )
    AUTH_REJECTED = (
        "auth-rejected",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "user or password is wrong",
        "check user and password",
    )
    AUTH_APIKEY = (
        "auth-apikey",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the token is not one that the server knows",
        "a token for `user:password` holds a colon; is it an API key of another service?",
    )
    DENIED = (
        "denied",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the user lacks the privilege",
        "ask for the privilege that is named",
    )
    DB_MISSING = (
        "db-missing",
        Layer.DATABASE,
        ExitCode.NO_DATABASE,
        "there is no such database",
        "create it, or choose another with --db",
    )
    LITE_MISSING = (
        "lite-missing",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "there is no directory for the database file",
        "create the directory, or correct the path",
    )
    LITE_LOCKED = (
        "lite-locked",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "another process holds the local database",
        "end that process, or connect to it instead",
    )
    LITE_ENGINE = (
        "lite-engine",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "Milvus Lite is not installed, or would not start",
        "pip install 'milvusconn[lite]'",
    )
    RPC_FAILED = (
        "rpc-failed",
        Layer.GRPC,
        ExitCode.NOT_READY,
        "the call failed in a way that nothing here explains",
        "the words above are gRPC's own",
    )

    def __init__(
        self, label: str, layer: Layer, exit_code: ExitCode, summary: str, advice: str
    ) -> None:
        self.label = label
        self.layer = layer
        self.exit_code = exit_code
        self.summary = summary
        self.advice = advice
