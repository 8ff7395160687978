"""A Docker daemon that runs nothing: it writes down what `docker run` asks for, and refuses.

So the real command line of Docker parses what is pasted, and no container is needed.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any, NamedTuple

import pytest

_REFUSAL = "this daemon runs nothing"


class Container(NamedTuple):
    """What a container would have been given."""

    image: str
    environment: Mapping[str, str]
    binds: list[str]
    ports: Mapping[str, list[str]]
    """The host's ports by the container's: `3000/tcp`."""


def docker_run(command: str, environment: Mapping[str, str]) -> Container:
    """What the command `docker run …` asks the daemon for; skips where docker is not there."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("docker is not installed")
    with _daemon() as (host, asked):
        ran = subprocess.run(
            ["sh", "-c", command],
            env={**environment, "DOCKER_HOST": host, "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert _REFUSAL in ran.stderr, ran.stderr
    (created,) = asked
    bindings = created["HostConfig"]["PortBindings"]
    return Container(
        image=created["Image"],
        environment=dict(one.split("=", 1) for one in created["Env"]),
        binds=created["HostConfig"]["Binds"] or [],
        ports={inner: [one["HostPort"] for one in outer] for inner, outer in bindings.items()},
    )


@contextmanager
def _daemon() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its address, and the containers that it is asked for."""
    asked: list[dict[str, Any]] = []

    class Daemon(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Api-Version", "1.41")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815 -- older versions of docker ping so

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.partition("?")[0].endswith("/containers/create"):
                asked.append(json.loads(body))
            said = json.dumps({"message": _REFUSAL}).encode()
            self.send_response(400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with tempfile.TemporaryDirectory() as name:  # paths of sockets are short
        socket = Path(name, "s")
        with ThreadingUnixStreamServer(str(socket), Daemon) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"unix://{socket}", asked
            finally:
                server.shutdown()
                thread.join()
