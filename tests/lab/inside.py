"""Inside a namespace: listen where a fault wants it, run commands, answer what each of them said.

Started by `tests.servers.namespace` as a script: standard library only. A listener leads to a
unix socket of the test process, which is the one thing that can be reached from in here; one
without a socket leaves a SYN unanswered.

    inside.py '{"listeners": [{"host": "127.0.0.2", "port": 443, "unix": "/…"}], "calls": [[…]]}'
"""

import json
import select
import socket
import subprocess
import sys
import threading
from typing import Any

_CHUNK = 65536
_QUEUE = 8


def main(instructions: str) -> int:
    """Do as told; standard output is one JSON list of what the calls said."""
    told = json.loads(instructions)
    held = [_listening(listener) for listener in told["listeners"]]
    sys.stdout.write(json.dumps([_call(call) for call in told["calls"]]))
    for listener in held:
        listener.close()
    return 0


def _call(command: list[str]) -> dict[str, object]:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return {"code": ran.returncode, "out": ran.stdout, "err": ran.stderr}


def _listening(told: dict[str, Any]) -> socket.socket:
    family = socket.AF_INET6 if ":" in told["host"] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind((told["host"], told["port"]))
    if "unix" not in told:
        _fill(listener)
        return listener
    listener.listen()
    threading.Thread(target=_forward_all, args=(listener, told["unix"]), daemon=True).start()
    return listener


_dialled: list[socket.socket] = []


def _fill(listener: socket.socket) -> None:
    """Fill the accept queue, which nobody empties."""
    listener.listen(0)
    for _ in range(_QUEUE):
        dialling = socket.socket(listener.family, socket.SOCK_STREAM)
        dialling.setblocking(False)  # noqa: FBT003 -- socket's own
        dialling.connect_ex(listener.getsockname())
        _dialled.append(dialling)


def _forward_all(listener: socket.socket, path: str) -> None:
    while True:
        guest, _ = listener.accept()
        threading.Thread(target=_forward, args=(guest, path), daemon=True).start()


def _forward(guest: socket.socket, path: str) -> None:
    with guest, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as host:
        host.connect(path)
        other = {guest: host, host: guest}
        while True:
            for one in select.select(list(other), [], [])[0]:
                try:
                    data = one.recv(_CHUNK)
                    other[one].sendall(data)
                except OSError:
                    return
                if not data:
                    return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
