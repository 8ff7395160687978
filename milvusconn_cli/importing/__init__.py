"""Connections of other programs, read as aliases: one source a file."""

from collections.abc import Mapping
from enum import Enum

from milvusconn_cli.importing.milvus_cli import MilvusCli
from milvusconn_cli.importing.milvusconn import Milvusconn
from milvusconn_cli.importing.source import Importer
from milvusconn_cli.importing.variables import Dotenv, Environment
from milvusconn_cli.importing.yami import Yami


class Source(Enum):
    """What `--from` takes."""

    MILVUSCONN = "milvusconn"
    MILVUS_CLI = "milvus-cli"
    YAMI = "yami"
    DOTENV = "dotenv"
    ENVIRONMENT = "environment"


IMPORTERS: Mapping[Source, Importer] = {
    Source.MILVUSCONN: Milvusconn(),
    Source.YAMI: Yami(),
    Source.MILVUS_CLI: MilvusCli(),
    Source.DOTENV: Dotenv(),
    Source.ENVIRONMENT: Environment(),
}
"""How each is read, in the order in which a file's form is looked for."""
