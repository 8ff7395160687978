"""Connections of other programs, read as aliases: one source a file."""

from collections.abc import Mapping
from enum import Enum

from milvusconn_cli.importing.compose import Compose
from milvusconn_cli.importing.deep_searcher import DeepSearcher
from milvusconn_cli.importing.kubernetes import Kubernetes
from milvusconn_cli.importing.mcp import Mcp
from milvusconn_cli.importing.mem0 import Mem0
from milvusconn_cli.importing.milvus_backup import MilvusBackup
from milvusconn_cli.importing.milvus_cli import MilvusCli
from milvusconn_cli.importing.milvus_section import MilvusSection
from milvusconn_cli.importing.milvusconn import Milvusconn
from milvusconn_cli.importing.source import Importer
from milvusconn_cli.importing.spring import Spring
from milvusconn_cli.importing.variables import Dotenv, Environment
from milvusconn_cli.importing.yami import Yami


class Source(Enum):
    """What `--from` takes."""

    MILVUSCONN = "milvusconn"
    MILVUS_CLI = "milvus-cli"
    YAMI = "yami"
    DOTENV = "dotenv"
    ENVIRONMENT = "environment"
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    MCP = "mcp"
    SPRING = "spring"
    MILVUS_BACKUP = "milvus-backup"
    MEM0 = "mem0"
    DEEP_SEARCHER = "deep-searcher"
    MILVUS_SECTION = "milvus-section"


IMPORTERS: Mapping[Source, Importer] = {
    Source.MILVUSCONN: Milvusconn(),
    Source.YAMI: Yami(),
    Source.MILVUS_BACKUP: MilvusBackup(),
    Source.MILVUS_SECTION: MilvusSection(),
    Source.MCP: Mcp(),
    Source.MEM0: Mem0(),
    Source.DEEP_SEARCHER: DeepSearcher(),
    Source.KUBERNETES: Kubernetes(),
    Source.COMPOSE: Compose(),
    Source.SPRING: Spring(),
    Source.MILVUS_CLI: MilvusCli(),
    Source.DOTENV: Dotenv(),
    Source.ENVIRONMENT: Environment(),
}
"""How each is read, in the order in which a file's form is looked for."""
