"""milvus-backup: the `milvus` table of `backup.yaml`. Pure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from milvusconn_cli.connection.variables import not_used
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.importing.documents import as_text, read_yaml_tables, table_at
from milvusconn_cli.importing.sections import Section
from milvusconn_cli.importing.source import Documents, Importer, Read, Variables

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
    read = section.as_default(base)
    if not vain:
        return read
    ignored = not_used(
        [f"milvus.{key}" for key in vain], "milvus-backup ignores them with these settings"
    )
    return Read(entries=read.entries, notes=(*read.notes, ignored))
