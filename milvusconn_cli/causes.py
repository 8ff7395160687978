"""Every cause for which a connection is not established: one table, the single source.

The exit codes, the advice, `explain` and the README's table come from here. What was observed in
a particular case is a `Finding` (report.py), which names one of these.
"""

from enum import Enum

from milvusconn_cli.exits import ExitCode


class Layer(Enum):
    """Where a connection gives way, from the registry up to the database."""

    PROGRAM = "program"
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
    """Label, layer, exit code, what it means, how it shows, and what to do, of each cause.

    Source of the summaries: observed with grpcio against real servers, and Milvus's `merr` codes.
    """

    NO_SUCH_ALIAS = (
        "no-such-alias",
        Layer.REGISTRY,
        ExitCode.NO,
        "there is no such alias",
        "neither the registry file nor the environment knows the name",
        "`milvusconn add ALIAS --uri …` registers it; `milvusconn list --names` lists all",
    )
    DISCONNECTED = (
        "disconnected",
        Layer.REGISTRY,
        ExitCode.NO,
        "taken out of service with `disconnect`",
        "the alias says `disconnected = true`; nothing is dialled",
        "`milvusconn connect ALIAS` puts it back into service",
    )
    CONFIG_URI = (
        "config-uri",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the URI is not one that a client could use",
        "no scheme, an empty host, a port that is none, an unknown scheme, TLS settings beside http://",
        "correct it with `milvusconn add ALIAS --replace --uri …`",
    )
    CONFIG_PEM = (
        "config-pem",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "a certificate, key or CA file is missing, unreadable or does not fit",
        "not PEM, not readable, a key of another certificate, one of the two missing; checked before gRPC, which would abort",
        "give --cert and --key together, both PEM, the key being that of the certificate",
    )
    CONFIG_SECRET = (
        "config-secret",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "a secret could not be had from where it is referred to, or cannot be sent",
        "a variable that is not set, a file that is not there, a command that fails or hangs, a keyring that is locked",
        "set the variable, write the file or mend the command that the reference names",
    )
    CONFIG_FILE = (
        "config-file",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the registry file, or the alias in it, is malformed",
        "not TOML (line and column are named), a value of the wrong type, a directory in its place",
        "correct the file by hand; nothing was changed",
    )
    DNS_UNKNOWN = (
        "dns-unknown",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "the resolver knows no such host",
        "the resolver answers that there is no such name (EAI_NONAME)",
        "check the name; a service name of docker or Kubernetes is known only inside its network",
    )
    DNS_UNAVAILABLE = (
        "dns-unavailable",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "the resolver itself does not answer",
        "the resolver answers with a failure (EAI_AGAIN), or not before the time is up",
        "the resolver, not the name, is at fault: check /etc/resolv.conf and the network",
    )
    TCP_REFUSED = (
        "tcp-refused",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "nothing listens there",
        "every address answers the connection with a reset (ECONNREFUSED)",
        "is Milvus running, and is its port (19530) published?",
    )
    TCP_TIMEOUT = (
        "tcp-timeout",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "no answer to the TCP connection in time",
        "packets go out and nothing comes back; a full accept queue looks the same",
        "check firewall, security group and VPN between here and there",
    )
    TCP_UNREACHABLE = (
        "tcp-unreachable",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "there is no route to the address",
        "this machine's own network says that it knows no way (ENETUNREACH, EHOSTUNREACH)",
        "check the interface, the route and the address",
    )
    TCP_CLOSED = (
        "tcp-closed",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "accepted, then closed without a byte, with and without TLS",
        "plaintext, a TLS hello and PostgreSQL's question are each answered with FIN or RST",
        "a port-forward without a pod, or a balancer without a target? look behind it",
    )
    PROXY_REFUSED = (
        "proxy-refused",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "the proxy that the environment names cannot be reached",
        "lower-case grpc_proxy, https_proxy or http_proxy names a proxy that refuses or is not there; they hold for 127.0.0.1 too",
        "unset the variable, or add the host to no_proxy",
    )
    PROXY_FAILED = (
        "proxy-failed",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "the proxy would not connect to the host",
        "the proxy answers CONNECT with something else than 200, or with nothing",
        "add the host to no_proxy (names and CIDR work)",
    )
    UNIX_MISSING = (
        "unix-missing",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "there is no such socket file",
        "there is nothing at the path",
        "check the path; is the server running?",
    )
    UNIX_REFUSED = (
        "unix-refused",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "nothing listens on the socket file",
        "a stale socket file, a regular file, or one that this user may not open",
        "start the server again; a stale socket file can be deleted",
    )
    TLS_REQUIRED = (
        "tls-required",
        Layer.TLS,
        ExitCode.TLS,
        "the server speaks TLS, the URI says plaintext",
        "the HTTP/2 preface is not taken, a TLS hello is answered with TLS",
        "use https://",
    )
    TLS_UNEXPECTED = (
        "tls-unexpected",
        Layer.TLS,
        ExitCode.TLS,
        "the server speaks plaintext, the URI says TLS",
        "a TLS hello is not answered with TLS, the HTTP/2 preface with SETTINGS",
        "use http://",
    )
    TLS_UNTRUSTED = (
        "tls-untrusted",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate's issuer is not trusted",
        "the chain ends at an issuer that is neither in --ca nor among gRPC's own roots; the operating system's roots do not count for gRPC",
        "give the issuer's certificate with --ca FILE",
    )
    TLS_EXPIRED = (
        "tls-expired",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate has expired",
        "the last day of the certificate is over",
        "renew the server's certificate",
    )
    TLS_NOT_YET_VALID = (
        "tls-not-yet-valid",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is not valid yet",
        "the first day of the certificate is still to come",
        "check the clock here and on the server",
    )
    TLS_NAME = (
        "tls-name",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is for other names",
        "none of the certificate's names is the one that was dialled; gRPC's text says UNAUTHENTICATED here, and means no credentials",
        "dial a name that the certificate holds, or give it with --server-name NAME",
    )
    TLS_CLIENT_CERT = (
        "tls-client-cert",
        Layer.TLS,
        ExitCode.TLS,
        "the server asks for a client certificate that it trusts",
        "an alert after the server's hello, in TLS 1.3 only after the handshake",
        "give one that the server's CA has signed, with --cert FILE --key FILE",
    )
    TLS_NO_H2 = (
        "tls-no-h2",
        Layer.TLS,
        ExitCode.TLS,
        "TLS holds, but the server does not offer HTTP/2",
        "the handshake holds, and its ALPN answer is not h2",
        "an HTTPS server or proxy without HTTP/2 is in the way: dial Milvus's own port",
    )
    TLS_FAILED = (
        "tls-failed",
        Layer.TLS,
        ExitCode.TLS,
        "the TLS handshake failed",
        "an alert in the place of the server's hello: no version or cipher in common",
        "compare TLS versions and ciphers of both sides",
    )
    NOT_HTTP2 = (
        "not-http2",
        Layer.HTTP2,
        ExitCode.NOT_MILVUS,
        "something else than gRPC answers there",
        "the first bytes are another protocol's: HTTP/1.1, SSH, Redis, MySQL, …",
        "gRPC is on 19530; 9091 is Milvus's metrics port, 8000 and 3000 are Attu's",
    )
    SILENT = (
        "silent",
        Layer.HTTP2,
        ExitCode.NOT_READY,
        "the connection is accepted, and then nothing is said",
        "neither SETTINGS nor anything else comes before the time is up",
        "a hung or suspended process, or a port that opened before its server: look at the server",
    )
    NOT_GRPC = (
        "not-grpc",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "HTTP/2 answers there, but not gRPC",
        "an HTTP status such as 404 or 502, or a content type that is not gRPC's",
        "a gateway without a route to Milvus? check the ingress",
    )
    NOT_MILVUS = (
        "not-milvus",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "a gRPC server answers that is not Milvus",
        "UNIMPLEMENTED for every call of Milvus's service",
        "another service listens there: check host and port",
    )
    TOO_OLD = (
        "too-old",
        Layer.MILVUS,
        ExitCode.NOT_MILVUS,
        "this Milvus does not know `Connect` yet",
        "`Connect` is UNIMPLEMENTED, `GetVersion` answers",
        "upgrade the server to Milvus 2.2.9 or later",
    )
    STARTING = (
        "starting",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus is starting",
        '"Milvus Proxy is not ready yet", or code 1 with the state Initializing',
        "try again in a moment",
    )
    UNHEALTHY = (
        "unhealthy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus says that it is not healthy",
        "code 1 or 2 with another state",
        "look at the reasons that it gives, and at its log",
    )
    BUSY = (
        "busy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus refuses work: a limit or a quota is reached",
        "RESOURCE_EXHAUSTED, or the codes of limits and quotas (3, 4, 8, 9)",
        "wait, or raise the limit that it names",
    )
    SLOW = (
        "slow",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "everything below Milvus holds, but its answer did not come in time",
        "HTTP/2 is spoken, and the answer to `Connect` outlasts the time limit",
        "give it more time with --timeout SECONDS",
    )
    AUTH_MISSING = (
        "auth-missing",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the server wants credentials, and none were sent",
        "UNAUTHENTICATED, and nothing was sent; a user without a password sends nothing",
        "give --user and --password, or --token",
    )
    AUTH_REJECTED = (
        "auth-rejected",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "user or password is wrong",
        "UNAUTHENTICATED, and user and password were sent",
        "check user and password",
    )
    AUTH_APIKEY = (
        "auth-apikey",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the token is not one that the server knows",
        "UNAUTHENTICATED, and a token without a colon was sent",
        "a token for `user:password` holds a colon; is it an API key of another service?",
    )
    DENIED = (
        "denied",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the user lacks the privilege",
        "PERMISSION_DENIED, or the codes 1401 and 3",
        "ask for the privilege that is named",
    )
    DB_MISSING = (
        "db-missing",
        Layer.DATABASE,
        ExitCode.NO_DATABASE,
        "there is no such database",
        'code 800, or "database not found"; Milvus Lite is asked for its list',
        "create it, or choose another with --db",
    )
    LITE_MISSING = (
        "lite-missing",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "there is no directory for the database file",
        "the directory that the `.db` is to lie in does not exist",
        "create the directory, or correct the path",
    )
    LITE_LOCKED = (
        "lite-locked",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "another process holds the local database",
        "the engine cannot take its lock; the holder's pid is named where the system tells",
        "end that process, or connect to it instead",
    )
    LITE_ENGINE = (
        "lite-engine",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "Milvus Lite is not installed, or would not start",
        "milvus-lite or pymilvus cannot be imported, or the engine ends without an address",
        "pip install 'milvusconn[lite]'",
    )
    RPC_FAILED = (
        "rpc-failed",
        Layer.GRPC,
        ExitCode.NOT_READY,
        "the call failed in a way that nothing here explains",
        "a gRPC status that none of the other causes covers, in gRPC's own words",
        "the words above are gRPC's own",
    )

    INTERNAL_ERROR = (
        "internal-error",
        Layer.PROGRAM,
        ExitCode.INTERNAL,
        "internal error: nothing is known of this connection",
        "an exception in this program while it probed; other aliases keep their answers",
        "set MILVUSCONN_DEBUG=1 to see where, and report it",
    )

    def __init__(
        self, label: str, layer: Layer, exit_code: ExitCode, summary: str, shows: str, advice: str
    ) -> None:
        self.label = label
        self.layer = layer
        self.exit_code = exit_code
        self.summary = summary
        self.shows = shows
        self.advice = advice
