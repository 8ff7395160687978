"""Run inside a network namespace of its own (namespace.py): a Milvus, and the program before it.

Says one JSON object: for each case its row of `milvusconn has`. A case is a URI and a command that
sets up the namespace for it; `{plain}` and `{tls}` in a URI are the ports of a Milvus without and
with TLS.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus


def main(cases: Mapping[str, tuple[str, str]]) -> None:
    """Set up, probe and clean up for each case, and print the rows."""
    _run("ip link set lo up")
    rows = {}
    with tempfile.TemporaryDirectory() as home:
        authority = Authority(Path(home) / "authority")
        shown = authority.issue("localhost", "127.0.0.1")
        with SpeakingMilvus() as plain, SpeakingMilvus(tls=shown) as tls:
            for name, (uri, command) in cases.items():
                _run(command)
                where = uri.format(plain=plain.port, tls=tls.port)
                rows[name] = probed(where, Path(home), authority.ca_file)
                _run("iptables -F")
                _run("ip route flush table main")
    sys.stdout.write(json.dumps(rows))


def _run(command: str) -> None:
    if command:
        subprocess.run(command.split(), check=True)


def probed(uri: str, home: Path, ca: Path) -> object:
    """The row of one URI."""
    config = home / "connections.toml"
    tls = f'tls = {{ ca = "{ca}" }}' if uri.startswith("https") else ""
    config.write_text(f'[connections.dev]\nuri = "{uri}"\n{tls}\n')
    config.chmod(0o600)
    ran = subprocess.run(
        [sys.executable, "-m", "milvusconn_cli", "has", "dev", "-o", "json", "-t", "3",
         "--config", str(config)],
        env={"PATH": os.defpath, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return json.loads(ran.stdout)["connections"][0]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
