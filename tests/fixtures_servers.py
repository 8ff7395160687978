"""Real servers as fixtures: each is started by the first test that asks, once for the session.

Tests share them and leave them as they were. One that suspends, kills or reconfigures takes
`mortal_milvus`. Load with `pytest_plugins = ["tests.fixtures_servers"]`.
"""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.certificates import Authority
from tests.servers.lite import LiteServer
from tests.servers.milvus import MilvusServer, packed, unpack

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _missing(package: str) -> NoReturn:
    """Skip; but fail where every package can be had, so that no continuous build stays blind."""
    reason = f"the {package} package is not installed, or has no build for this platform"
    if os.environ.get("CI") and (sys.platform, platform.machine()) == ("linux", "x86_64"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def milvus_binaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program, its libraries beside it; 240 MB, so removed with the session."""
    if packed() is None:
        _missing("milvus")
    directory = tmp_path_factory.mktemp("milvus-binaries")
    yield unpack(directory)
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signed the certificates of all TLS servers here."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def milvus(
    milvus_binaries: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MilvusServer]:
    """Takes anybody, over plaintext."""
    with MilvusServer(milvus_binaries, tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.fixture(scope="session")
def milvus_with_authorization(
    milvus_binaries: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MilvusServer]:
    """Takes root with the password Milvus, over plaintext."""
    directory = tmp_path_factory.mktemp("milvus-authorization")
    with MilvusServer(milvus_binaries, directory, authorization=True) as server:
        yield server


@pytest.fixture(scope="session")
def milvus_with_tls(
    milvus_binaries: Path, tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[MilvusServer]:
    """Takes anybody over TLS; its certificate is for this machine's loopback."""
    directory = tmp_path_factory.mktemp("milvus-tls")
    with MilvusServer(milvus_binaries, directory, tls=authority.issue(*LOOPBACK)) as server:
        yield server


@pytest.fixture(scope="session")
def milvus_with_mutual_tls(
    milvus_binaries: Path, tmp_path_factory: pytest.TempPathFactory, authority: Authority
) -> Iterator[MilvusServer]:
    """Takes root with the password Milvus, over TLS, from one that shows a `.client`."""
    server = MilvusServer(
        milvus_binaries,
        tmp_path_factory.mktemp("milvus-mutual-tls"),
        authorization=True,
        tls=authority.issue(*LOOPBACK),
        client_authority=authority.ca_file,
        client=authority.issue("client.test"),
    )
    with server:
        yield server


@pytest.fixture(scope="session")
def milvus_lite_package() -> None:
    """Skips where no `.db` can be opened; whoever starts a `LiteHolder` asks for this."""
    for package in ("milvus_lite", "pymilvus"):  # Lite does not start without the latter
        if find_spec(package) is None:
            _missing(package)


@pytest.fixture(scope="session")
def milvus_lite_server(
    milvus_lite_package: None,  # noqa: ARG001 - a fixture cannot ask for one by a mark
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiteServer]:
    """Takes anybody, over plaintext, and says that it is embedded."""
    with LiteServer(tmp_path_factory.mktemp("milvus-lite")) as server:
        yield server


@pytest.fixture
def mortal_milvus(milvus_binaries: Path, tmp_path: Path) -> Iterator[Callable[[], MilvusServer]]:
    """Each call answers a plain server, ready, that the test may suspend, kill and start again."""
    with ExitStack() as servers:

        def begin() -> MilvusServer:
            directory = Path(tempfile.mkdtemp(prefix="mortal-milvus-", dir=tmp_path))
            return servers.enter_context(MilvusServer(milvus_binaries, directory))

        yield begin
