"""The connection settings as options, one a field, and what they mean.

`add`, `connect` and `set` take all of them. `has` and `inspect` take those that a probe needs, for
a URI that is in no registry.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated

import typer

from milvusconn_cli.cli.stderr import print_message
from milvusconn_cli.cli.typer_adapter import with_options_of
from milvusconn_cli.connection.corrections import DEFAULT_PORT
from milvusconn_cli.connection.settings import Connection, TlsFiles
from milvusconn_cli.connection.tables import (
    Credentials,
    build,
    check_is_filled_in,
    checked_timeout,
)
from milvusconn_cli.connection.uri import (
    TcpEndpoint,
    compose,
    in_home,
    is_ipv6,
    parse,
    parse_address,
)
from milvusconn_cli.disclosure import place
from milvusconn_cli.errors import ConfigError, SecretError, UriError, UsageError
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.secrets.reference import Literal, Reference, Secret
from milvusconn_cli.secrets.references import from_text
from milvusconn_cli.system.environment_info import here
from milvusconn_cli.values import value_class

_USER = re.compile(r"\w[\w.+@-]*")
_DATABASE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.$-]*")
GIVEN_TWICE = ("the address is given twice", "use either the argument or the option")
"""What to say of a URI as an argument and another as an option."""
_FORMS = "env:NAME, file:PATH, command:ARGV…, keyring:SERVICE/USER, - (stdin), or the text"


@value_class
class AdHocOptions:
    """What the command line says of a connection to probe; None where it says nothing."""

    uri: Annotated[
        str | None, typer.Option(metavar="URI", help="http(s)://HOST[:PORT], unix:PATH, or PATH.db")
    ]
    address: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Instead of --uri.")]
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="Instead of --uri. Default: localhost.")
    ]
    port: Annotated[
        str | None, typer.Option(metavar="PORT", help="Instead of --uri. Default: 19530.")
    ]
    db: Annotated[str | None, typer.Option(metavar="NAME", help="Database name.")]
    user: Annotated[str | None, typer.Option(metavar="NAME", help="User name.")]
    password: Annotated[str | None, typer.Option(metavar="SECRET", help=_FORMS)]
    ask_password: Annotated[bool, typer.Option("--ask-password", help="Prompt for the password.")]
    token: Annotated[
        str | None,
        typer.Option(metavar="SECRET", help="Token or API key; same forms as --password."),
    ]
    tls: Annotated[
        bool | None,
        typer.Option("--tls/--no-tls", help="Use TLS or not. Default: from the URI."),
    ]
    ca: Annotated[Path | None, typer.Option(metavar="FILE", help="CA certificate to trust (PEM).")]
    cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Client certificate (PEM).")]
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Private key of the client certificate (PEM)."),
    ]
    server_name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Host name to expect in the server's certificate."),
    ]

    @property
    def anything(self) -> bool:
        """Whether any setting is given."""
        return any(getattr(self, one.name) for one in fields(self)) or self.tls is not None

    @property
    def has_place(self) -> bool:
        """Whether an option says where to connect to."""
        return any(one is not None for one in (self.uri, self.address, self.host, self.port))

    def connection(self, timeout: float | None, uri: str | None = None) -> Connection:
        """The connection that is meant, to `uri` if that was an argument.

        `ConfigError` where the settings do not fit together.
        """
        self._check_names()
        if uri is not None and self.has_place:
            raise UsageError(*GIVEN_TWICE)
        place_of_it = self._uri(_base()) if uri is None else uri
        return self.connection_to(place_of_it, self.credentials(), timeout)

    @property
    def tls_files(self) -> TlsFiles:
        """The TLS settings; paths mean the working directory."""
        return TlsFiles(
            ca=_absolute(self.ca),
            cert=_absolute(self.cert),
            key=_absolute(self.key),
            server_name=self.server_name,
        )

    def uri_of(self) -> str:
        """The URI that --uri, --address or --host and --port mean."""
        return self._uri(_base())

    def check_tls(self, uri: str) -> None:
        """`UriError` where --tls or --no-tls contradicts the URI."""
        self._check_tls(uri, _base())

    def credentials(self) -> Credentials:
        """User, password and token; asks for the password where that is wanted."""
        self._check_names()
        return Credentials(self.user, self._password(), _secret(self.token, "--token"))

    def connection_to(
        self, uri: str, credentials: Credentials, timeout: float | None
    ) -> Connection:
        """A connection to a URI, with these settings; `ConfigError` where they do not fit."""
        base = _base()
        self._check_tls(uri, base)
        built = build(
            uri,
            base,
            database=self.db,
            credentials=credentials,
            tls_files=self.tls_files,
            timeout=checked_timeout(timeout),
            description=self._description,
            tags=self._tags,
        )
        parsed = parse(uri, base)
        if parsed.password or parsed.token:
            _warn_about_visible_secret("the URI", "--token" if parsed.token else "--password")
        for remark in built.remarks:
            print_message(remark)
        return replace(built, remarks=())

    @property
    def _description(self) -> str | None:
        return None

    @property
    def _tags(self) -> tuple[str, ...]:
        return ()

    def _check_names(self) -> None:
        """Refuse what no server has: it may be a secret, and rows show users and databases."""
        if self.user and not _USER.fullmatch(self.user):
            raise ConfigError(
                "--user takes a user name: letters, digits, and . _ - + @",
                "use --token for USER:PASSWORD",
            )
        check_is_filled_in(self.db)
        if self.db and not _DATABASE.fullmatch(self.db):
            raise ConfigError("--db takes a database name: ASCII letters, digits, and _ - . $")

    def _uri(self, base: Path) -> str:
        """One URI from --uri, --address and --host; `ConfigError` if they conflict."""
        said = [uri for uri in (self.uri, self._from_address(), self._from_host()) if uri]
        if not said:
            raise ConfigError(
                "missing the URI",
                "pass it as an argument, such as http://localhost:19530, or with --uri or --host",
            )
        endpoints = {parse(uri, base).endpoint for uri in said}
        if len(endpoints) > 1:
            places = " and ".join(sorted(place(endpoint.address) for endpoint in endpoints))
            raise ConfigError(f"conflicting addresses: {places}", "use --uri alone")
        return said[0]

    def _from_address(self) -> str | None:
        if self.address is None:
            return None
        host, port = parse_address(self.address)
        return compose(host, port, tls=self._encrypted)

    def _from_host(self) -> str | None:
        if self.host is None and self.port is None:
            return None
        host = self.host or "localhost"
        if ":" in host and not is_ipv6(host.strip("[]")):
            raise UriError("--host takes a host name or an IP address", self._instead_of_host(host))
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        try:
            name, port = parse_address(f"{shown}:{self.port or DEFAULT_PORT}")
        except UriError as error:
            hint = "--host takes a host name or an IP address, --port a number"
            raise UriError(error.message, hint) from None
        return compose(name, port, tls=self._encrypted)

    def _instead_of_host(self, host: str) -> str:
        """What to type where --host holds a port or a whole URI: the same place."""
        usual = "use --address HOST:PORT, or --uri"
        if "://" not in host:
            try:
                name, port = parse_address(host)
            except UriError:
                return usual
            whole = f"{name}:{port}"
            is_clear = self.port in (None, str(port)) and place(whole) == whole
            return f"did you mean --address {whole}?" if is_clear else usual
        has_port = re.search(r":\d+/*$", host) is not None
        uri = host if has_port or self.port is None else f"{host.rstrip('/')}:{self.port}"
        try:
            parsed = parse(uri, Path("/"))
        except UriError:
            return usual
        is_clear = not parsed.has_credentials and place(uri) == uri
        return f"did you mean --uri {uri}?" if is_clear else usual

    @property
    def _encrypted(self) -> bool:
        """Whether to use TLS if no scheme says so: by --tls, or by the scheme of --uri."""
        return bool(self.tls) or (self.uri or "").lower().startswith("https:")

    def _check_tls(self, uri: str, base: Path) -> None:
        endpoint = parse(uri, base).endpoint
        encrypted = isinstance(endpoint, TcpEndpoint) and endpoint.tls
        if self.tls is None or self.tls == encrypted:
            return
        hint = None
        if isinstance(endpoint, TcpEndpoint):
            hint = f"did you mean {compose(endpoint.host, endpoint.port, tls=self.tls)}?"
        option = "--tls" if self.tls else "--no-tls"
        raise UriError(f"{option} contradicts the URI of {endpoint.address}", hint)

    def _password(self) -> Reference | None:
        if not self.ask_password:
            return _secret(self.password, "--password")
        if self.password is not None:
            raise ConfigError("use either --password or --ask-password, not both")
        if sys.stdin is None or not sys.stdin.isatty():
            raise SecretError(
                "no terminal to prompt for the password",
                "`--password -` reads it from standard input",
            )
        prompted: str = typer.prompt("Password", hide_input=True, err=True)
        return Literal(Secret(prompted))


@value_class
class ConnectionOptions(AdHocOptions):
    """The same for a connection to save."""

    description: Annotated[str | None, typer.Option(metavar="TEXT", help="Free text.")]
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Label to filter on; repeatable.")
    ]

    @property
    def _description(self) -> str | None:
        return self.description

    @property
    def _tags(self) -> tuple[str, ...]:
        return tuple(self.tag or ())


def settings_as_options(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """`command`, whose `given: ConnectionOptions` is filled from one option for each field."""
    return with_options_of(ConnectionOptions, "given", command)


def ad_hoc_settings_as_options(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """`command`, whose `given: AdHocOptions` is filled from one option for each field."""
    return with_options_of(AdHocOptions, "given", command)


def _base() -> Path:
    """The working directory, which relative paths are relative to."""
    base = here()
    if not base.is_absolute():
        raise ConfigError("the working directory was removed", "cd to a directory that exists")
    return base


def _secret(text: str | None, option: str) -> Reference | None:
    """The reference that an option's text is; a literal is visible in the process list."""
    if text is None:
        return None
    if text == "-":
        return Literal(Secret(_line_of_input(option)))
    reference = from_text(text)
    if isinstance(reference, Literal):
        _warn_about_visible_secret(option, option)
    return reference


def _warn_about_visible_secret(option: str, safer: str) -> None:
    print_message(
        f"the secret in {option} is visible to other users in the process list",
        f"safer: {safer} env:NAME, {safer} file:PATH, or `{safer} -` to read it from stdin",
    )


def _line_of_input(option: str) -> str:
    line = sys.stdin.readline() if sys.stdin else ""
    # Some write a byte order mark before what they pipe.
    text = line.removeprefix("\ufeff").removesuffix("\n").removesuffix("\r")
    if not text:
        raise SecretError(f"{option} - reads one line from standard input, which is empty")
    return text


def _absolute(path: Path | None) -> Path | None:
    """A path of the command line means the working directory, wherever the file will lie."""
    return None if path is None else in_home(str(path)).absolute()
