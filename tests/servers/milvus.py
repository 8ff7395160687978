"""Real Milvus 2.3.5 standalone servers, as many side by side as a test run needs.

The `milvus` package brings the binaries, packed, and a configuration template. Its own
Python code is never imported: it allows one server on a machine. Every server here has its
own directory and its own ports, and its parts talk to each other on 127.0.0.1; the proxy
listens where Milvus wants it to, and the tests dial the loopback.
"""

import importlib.util
import json
import lzma
import os
import re
import shutil
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from tests.servers.calls import connect_succeeds, plain_channel, tls_channel
from tests.servers.certificates import CertificateFiles
from tests.servers.leash import LeashedProcess
from tests.servers.ports import Ports
from tests.servers.server import READY_SECONDS, Server

ROOT = "root:Milvus"  # the user that a new Milvus has, and its password

STARTS = 3

PORT_NAMES = (
    "etcd_port",
    "etcd_peer_port",
    "proxy_port",
    "proxy_internal_port",
    "root_coord_port",
    "query_coord_port",
    "query_node_port",
    "index_coord_port",
    "index_node_port",
    "data_coord_port",
    "data_node_port",
    "metrics_port",
)

# What the log says where a port was taken: the one part gives up, the other moves elsewhere,
# where nobody would look for it.
PORT_TAKEN = re.compile(r"address already in use|get available port when init")

PLACEHOLDER = re.compile(r"\{\{\s*(?P<name>\w+)(?:\(\w+\))?(?:\s*:\s*(?P<default>.*?))?\s*\}\}")
EMPTY_IP = re.compile(r"^(\s+ip:)\s*#.*$", re.MULTILINE)


def packed() -> Path | None:
    """The data directory of the `milvus` package, or None where it is not installed."""
    found = importlib.util.find_spec("milvus")
    for place in (found and found.submodule_search_locations) or ():
        if (Path(place) / "data" / "bin" / "milvus.lzma").exists():
            return Path(place) / "data"
    return None


def unpack(directory: Path) -> Path:
    """Unpack the program and its libraries, 240 MB, side by side; answer the program."""
    data = packed()
    if data is None:
        raise FileNotFoundError("the milvus package is not installed")
    archives = sorted((data / "bin").glob("*.lzma"), key=lambda a: a.stat().st_size, reverse=True)
    directory.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:  # lzma works without the interpreter's lock
        list(pool.map(lambda archive: _unpack_one(archive, directory), archives))
    return directory / "milvus"


def _unpack_one(archive: Path, directory: Path) -> None:
    target = directory / archive.stem
    with lzma.open(archive) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    target.chmod(0o755)


class MilvusServer(Server):
    """One Milvus in one directory.

    With TLS its certificate has to be valid now and to name 127.0.0.1, for that is how the
    server is asked whether it is ready.
    """

    def __init__(
        self,
        program: Path,
        directory: Path,
        *,
        authorization: bool = False,
        tls: CertificateFiles | None = None,
        client_authority: Path | None = None,
        client: CertificateFiles | None = None,
    ) -> None:
        """`client_authority` asks for mutual TLS; then `client` is what a client may show."""
        super().__init__(directory, Ports(PORT_NAMES))
        self.authorization = authorization
        self.tls = tls
        self.client_authority = client_authority
        self._client = client
        self._program = program
        self._starts_left = STARTS

    @property
    def port(self) -> int:
        """The proxy's; final once the server has been ready."""
        return self._ports["proxy_port"]

    @property
    def metrics_port(self) -> int:
        """Plain HTTP, `/healthz` and `/metrics`, also on a server with TLS."""
        return self._ports["metrics_port"]

    @property
    def uri(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}"

    @property
    def client(self) -> CertificateFiles:
        """A certificate that a server with mutual TLS lets in."""
        if self._client is None:
            raise RuntimeError("this server asks for no client certificate")
        return self._client

    def start(self) -> None:
        """Spawn it, without waiting; after `kill` or `stop`: on the same data and ports."""
        self._write_configuration()
        self._process = LeashedProcess(
            [str(self._program), "run", "standalone"],
            directory=self.directory,
            environment=self._environment(),
            log=self.directory / "milvus.log",
        )

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """As any server; a first start that lost a port is repeated with other ports."""
        super().wait_until_ready(seconds)
        self._starts_left = 0

    def answers(self) -> bool:
        return connect_succeeds(self.channel(), ROOT if self.authorization else None)

    def channel(self) -> grpc.Channel:
        """A new channel with all that this server asks for, except the user and password."""
        if self.tls:
            # The server's own certificate is trusted, so that no authority need be known here.
            return tls_channel(self.address, self.tls.cert, self._client)
        return plain_channel(self.address)

    def suspend(self) -> None:
        """SIGSTOP: it keeps its ports and connections and answers nothing, until `resume`."""
        self._running.suspend()

    def resume(self) -> None:
        self._running.send(signal.SIGCONT)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not followed."""
        self._running.stop()
        self._forget()

    def kill(self) -> None:
        super().kill()
        self._forget()

    def close(self) -> None:
        """Also gives back the 200 MB that an empty Milvus fills; the log stays."""
        super().close()
        shutil.rmtree(self._data, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _forget(self) -> None:
        # One file for each process, which Milvus puts where no setting can move it.
        Path(f"/tmp/milvus/server_id_{self.pid}").unlink(missing_ok=True)  # noqa: S108

    def _is_ready(self) -> bool:
        if PORT_TAKEN.search(self._running.said()):
            self._start_over()
        return super()._is_ready()

    def _start_over(self) -> None:
        self._starts_left -= 1
        if self._starts_left <= 0:
            raise self._running.failure("a port is taken")
        self.close()
        self._ports = Ports(PORT_NAMES)
        self.start()

    def _write_configuration(self) -> None:
        """Milvus reads `configs/` below its working directory."""
        data = packed()
        assert data is not None
        configs = self.directory / "configs"
        configs.mkdir(parents=True, exist_ok=True)
        (self.directory / "logs").mkdir(exist_ok=True)  # glog.conf names it, glog does not make it
        shutil.copy(data / "glog.conf", configs)
        template = (data / "config.yaml.template").read_text()
        (configs / "milvus.yaml").write_text(filled(template, self._values()))
        (configs / "etcd.yaml").write_text(_as_yaml(self._etcd()))

    def _values(self) -> dict[str, object]:
        """What replaces the template's placeholders."""
        return {
            **self._ports.numbers(),
            "etcd_data_dir": str(self._data / "etcd"),
            "local_storage_dir": str(self._data / "storage"),
            "rocksmq_data_dir": str(self._data / "rocksmq"),
            "system_log_path": "",
            "authorization_enabled": self.authorization,
            **self._tls_values(),
        }

    def _tls_values(self) -> dict[str, object]:
        if self.tls is None:
            return {}
        return {
            "tls_mode": 2 if self.client_authority else 1,
            "server_pem_path": str(self.tls.cert),
            "server_key_path": str(self.tls.key),
            "ca_pem_path": str(self.client_authority or self.tls.cert),
        }

    def _etcd(self) -> dict[str, object]:
        client = f"http://127.0.0.1:{self._ports['etcd_port']}"
        peer = f"http://127.0.0.1:{self._ports['etcd_peer_port']}"
        return {
            "name": "default",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"default={peer}",
        }

    def _environment(self) -> dict[str, str]:
        # Nothing is inherited but PATH: Milvus lets any variable named like a setting win over
        # its configuration, and would send its own calls through a proxy.
        libraries = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.directory),
            "TMPDIR": str(self.directory),
            libraries: str(self._program.parent),
            "DEPLOY_MODE": "STANDALONE",
            "ETCD_CONFIG_PATH": str(self.directory / "configs" / "etcd.yaml"),
            "METRICS_PORT": str(self.metrics_port),
        }


def filled(template: str, values: Mapping[str, object]) -> str:
    """Replace `{{ name(type): default }}`, and name 127.0.0.1 wherever an address is left open.

    Milvus would take the machine's first outward address otherwise.
    """

    def value(placeholder: re.Match[str]) -> str:
        name, default = placeholder["name"], placeholder["default"]
        if name not in values and default is None:
            raise KeyError(name)
        return json.dumps(values[name]) if name in values else str(default)

    return PLACEHOLDER.sub(value, EMPTY_IP.sub(r"\1 127.0.0.1", template))


def _as_yaml(settings: Mapping[str, object]) -> str:
    return json.dumps(settings, indent=2)  # all JSON is YAML
