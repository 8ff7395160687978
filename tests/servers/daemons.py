"""Real software that is not Milvus, on the loopback: what people dial by mistake, or put before it.

Each starts from a configuration of its own in the directory that it is given, on ports found by
binding port 0, as a child on a leash (leash.py); a program that is not installed is
`ProgramMissingError`. As root, those that will not run as root run in a user namespace in which
they are somebody else.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from tests.servers.calls import came_true
from tests.servers.certificates import Authority
from tests.servers.leash import LeashedProcess
from tests.servers.ports import Ports

HOST: Final = "127.0.0.1"
READY_SECONDS: Final = 60.0
_PLACES: Final = ("/usr/sbin", "/usr/local/sbin", "/usr/lib/postgresql/*/bin")
"""Where Debian puts servers, beside PATH."""

Doors = Mapping[str, int]
"""A server's ports by name; `port` is the one that there always is."""
Daemon = AbstractContextManager[Doors]
"""Runs while its context is entered."""


class ProgramMissingError(Exception):
    """A program is not installed; says which."""


def found(program: str) -> str:
    """The path of `program`."""
    path = shutil.which(program)
    if path:
        return path
    for place in _PLACES:
        for candidate in Path("/").glob(f"{place.lstrip('/')}/{program}"):
            return str(candidate)
    raise ProgramMissingError(f"{program} is not installed")


@contextmanager
def listening(
    directory: Path,
    command: Callable[[Doors], Sequence[str]],
    doors: Sequence[str] = ("port",),
    *,
    closed: Sequence[str] = (),
    farewell: signal.Signals = signal.SIGTERM,
) -> Iterator[Doors]:
    """Run `command`; every one of its doors is open when this is entered.

    `closed` are ports that are held and never listened on.
    """
    ports = Ports([*doors, *closed])
    process: LeashedProcess | None = None
    try:
        numbers = ports.numbers()
        process = LeashedProcess(
            command(numbers),
            directory=directory,
            environment=_environment(directory),
            log=directory / "log",
        )
        _await_doors(process, [numbers[name] for name in doors])
        yield numbers
    finally:
        if process is not None:
            process.send(farewell)
            process.stop()
        ports.release()


def _await_doors(process: LeashedProcess, numbers: Sequence[int]) -> None:
    def all_open() -> bool:
        if process.ended:
            raise process.failure("ended while starting")
        return all(map(_is_open, numbers))

    if not came_true(all_open, READY_SECONDS):
        raise process.failure(f"not ready after {READY_SECONDS} s")


def _is_open(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as dialling:
        return dialling.connect_ex((HOST, port)) == 0


def _environment(directory: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(directory), "LC_ALL": "C"}


def _as_somebody() -> list[str]:
    """What goes before a command that root may not run."""
    if os.geteuid() != 0:
        return []
    return [found("unshare"), "--user", "--map-user=1000", "--map-group=1000", "--"]


def _prepared(command: Sequence[str], directory: Path) -> None:
    """Run what makes a server's data, to its end."""
    ran = subprocess.run(
        command,
        cwd=directory,
        env=_environment(directory),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")


# Those that people dial by mistake


def redis(directory: Path) -> Daemon:
    """Redis; it answers HTTP's verbs with an error, and closes."""
    program = found("redis-server")
    return listening(
        directory,
        lambda doors: [
            program, "--bind", HOST, "--port", str(doors["port"]), "--save", "",
            "--appendonly", "no", "--dir", str(directory),
        ],
    )  # fmt: skip


def memcached(directory: Path) -> Daemon:
    """memcached, which says ERROR to every line that it does not know."""
    program = found("memcached")
    return listening(
        directory,
        lambda doors: [
            *_as_somebody(), program, "-l", HOST, "-p", str(doors["port"]), "-U", "0", "-m", "8",
            "-t", "1",
        ],
    )  # fmt: skip


def sshd(directory: Path) -> Daemon:
    """OpenSSH, which greets first."""
    program = found("sshd")
    key = directory / "host_key"
    _prepared([found("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], directory)

    def command(doors: Doors) -> list[str]:
        lines = (
            f"ListenAddress {HOST}:{doors['port']}",
            f"HostKey {key}",
            "PidFile none",
            "UsePAM no",
        )
        (directory / "sshd_config").write_text("\n".join(lines) + "\n")
        return [*_as_somebody(), program, "-D", "-e", "-f", str(directory / "sshd_config")]

    return listening(directory, command)


def postgresql(directory: Path) -> Daemon:
    """PostgreSQL, which says nothing to strangers."""
    program, data = found("postgres"), directory / "data"
    initdb = [found("initdb"), "-D", str(data), "-A", "trust", "-N", "--no-locale", "-E", "UTF8"]
    _prepared([*_as_somebody(), *initdb], directory)
    return listening(
        directory,
        lambda doors: [
            *_as_somebody(), program, "-D", str(data), "-h", HOST, "-p", str(doors["port"]),
            "-k", "", "-F", "-c", "shared_buffers=1MB", "-c", "max_connections=20",
        ],
        farewell=signal.SIGINT,
    )  # fmt: skip


def mariadb(directory: Path) -> Daemon:
    """MariaDB, which greets first, and bans who fails too often: not here."""
    program, data = found("mariadbd"), directory / "data"
    data.mkdir()
    return listening(
        directory,
        lambda doors: [
            *_as_somebody(), program, "--no-defaults", f"--datadir={data}",
            f"--bind-address={HOST}", f"--port={doors['port']}", f"--socket={directory}/s",
            f"--pid-file={directory}/pid", "--skip-name-resolve", "--max-connect-errors=1000000",
            "--innodb-buffer-pool-size=8M", "--performance-schema=OFF", "--skip-grant-tables",
        ],
    )  # fmt: skip


def smtp(directory: Path) -> Daemon:
    """A mail server, of aiosmtpd."""
    return listening(
        directory,
        lambda doors: [
            sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{doors['port']}",
            "-c", "aiosmtpd.handlers.Sink",
        ],
    )  # fmt: skip


def python_http_server(directory: Path) -> Daemon:
    """`python -m http.server`."""
    return listening(
        directory,
        lambda doors: [
            sys.executable, "-m", "http.server", "--bind", HOST, "--directory", str(directory),
            str(doors["port"]),
        ],
    )  # fmt: skip


def etcd(directory: Path) -> Daemon:
    """etcd, Milvus's own store of metadata: gRPC, and not Milvus."""
    program = found("etcd")

    def command(doors: Doors) -> list[str]:
        client, peer = f"http://{HOST}:{doors['port']}", f"http://{HOST}:{doors['peer']}"
        return [
            program, "--data-dir", str(directory / "data"), "--name", "lab", "--unsafe-no-fsync",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"lab={peer}",
        ]  # fmt: skip

    return listening(directory, command, ("port", "peer"))


# Those that people put before Milvus
_NGINX = """
daemon off; master_process off; worker_processes 1; pid {directory}/pid; error_log stderr;
events {{ worker_connections 256; }}
http {{
  access_log off; server_tokens off;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  ssl_certificate {cert}; ssl_certificate_key {key};
  {servers}
}}
"""
_GRPC_PASS = "location / {{ grpc_pass grpc://127.0.0.1:{to}; }}"
_OLD_CIPHER = "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES256-SHA384;"
_SERVERS: Final = {
    # name: (the end of `listen`, what is in the server's block)
    "port": ("", "location / { return 404; }"),
    "h2c_404": ("http2", "location / { return 404; }"),
    "h2c_html": ("http2", "default_type text/html; location / { return 200 '<h1>hello</h1>'; }"),
    "h2c_redirect": ("http2", "location / { return 301 https://nowhere.invalid/; }"),
    "h2c_502": ("http2", _GRPC_PASS.format(to="{dead}")),
    "h2c_milvus": ("http2", _GRPC_PASS.format(to="{milvus}")),
    "tls_http1": ("ssl", "location / { return 404; }"),
    "tls_404": ("ssl http2", "location / { return 404; }"),
    "tls_401": ("ssl http2", "location / { return 401; }"),
    "tls_403": ("ssl http2", "location / { return 403; }"),
    "tls_502": ("ssl http2", _GRPC_PASS.format(to="{dead}")),
    "tls_client": (
        "ssl http2",
        "ssl_client_certificate {ca}; ssl_verify_client on; " + _GRPC_PASS.format(to="{milvus}"),
    ),
    "tls_milvus": ("ssl http2", _GRPC_PASS.format(to="{milvus}")),
    "tls_old_cipher": ("ssl http2", f"{_OLD_CIPHER} {_GRPC_PASS.format(to='{milvus}')}"),
    "tls_odd_curve": (
        "ssl http2",
        "ssl_protocols TLSv1.3; ssl_ecdh_curve secp521r1; " + _GRPC_PASS.format(to="{milvus}"),
    ),
    "tls12_milvus": ("ssl http2", "ssl_protocols TLSv1.2; " + _GRPC_PASS.format(to="{milvus}")),
    "tls13_milvus": ("ssl http2", "ssl_protocols TLSv1.3; " + _GRPC_PASS.format(to="{milvus}")),
}


def nginx(directory: Path, authority: Authority, milvus: int) -> Daemon:
    """nginx, before a Milvus on port `milvus` and before others: see `_SERVERS`."""
    program, shown = found("nginx"), authority.issue("localhost", HOST)

    def command(doors: Doors) -> list[str]:
        to = {"dead": doors["dead"], "milvus": milvus, "ca": authority.ca_file}
        servers = "\n  ".join(
            f"server {{ listen {HOST}:{doors[name]} {how}; {_filled(block, to)} }}"
            for name, (how, block) in _SERVERS.items()
        )
        text = _NGINX.format(directory=directory, cert=shown.cert, key=shown.key, servers=servers)
        (directory / "nginx.conf").write_text(text)
        return [program, "-p", str(directory), "-c", str(directory / "nginx.conf"), "-e", "stderr"]

    return listening(directory, command, tuple(_SERVERS), closed=["dead"])


def nginx_with(directory: Path, block: str, how: str = "http2") -> Daemon:
    """nginx with one server: `block` is what it does, `how` the end of its `listen`."""
    program = found("nginx")

    def command(doors: Doors) -> list[str]:
        servers = f"server {{ listen {HOST}:{doors['port']} {how}; {block} }}"
        text = _NGINX.format(directory=directory, cert="", key="", servers=servers)
        text = text.replace("ssl_certificate ; ssl_certificate_key ;", "")
        (directory / "nginx.conf").write_text(text)
        return [program, "-p", str(directory), "-c", str(directory / "nginx.conf"), "-e", "stderr"]

    return listening(directory, command)


def _filled(text: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text.replace("{{", "{").replace("}}", "}")


_HAPROXY = """
global
  maxconn 256
defaults
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
listen tcp
  mode tcp
  bind {host}:{port}
  server dead {host}:{dead}
listen tls_tcp
  mode tcp
  bind {host}:{tls_tcp} ssl crt {pem} alpn h2
  server dead {host}:{dead}
listen tls_http
  mode http
  bind {host}:{tls_http} ssl crt {pem} alpn h2,http/1.1
  server dead {host}:{dead}
listen tls_no_alpn
  mode tcp
  bind {host}:{tls_no_alpn} ssl crt {pem}
  server milvus {host}:{milvus}
listen tls_milvus
  mode tcp
  bind {host}:{tls_milvus} ssl crt {pem} alpn h2
  server milvus {host}:{milvus}
"""


def haproxy(directory: Path, authority: Authority, milvus: int) -> Daemon:
    """HAProxy: before nothing that lives, or before a Milvus on port `milvus`."""
    program, shown = found("haproxy"), authority.issue("localhost", HOST)
    pem = directory / "both.pem"
    pem.write_bytes(shown.cert.read_bytes() + shown.key.read_bytes())

    def command(doors: Doors) -> list[str]:
        configuration = directory / "haproxy.cfg"
        configuration.write_text(_HAPROXY.format(host=HOST, pem=pem, milvus=milvus, **doors))
        return [program, "-db", "-f", str(configuration)]

    names = ("port", "tls_tcp", "tls_http", "tls_no_alpn", "tls_milvus")
    return listening(directory, command, names, closed=["dead"])


def haproxy_with(directory: Path, to: int, timeout: str) -> Daemon:
    """HAProxy in TCP mode, which closes connections to port `to` without traffic for `timeout`."""
    program = found("haproxy")

    def command(doors: Doors) -> list[str]:
        text = (
            f"defaults\n  mode tcp\n  timeout connect 2s\n  timeout client {timeout}\n"
            f"  timeout server {timeout}\nlisten milvus\n  bind {HOST}:{doors['port']}\n"
            f"  server milvus {HOST}:{to}\n"
        )
        (directory / "haproxy.cfg").write_text(text)
        return [program, "-db", "-f", str(directory / "haproxy.cfg")]

    return listening(directory, command)


def tinyproxy(directory: Path, milvus: int) -> Daemon:
    """A real HTTP proxy, that opens tunnels to port `milvus` and to `dead`, and to no other."""
    program = found("tinyproxy")

    def command(doors: Doors) -> list[str]:
        lines = (
            f"Port {doors['port']}", f"Listen {HOST}", "Timeout 30", "MaxClients 50",
            f"Allow {HOST}", f"ConnectPort {milvus}", f"ConnectPort {doors['dead']}",
        )  # fmt: skip
        (directory / "tinyproxy.conf").write_text("\n".join(lines) + "\n")
        return [program, "-d", "-c", str(directory / "tinyproxy.conf")]

    return listening(directory, command, closed=["dead"])


def s_server(directory: Path, *options: str) -> Daemon:
    """`openssl s_server` with these options; inside of its TLS it answers web browsers alone."""
    program = found("openssl")
    return listening(
        directory,
        lambda doors: [
            program, "s_server", "-accept", f"{HOST}:{doors['port']}", "-www", "-quiet", *options,
        ],
    )  # fmt: skip


def takes_tls_1_1() -> bool:
    """Whether this machine's OpenSSL still speaks TLS 1.1."""
    ran = subprocess.run(
        [found("openssl"), "ciphers", "-s", "-tls1_1", "ALL:@SECLEVEL=0"],
        capture_output=True,
        check=False,
    )
    return ran.returncode == 0 and bool(ran.stdout.strip())
