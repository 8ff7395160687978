"""What programs call the settings of a connection: the one table of names, and what they mean.

Pure. The environment, `.env` files and the configuration of other programs are all read by it, so
that none of them can lose a setting that another one knows. What changes where or how safely a
client connects is refused where it cannot be kept; everything else that is not used is noted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from types import MappingProxyType

from milvusconn_cli.connection.corrections import DEFAULT_PORT, LOCAL_SUFFIX
from milvusconn_cli.connection.uri import is_ipv6
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.text import listed
from milvusconn_cli.values import value_class

PREFIX = "MILVUS_"
CLOUD_PREFIXES = ("ZILLIZ_CLOUD_", "ZILLIZ_")
PREFIXES = (PREFIX, *CLOUD_PREFIXES)
"""What the names of the table have before them, as variables; the longer of two comes first."""
STANDARD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "uri": ("URI",),
        "address": ("ADDRESS",),
        "host": ("HOST",),
        "port": ("PORT",),
        "token": ("TOKEN",),
        "user": ("USER", "USERNAME"),
        "password": ("PASSWORD",),
        "db": ("DB", "DB_NAME", "DATABASE"),
        "secure": ("SECURE", "SSL", "TLS"),
        "tls.ca": ("SERVER_PEM_PATH", "CA_PEM_PATH"),
        "tls.cert": ("CLIENT_PEM_PATH",),
        "tls.key": ("CLIENT_KEY_PATH",),
        "tls.server_name": ("SERVER_NAME",),
    }
)
"""The settings, each with what may follow `MILVUS_`; the first that is set wins."""
_OF_OTHERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # pymilvus's legacy name; llama-stack's inline Milvus Lite.
        "uri": ("CONNECTION_URI", "DEFAULT_CONNECTION", "DB_PATH"),
        # AutoGPT; Attu and DB-GPT; llama-stack.
        "address": ("ADDR", "URL", "ENDPOINT"),
        "host": ("HOSTNAME",),
        "token": ("API_KEY", "APIKEY"),
        "user": ("USER_NAME",),
        "password": ("PASSWD",),
        "db": ("DATABASE_NAME", "DBNAME"),
        "secure": ("USE_TLS", "USE_SSL", "TLS_ENABLED", "SSL_ENABLED"),
        "tls.ca": ("CA_CERT", "CA_CERT_PATH", "CA_PATH", "CA_FILE", "CA"),
        "tls.cert": ("CLIENT_CERT", "CLIENT_CERT_PATH"),
        "tls.key": ("CLIENT_KEY",),
    }
)
"""What import sources call them beside that; the environment names these and does not read them."""
WIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {setting: (*names, *_OF_OTHERS.get(setting, ())) for setting, names in STANDARD.items()}
)
"""What import sources are read by."""
SECRETS = ("token", "password")
PLACES = ("uri", "address", "host")
_TLS_FILES = ("tls.ca", "tls.cert", "tls.key", "tls.server_name")

_TRUE = frozenset(("1", "true", "yes", "on", "y", "t"))
_FALSE = frozenset(("0", "false", "no", "off", "n", "f", "none", "null"))
# Compiled where variables are set: most calls have none.
_SERVICE_LINK = r"PORT_\d+_|SERVICE_(HOST|PORT)"
_PORT = r":(\d+)$"
_PLAINTEXT = r"(?i)(http|tcp|grpc)://"
_LIKE = 0.8

Label = Callable[[str], str]
"""What the source calls a name of the table: `URI` is `MILVUS_URI`, or `client.uri`."""


@value_class
class Note:
    """Something that the source says and that is not used."""

    message: str
    hint: str | None = None

    def about(self, name: str) -> "Note":
        """The same, said of one of several."""
        return replace(self, message=f"{name}: {self.message}")


def not_used(names: list[str], reason: str, most: int = 5) -> Note:
    """A note that these are set and have no effect; past `most` they are counted."""
    verb = "is" if len(names) == 1 else "are"
    return Note(message=f"{listed(names, most)} {verb} not used: {reason}")


@value_class
class Given:
    """What names say of one connection."""

    texts: Mapping[str, str]
    """By setting, as the registry's table has them; those of TLS as `tls.ca`."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """The source's own name of each."""
    names: tuple[str, ...] = ()
    """All names that had a say, ports and flags among them."""
    notes: tuple[Note, ...] = ()

    def table(
        self, value: Callable[[str, str], object] = lambda _, text: text
    ) -> dict[str, object]:
        """A table as the registry has it; `value` makes what is kept of a setting's text."""
        table: dict[str, object] = {}
        for setting, text in self.texts.items():
            group, dot, key = setting.partition(".")
            if dot:
                tls = table.setdefault(group, {})
                if isinstance(tls, dict):
                    tls[key] = text
            else:
                table[setting] = value(setting, text)
        return table


def names_of(*settings: str) -> frozenset[str]:
    """Everything that these settings may be called."""
    return frozenset(name for setting in settings for name in WIDE[setting])


def prefixed(name: str) -> str:
    """The environment variable of that name."""
    return f"{PREFIX}{name}"


def split_prefix(name: str) -> tuple[str, str] | None:
    """A variable's prefix and its name in the table; None where it has no such prefix."""
    prefix = next((one for one in PREFIXES if name.startswith(one)), None)
    return None if prefix is None else (prefix, name.removeprefix(prefix))


def is_truth(text: str, name: str) -> bool:
    """Whether a flag is set; `ConfigError` naming it where it says neither."""
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ConfigError(f"{name} is neither true nor false", f"set {name} to true or false")


def understand(
    said: Mapping[str, str],
    label: Label = prefixed,
    names: Mapping[str, tuple[str, ...]] = STANDARD,
) -> Given | None:
    """What a source says, by the table's names; None where it does not say where to connect.

    `ConfigError` where two names contradict each other, or one cannot be kept.
    """
    reading = _Reading(said, label, names)
    return reading.given() if reading.has_place else None


def unread(
    said: Mapping[str, str], names: Mapping[str, tuple[str, ...]] = STANDARD
) -> Iterator[str]:
    """The names that are set and in no row of the table; those that Kubernetes adds left out."""
    known = {name for row in names.values() for name in row}
    for name, text in said.items():
        if text and name not in known and not re.match(_SERVICE_LINK, name):
            yield name


def meant(name: str) -> str | None:
    """The name of the table that another one stands for, or is a misspelling of."""
    for setting, names in _OF_OTHERS.items():
        if name in names:
            return STANDARD["uri" if setting == "address" else setting][0]
    known = [name for row in STANDARD.values() for name in row]
    return next(iter(get_close_matches(name, known, n=1, cutoff=_LIKE)), None)


def of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What `MILVUS_*` says, by the names of the table."""
    return {
        name.removeprefix(PREFIX): text
        for name, text in environment.items()
        if name.startswith(PREFIX)
    }


def notes_of_environment(said: Mapping[str, str]) -> Iterator[Note]:
    """What is set there and not read: empty places, other names, settings of no place."""
    for setting in PLACES:
        for name in STANDARD[setting]:
            if said.get(name) == "":
                yield Note(message=f"{prefixed(name)} is empty (ignored)")
    for name in unread(said):
        known = meant(name)
        if known:
            hint = f"did you mean {prefixed(known)}?"
            yield Note(message=f"{prefixed(name)} is not read", hint=hint)
    # A secret alone is often what an alias's `env:` refers to.
    secrets = names_of(*SECRETS)
    rest = {name: text for name, text in said.items() if name not in secrets}
    yield from notes_of_no_place(rest)


def notes_of_no_place(
    said: Mapping[str, str],
    label: Label = prefixed,
    names: Mapping[str, tuple[str, ...]] = STANDARD,
) -> Iterator[Note]:
    """Settings that have no effect because nothing says where to connect."""
    reading = _Reading(said, label, names)
    if not reading.has_place:
        yield from reading.notes_of_no_place()


class _Reading:
    """Reads one source's settings, and checks them against each other."""

    def __init__(
        self, said: Mapping[str, str], label: Label, names: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._said = {name: text for name, text in said.items() if text}
        self._label = label
        self._names = names
        self._notes: list[Note] = []
        self._name_of: dict[str, str] = {}
        for setting, row in names.items():
            given = [name for name in row if name in self._said]
            if given:
                self._name_of[setting] = given[0]
        if self._is_service_link():
            self._note(f"{self._called('port')} is a Kubernetes service link (ignored)")
            del self._name_of["port"]

    @property
    def has_place(self) -> bool:
        """Whether anything says where to connect."""
        return any(setting in self._name_of for setting in PLACES)

    def given(self) -> Given:
        """The settings, checked against each other."""
        self._check_doubles()
        tls = self._secure()
        texts = {"uri": self._uri(tls=tls)}
        origins = {"uri": self._called(self._place)}
        for setting in ("db", *self._credentials(), *_TLS_FILES):
            if setting in self._name_of:
                texts[setting] = self._text(setting)
                origins[setting] = self._called(setting)
        self._check_tls(texts)
        uses_port = self._place != "uri" and "port" in self._name_of
        more = [self._called("port")] if uses_port else []
        more += [self._called("secure")] if tls else []
        place, *rest = origins.values()
        names = (place, *more, *rest)
        return Given(texts=texts, origins=origins, names=names, notes=tuple(self._notes))

    def notes_of_no_place(self) -> Iterator[Note]:
        """Settings that have no effect because nothing says where to connect."""
        yield from self._notes
        if self._name_of:
            vain = [self._called(setting) for setting in self._name_of]
            missing = self._label(STANDARD["host" if vain == [self._label("PORT")] else "uri"][0])
            yield not_used(vain, f"{missing} is not set", most=9)

    @property
    def _place(self) -> str:
        return next(setting for setting in PLACES if setting in self._name_of)

    def _called(self, setting: str) -> str:
        return self._label(self._name_of[setting])

    def _text(self, setting: str) -> str:
        return self._said[self._name_of[setting]]

    def _note(self, message: str, hint: str | None = None) -> None:
        self._notes.append(Note(message=message, hint=hint))

    def _is_service_link(self) -> bool:
        return "port" in self._name_of and "://" in self._text("port")

    def _check_doubles(self) -> None:
        """Two names of one setting that differ: the first wins, but never where TLS is at stake."""
        for setting, chosen in self._name_of.items():
            row = [name for name in self._names[setting] if name in self._said and name != chosen]
            for name in row:
                if self._agree(setting, chosen, name):
                    continue
                if setting == "secure" or setting in _TLS_FILES:
                    message = f"{self._label(chosen)} and {self._label(name)} differ"
                    raise ConfigError(message, "unset one of them")
                self._notes.append(not_used([self._label(name)], f"{self._label(chosen)} is set"))

    def _agree(self, setting: str, one: str, other: str) -> bool:
        if setting == "secure":
            return is_truth(self._said[one], self._label(one)) == is_truth(
                self._said[other], self._label(other)
            )
        return self._said[one] == self._said[other]

    def _secure(self) -> bool | None:
        """Whether a flag asks for TLS; None if no flag is set."""
        if "secure" not in self._name_of:
            return None
        return is_truth(self._text("secure"), self._called("secure"))

    def _uri(self, *, tls: bool | None) -> str:
        place = self._place
        self._note_other_places(place)
        text = self._text(place).strip() if place != "uri" else self._text(place)
        whole = text if place == "uri" else self._with_port(text, place)
        uri = whole if _is_path(whole) or place == "uri" else with_scheme(whole, tls=False)
        if tls is None:
            return uri
        if tls and _is_path(uri):
            flag = self._called("secure")
            raise ConfigError(f"{flag} asks for TLS, which {self._called(place)} cannot use")
        if not tls and uri.lower().startswith("https:"):
            message = f"{self._called('secure')} contradicts the https of {self._called(place)}"
            raise ConfigError(message, "unset one of them")
        return with_scheme(uri, tls=True) if tls and "://" in uri else uri

    def _note_other_places(self, place: str) -> None:
        """A place that is not where the connection goes, since another name comes first."""
        others = [one for one in (*PLACES, "port") if one in self._name_of and one != place]
        if place != "uri":
            others = [one for one in others if one != "port"]
        chosen = self._text(place)
        vain = [self._called(one) for one in others if self._text(one) not in chosen]
        if vain:
            self._notes.append(not_used(vain, f"{self._called(place)} is set"))

    def _with_port(self, text: str, place: str) -> str:
        """The place with the port that another name says, or with the default one."""
        if _is_path(text):
            return text
        port = self._port()
        scheme, separator, rest = text.rpartition("://")
        authority, slash, path = rest.partition("/")
        if is_ipv6(authority):
            authority = f"[{authority}]"
        own = re.search(_PORT, authority)
        if own and port and own[1].lstrip("0") != port.lstrip("0"):
            other = self._called("port")
            message = f"{self._called(place)} has a port already, and {other} differs"
            raise ConfigError(message, f"unset {other}, or make them equal")
        if not own and (port or not separator):
            authority = f"{authority}:{port or DEFAULT_PORT}"
        return f"{scheme}{separator}{authority}{slash if path else ''}{path}"

    def _port(self) -> str | None:
        if "port" not in self._name_of:
            return None
        text = self._text("port").strip()
        if not (text.isascii() and text.isdigit()):
            raise ConfigError(f"{self._called('port')} is not a port", "set it to a number")
        return text

    def _credentials(self) -> tuple[str, ...]:
        """The settings that say who asks: a token alone, or a user with a password."""
        rest = [one for one in ("user", "password") if one in self._name_of]
        if "token" in self._name_of:
            pair = ":".join(self._text(one) for one in rest)
            # A password without its user is nobody's, and often what an alias refers to.
            if "user" in rest and self._text("token") != pair:
                vain = [self._called(one) for one in rest]
                self._notes.append(not_used(vain, f"{self._called('token')} is set"))
            return ("token",)
        for one, other in (("password", "user"), ("user", "password")):
            if rest == [one]:
                missing = self._label(STANDARD[other][0])
                self._note(f"{self._called(one)} has no effect: {missing} is not set")
        return tuple(one for one in rest if "user" in rest)

    def _check_tls(self, texts: Mapping[str, str]) -> None:
        """Files of TLS for a plaintext place: the source means to be safe, and would not be."""
        files = [self._called(one) for one in _TLS_FILES if one in texts]
        uri = texts["uri"]
        if files and not uri.lower().startswith("https:"):
            verb = "needs" if len(files) == 1 else "need"
            place = self._called(self._place)
            secure = self._label(STANDARD["secure"][0])
            raise ConfigError(
                f"{listed(files)} {verb} TLS, but {place} is plaintext",
                f"set {secure} to true, or use https" if re.match(_PLAINTEXT, uri) else None,
            )


def with_scheme(text: str, *, tls: bool) -> str:
    """An address as a URI; `tls` turns `http` into `https`, and keeps the port that was meant."""
    if _is_path(text):
        return text
    if "://" not in text:
        return f"{'https' if tls else 'http'}://{text}"
    plaintext = re.match(_PLAINTEXT, text)
    if not tls or not plaintext:
        return text
    # Without a port, http means 19530, and https would mean 443.
    authority, slash, path = text[plaintext.end() :].partition("/")
    if not re.search(_PORT, authority) or is_ipv6(authority.rpartition("@")[2]):
        authority = f"{authority}:{DEFAULT_PORT}"
    return f"https://{authority}{slash}{path}"


def _is_path(text: str) -> bool:
    """Whether a place is a Milvus Lite database or a socket, which have no scheme and no port."""
    return text[:5].lower() == "unix:" or (text.endswith(LOCAL_SUFFIX) and "://" not in text)
