"""Every cause for which a connection is not established: one table, the single source.

The exit codes, the advice, `explain` and the README's table come from here. What was observed in
a particular case is a `Finding` (report.py), which names one of these.
"""

from enum import Enum, unique

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


@unique
class Cause(Enum):
    """Label, layer, exit code, what it means, how it shows, and what to do, of each cause.

    Source of the summaries: observed with grpcio against real servers, and Milvus's `merr` codes.
    """

    NO_SUCH_ALIAS = (
        "no-such-alias",
        Layer.REGISTRY,
        ExitCode.NO,
        "no such alias",
        "neither the registry file nor the environment defines the alias",
        "`milvusconn add ALIAS URI` adds it; `milvusconn list --names` lists all",
    )
    DISCONNECTED = (
        "disconnected",
        Layer.REGISTRY,
        ExitCode.NO,
        "disconnected with `milvusconn disconnect`",
        "the alias has `disconnected = true`; no connection is attempted",
        "`milvusconn connect ALIAS` reconnects it",
    )
    CONFIG_URI = (
        "config-uri",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "invalid URI",
        "no scheme, an empty host, an invalid port, an unknown scheme, or TLS settings with http://",
        "correct it: `milvusconn set ALIAS --uri URI`",
    )
    CONFIG_PEM = (
        "config-pem",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "a certificate, key or CA file is missing, unreadable or does not match",
        "not PEM, not readable, a key that does not match the certificate, or one of the two missing",
        "pass --cert and --key together, both PEM, with the key of that certificate",
    )
    CONFIG_SECRET = (
        "config-secret",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the secret could not be read from its source, or is unusable",
        "an unset variable, a missing file, a command that fails or hangs, or a locked keyring",
        "set the variable, create the file or fix the command that the secret reference names",
    )
    CONFIG_FILE = (
        "config-file",
        Layer.CONFIG,
        ExitCode.CONFIG,
        "the registry file, or the alias in it, is invalid",
        "invalid TOML (with line and column), a value of the wrong type, or a directory in its place",
        "fix the file by hand; nothing was changed",
    )
    DNS_UNKNOWN = (
        "dns-unknown",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "host not found",
        "DNS answers that the name does not exist (EAI_NONAME)",
        "check the name; Docker and Kubernetes service names only resolve inside their network",
    )
    DNS_UNAVAILABLE = (
        "dns-unavailable",
        Layer.DNS,
        ExitCode.UNREACHABLE,
        "DNS is not responding",
        "DNS answers with a failure (EAI_AGAIN), or not in time",
        "check /etc/resolv.conf and the network: the DNS server is the problem, not the name",
    )
    TCP_REFUSED = (
        "tcp-refused",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "connection refused: nothing is listening",
        "every address answers with a reset (ECONNREFUSED)",
        "check that Milvus is running and that its port (19530) is published",
    )
    TCP_TIMEOUT = (
        "tcp-timeout",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "TCP connection timed out",
        "no answer to the connection request; a full accept queue looks the same",
        "check firewalls, security groups and VPN",
    )
    TCP_UNREACHABLE = (
        "tcp-unreachable",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "no route to host",
        "this machine's network has no route to the address (ENETUNREACH, EHOSTUNREACH)",
        "check the address, the route, and firewalls that reject connections",
    )
    TCP_CLOSED = (
        "tcp-closed",
        Layer.TCP,
        ExitCode.UNREACHABLE,
        "connection accepted, then closed immediately (with and without TLS)",
        "plaintext, a TLS hello and PostgreSQL's SSL request are each answered with FIN or RST",
        "check the container, pod or load balancer target behind the port: nothing listens there",
    )
    PROXY_REFUSED = (
        "proxy-refused",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "cannot connect to the configured proxy",
        "grpc_proxy, https_proxy or http_proxy names an unreachable proxy, used for 127.0.0.1 too",
        "unset the variable, or add the host to no_proxy",
    )
    PROXY_FAILED = (
        "proxy-failed",
        Layer.PROXY,
        ExitCode.UNREACHABLE,
        "the proxy did not connect to the host",
        "the proxy answers CONNECT with a status other than 200, or not at all",
        "add the host to no_proxy (names and CIDR ranges work)",
    )
    UNIX_MISSING = (
        "unix-missing",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "no such socket file",
        "the path does not exist",
        "check the path, and that the server is running",
    )
    UNIX_REFUSED = (
        "unix-refused",
        Layer.UNIX,
        ExitCode.UNREACHABLE,
        "nothing is listening on the socket file",
        "a stale socket file, a regular file, or a socket that this user may not open",
        "restart the server; a stale socket file can be deleted",
    )
    TLS_REQUIRED = (
        "tls-required",
        Layer.TLS,
        ExitCode.TLS,
        "the server expects TLS, but the URI says plaintext",
        "the HTTP/2 preface is rejected, and a TLS hello is answered with TLS",
        "use https://",
    )
    TLS_UNEXPECTED = (
        "tls-unexpected",
        Layer.TLS,
        ExitCode.TLS,
        "the server speaks plaintext, but the URI says TLS",
        "a TLS hello is not answered with TLS, and the HTTP/2 preface is answered with SETTINGS",
        "use http://",
    )
    TLS_UNTRUSTED = (
        "tls-untrusted",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate's issuer is not trusted",
        "the chain ends at an issuer that is neither in --ca nor in gRPC's own root certificates; gRPC ignores the operating system's",
        "pass the issuer's certificate with --ca FILE",
    )
    TLS_EXPIRED = (
        "tls-expired",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate has expired",
        "the certificate's notAfter date has passed",
        "renew the server's certificate",
    )
    TLS_NOT_YET_VALID = (
        "tls-not-yet-valid",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is not valid yet",
        "the certificate's notBefore date is in the future",
        "check the clock here and on the server",
    )
    TLS_NAME = (
        "tls-name",
        Layer.TLS,
        ExitCode.TLS,
        "certificate name mismatch",
        "none of the certificate's names matches the host name; gRPC reports UNAUTHENTICATED",
        "use a host name that the certificate is valid for, or pass one with --server-name NAME",
    )
    TLS_INVALID = (
        "tls-invalid",
        Layer.TLS,
        ExitCode.TLS,
        "the certificate is trusted, but not valid for this use",
        "its chain reaches a trusted root, but breaks a rule: purpose, CA flag, key usage, path length",
        "get a server certificate that complies with the rule",
    )
    TLS_CLIENT_CERT = (
        "tls-client-cert",
        Layer.TLS,
        ExitCode.TLS,
        "the server requires a trusted client certificate",
        "a TLS alert after the server's hello; in TLS 1.3, only after the handshake",
        "pass a client certificate that the server's CA has signed, with --cert FILE --key FILE",
    )
    TLS_NO_H2 = (
        "tls-no-h2",
        Layer.TLS,
        ExitCode.TLS,
        "TLS works, but the server does not offer HTTP/2",
        "the handshake succeeds, and its ALPN answer is not h2",
        "connect to Milvus's own port, or enable HTTP/2 (ALPN h2) on the proxy in between",
    )
    TLS_FAILED = (
        "tls-failed",
        Layer.TLS,
        ExitCode.TLS,
        "the TLS handshake failed",
        "an alert instead of the server's hello: no TLS version or cipher in common",
        "compare the TLS versions and ciphers of both sides",
    )
    NOT_HTTP2 = (
        "not-http2",
        Layer.HTTP2,
        ExitCode.NOT_MILVUS,
        "a non-gRPC service answered",
        "the first bytes are those of another protocol: HTTP/1.1, SSH, Redis, MySQL, …",
        "use port 19530 for gRPC; 9091 is Milvus's metrics port, 8000 and 3000 are Attu's",
    )
    SILENT = (
        "silent",
        Layer.HTTP2,
        ExitCode.NOT_READY,
        "connection accepted, but the server sends nothing",
        "neither SETTINGS nor anything else arrives in time",
        "check the server: it may be hung or suspended, or not ready although its port is open",
    )
    NOT_GRPC = (
        "not-grpc",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "an HTTP/2 server answered, but not with gRPC",
        "an HTTP status such as 404, or a content type other than gRPC's",
        "check the gateway's or ingress's route to Milvus",
    )
    GATEWAY_UPSTREAM = (
        "gateway-upstream",
        Layer.GRPC,
        ExitCode.NOT_READY,
        "a gateway answered, but got no usable response from Milvus",
        "an HTTP status such as 502, 503 or 504, or a gRPC status from the gateway itself",
        "check that Milvus is running, and the gateway's port, HTTP/2 and TLS settings for it",
    )
    GATEWAY_DENIED = (
        "gateway-denied",
        Layer.GRPC,
        ExitCode.CREDENTIALS,
        "a gateway denied the call before it reached Milvus",
        "HTTP 401 or 403, or a denial from the gateway itself (RBAC, JWT)",
        "check the gateway's own rules and credentials, which are not Milvus's",
    )
    NOT_MILVUS = (
        "not-milvus",
        Layer.GRPC,
        ExitCode.NOT_MILVUS,
        "a gRPC server answered, but it is not Milvus",
        "every Milvus call returns UNIMPLEMENTED",
        "check host and port: another service is listening there",
    )
    TOO_OLD = (
        "too-old",
        Layer.MILVUS,
        ExitCode.NOT_MILVUS,
        "this Milvus is too old for `Connect`",
        "`Connect` returns UNIMPLEMENTED, but `GetVersion` works",
        "upgrade the server to Milvus 2.2.9 or later",
    )
    STARTING = (
        "starting",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus is starting",
        '"Milvus Proxy is not ready yet", or code 1 with the state Initializing',
        "wait, then retry",
    )
    UNHEALTHY = (
        "unhealthy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus reports that it is not healthy",
        "code 1 or 2 with a state other than Initializing",
        "check the reasons that Milvus reports, and its log",
    )
    STOPPING = (
        "stopping",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "the server is shutting down",
        "GOAWAY without an error, or a state such as Stopping",
        "wait until it has restarted, then retry",
    )
    BUSY = (
        "busy",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "Milvus is rejecting requests: a limit or quota is reached",
        "RESOURCE_EXHAUSTED, or the codes of limits and quotas (3, 4, 8, 9)",
        "wait, or raise the limit named in the message",
    )
    SLOW = (
        "slow",
        Layer.MILVUS,
        ExitCode.NOT_READY,
        "the connection works, but Milvus did not respond in time",
        "HTTP/2 works, and the answer to `Connect` takes longer than the time limit",
        "allow more time with --timeout SECONDS",
    )
    AUTH_MISSING = (
        "auth-missing",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the server requires credentials; none were sent",
        "UNAUTHENTICATED, and no credentials were sent; a user without a password sends none",
        "pass --user and --password, or --token",
    )
    AUTH_REJECTED = (
        "auth-rejected",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "wrong user or password",
        "UNAUTHENTICATED, and user and password were sent",
        "check user and password",
    )
    AUTH_APIKEY = (
        "auth-apikey",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the server does not accept the token",
        "UNAUTHENTICATED, and a token without a colon was sent",
        "pass --token user:password, or check that the API key belongs to this service",
    )
    DENIED = (
        "denied",
        Layer.AUTH,
        ExitCode.CREDENTIALS,
        "the user lacks a privilege",
        "PERMISSION_DENIED, or the codes 1401 and 3",
        "ask an administrator for the privilege that Milvus names",
    )
    DB_MISSING = (
        "db-missing",
        Layer.DATABASE,
        ExitCode.NO_DATABASE,
        "no such database",
        'code 800, or "database not found"; Milvus Lite is asked for its list of databases',
        "create the database, or choose another with --db",
    )
    LITE_MISSING = (
        "lite-missing",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "the local database, or the directory for it, does not exist",
        "the `.db`'s directory does not exist, or with --no-create the `.db` itself",
        "create the directory, or correct the path",
    )
    LITE_INVALID = (
        "lite-invalid",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "not a database that this version of Milvus Lite can open",
        "a file where Milvus Lite 3 needs a directory, or the reverse; another program's file or directory; an unsupported name",
        "use another path, or the version of Milvus Lite that made the database",
    )
    LITE_DENIED = (
        "lite-denied",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "the local database cannot be read or written",
        "permission denied, a read-only file system, or no space left",
        "check owner and permissions with `ls -ld`, and how the volume is mounted",
    )
    LITE_LOCKED = (
        "lite-locked",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "the database is locked by another process",
        "the engine cannot get the lock; on Linux, the message names the process that holds it",
        "stop that process, or connect to it instead",
    )
    LITE_ENGINE = (
        "lite-engine",
        Layer.LOCAL,
        ExitCode.UNREACHABLE,
        "Milvus Lite is not installed, or did not start",
        "milvus-lite or pymilvus cannot be imported, or the engine crashes or exits while starting",
        "install the extra: `pip install 'milvusconn[lite]'`",
    )
    RPC_FAILED = (
        "rpc-failed",
        Layer.GRPC,
        ExitCode.NOT_READY,
        "unexplained gRPC error",
        "a gRPC status that no other cause covers, with gRPC's own message",
        "see gRPC's message above",
    )

    INTERNAL_ERROR = (
        "internal-error",
        Layer.PROGRAM,
        ExitCode.INTERNAL,
        "internal error: the connection was not checked",
        "an unexpected exception in milvusconn; other aliases keep their results",
        "set MILVUSCONN_DEBUG=1 to get a traceback, and report the bug",
    )

    MACHINE_LIMIT = (
        "machine-limit",
        Layer.PROGRAM,
        ExitCode.LIMIT,
        "local resource limit reached: the connection was not checked",
        "a limit of this process or machine: open files, processes and threads, memory",
        "raise the limit that the message names, for example `ulimit -n 4096`, or check fewer at once",
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
