"""Web servers and TLS balancers that people put before Milvus, beside nginx, HAProxy and Envoy.

Each is real software on loopback, started from a configuration in the directory that it is given
(see daemons.py).
"""

from collections.abc import Callable
from pathlib import Path

from tests.servers.certificates import CertificateFiles
from tests.servers.daemons import HOST, Daemon, Doors, found, listening


def _configured(
    program: str, directory: Path, text: Callable[[Doors], str], *options: str
) -> Daemon:
    """Run `program OPTIONS FILE`, whose file has what `text` makes of the ports."""
    path = found(program)

    def command(doors: Doors) -> list[str]:
        configuration = directory / f"{program}.conf"
        configuration.write_text(text(doors))
        return [path, *options, str(configuration)]

    return listening(directory, command)


def caddy(directory: Path, upstream: str, shown: CertificateFiles) -> Daemon:
    """Caddy over TLS; `upstream` is what its `reverse_proxy` is given, such as `h2c://H:P`."""
    return _configured(
        "caddy",
        directory,
        lambda doors: (
            f"""{{
  admin off
  auto_https off
}}
https://:{doors["port"]} {{
  bind {HOST}
  tls {shown.cert} {shown.key}
  reverse_proxy {upstream}
}}
"""
        ),
        *("run", "--adapter", "caddyfile", "--config"),
    )


def caddy_without_tls(directory: Path, upstream: str) -> Daemon:
    """Caddy that speaks HTTP/2 without TLS."""
    return _configured(
        "caddy",
        directory,
        lambda doors: (
            f"""{{
  admin off
  servers {{
    protocols h1 h2c
  }}
}}
http://:{doors["port"]} {{
  bind {HOST}
  reverse_proxy {upstream}
}}
"""
        ),
        *("run", "--adapter", "caddyfile", "--config"),
    )


def varnish(directory: Path, upstream: int) -> Daemon:
    """Varnish with HTTP/2 switched on, before a server on port `upstream`."""
    program = found("varnishd")
    return listening(
        directory,
        lambda doors: [
            program, "-F", "-a", f"{HOST}:{doors['port']}", "-b", f"{HOST}:{upstream}",
            "-n", str(directory / "varnish"), "-p", "feature=+http2", "-s", "malloc,16m",
            "-j", "none", "-S", "none", "-T", "none",
        ],
    )  # fmt: skip


def h2o(directory: Path, upstream: int, shown: CertificateFiles) -> Daemon:
    """h2o over TLS, before a server on port `upstream`, to which it speaks HTTP/1."""
    return _configured(
        "h2o",
        directory,
        lambda doors: (
            f"""
user: root
num-threads: 1
listen:
  host: {HOST}
  port: {doors["port"]}
  ssl:
    certificate-file: {shown.cert}
    key-file: {shown.key}
hosts:
  default:
    paths:
      /:
        proxy.reverse.url: http://{HOST}:{upstream}/
"""
        ),
        "-c",
    )


def nghttpx(directory: Path, upstream: str, shown: CertificateFiles) -> Daemon:
    """nghttpx over TLS; `upstream` is its `backend`, such as `127.0.0.1,1234;;proto=h2`."""
    return _configured(
        "nghttpx",
        directory,
        lambda doors: (
            f"""
frontend={HOST},{doors["port"]}
backend={upstream}
private-key-file={shown.key}
certificate-file={shown.cert}
errorlog-file=/dev/stderr
workers=1
"""
        ),
        "--conf",
    )


def stunnel(directory: Path, upstream: int, shown: CertificateFiles, *more: str) -> Daemon:
    """stunnel, which ends TLS before a server on port `upstream`; `more` are its settings."""
    return _configured(
        "stunnel4",
        directory,
        lambda doors: "\n".join(
            [
                "foreground = yes",
                "pid =",
                "[milvus]",
                f"accept = {HOST}:{doors['port']}",
                f"connect = {HOST}:{upstream}",
                f"cert = {shown.cert}",
                f"key = {shown.key}",
                *more,
                "",
            ]
        ),
    )


def haproxy(directory: Path, listen: str) -> Daemon:
    """HAProxy with one `listen` section, in which `{port}` is the port to bind."""
    return _configured(
        "haproxy",
        directory,
        lambda doors: (
            f"""
global
  maxconn 256
defaults
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
listen milvus
{listen.replace("{port}", str(doors["port"]))}
"""
        ),
        *("-db", "-f"),
    )


def sslh(directory: Path, upstream: int, name: str) -> Daemon:
    """sslh, which passes TLS on to port `upstream` where the client asks for `name` (SNI)."""
    program = found("sslh")

    def command(doors: Doors) -> list[str]:
        configuration = directory / "sslh.conf"
        configuration.write_text(
            f"""
foreground: true;
timeout: 2;
listen: ( {{ host: "{HOST}"; port: "{doors["port"]}"; }} );
protocols: (
  {{ name: "tls"; host: "{HOST}"; port: "{upstream}"; sni_hostnames: [ "{name}" ]; }}
);
"""
        )
        return [program, "-f", f"-F{configuration}"]

    return listening(directory, command)
