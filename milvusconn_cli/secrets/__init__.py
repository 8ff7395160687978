"""References to secrets: one source a file, which reads, writes and resolves its references."""

from collections.abc import Mapping

from milvusconn_cli.secrets.command import FromCommand
from milvusconn_cli.secrets.environment import FromEnvironment
from milvusconn_cli.secrets.file import FromFile
from milvusconn_cli.secrets.keyring import FromKeyring
from milvusconn_cli.secrets.reference import Reference

SOURCES: Mapping[str, type[Reference]] = {
    source.kind: source for source in (FromEnvironment, FromFile, FromCommand, FromKeyring)
}
"""Each source by the word that its references begin with."""
