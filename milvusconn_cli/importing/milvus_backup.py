"""milvus-backup: the `milvus` table of `backup.yaml`. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from milvusconn_cli.connection.variables import Note
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import as_text, read_yaml_tables, table_at
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables
from milvusconn_cli.registry.aliases import DEFAULT_ALIAS, Entry
from milvusconn_cli.text import listed

_MARKS = frozenset(("tlsMode", "rpcChannelName", "authorizationEnabled"))
_NO_TLS, _ONE_WAY, _MUTUAL = "0", "1", "2"
_RENAMED = {
    "address": "HOST",
    "caCertPath": "CA_PEM_PATH",
    "mtlsCertPath": "CLIENT_PEM_PATH",
    "mtlsKeyPath": "CLIENT_KEY_PATH",
}
_OF_TLS = ("caCertPath", "serverName", "mtlsCertPath", "mtlsKeyPath")
_TAKEN = ("tlsMode", "authorizationEnabled", "rpcChannelName")


class MilvusBackup(Importer):
    """`milvus: {address, port, user, password, tlsMode, caCertPath, …}`."""

    is_about_its_directory: ClassVar[bool] = False

    def recognizes(self, documents: Documents, text: str) -> bool:
        """By the tables beside it, or by keys that only milvus-backup has."""
        return any(
            "milvus" in one and ("minio" in one or bool(_MARKS & table_at(one, "milvus").keys()))
            for one in documents
        )

    def read(self, text: str, base: Path, environment: Variables) -> Read:
        """One alias, `default`."""
        for document in read_yaml_tables(text):
            if table_at(document, "milvus"):
                return _read(table_at(document, "milvus"), base, environment)
        raise ConfigError("missing table `milvus`")


def _read(milvus: Mapping[str, Any], base: Path, environment: Variables) -> Read:
    mode = as_text(milvus.get("tlsMode", _NO_TLS)) or _NO_TLS
    if mode not in (_NO_TLS, _ONE_WAY, _MUTUAL):
        raise ConfigError("milvus.tlsMode is none of 0, 1 and 2")
    settings = {key: value for key, value in milvus.items() if value not in (None, "")}
    vain: list[str] = []
    if mode == _NO_TLS:
        vain += [key for key in _OF_TLS if key in settings]
    elif mode == _ONE_WAY:
        vain += [key for key in ("mtlsCertPath", "mtlsKeyPath") if key in settings]
    if as_text(milvus.get("authorizationEnabled", "true")) == "false":
        vain += [key for key in ("user", "password") if key in settings]
    used = {key: value for key, value in settings.items() if key not in vain}
    section = Section(
        settings={**used, **({} if mode == _NO_TLS else {"secure": "true"})},
        path="milvus",
        environment=environment,
        syntax=None,
        renamed=_RENAMED,
        defaults={"HOST": "localhost", "PORT": "19530"},
        taken=_TAKEN,
    )
    made, notes = section.read()
    if vain:
        told = [f"milvus.{key}" for key in vain]
        verb = "is" if len(told) == 1 else "are"
        message = f"{listed(told)} {verb} not used: milvus-backup ignores them with these settings"
        notes = (*notes, Note(message=message))
    return Read(entries=[Entry(DEFAULT_ALIAS, made, base)], notes=notes)
