"""Run one command where name resolution behaves as told. Only for inside a fresh namespace.

Started by `tests.servers.namespace` as a script, by a bare interpreter: standard library only.
Here root is nobody, the network is a loopback that is down, and what is mounted is seen by no one
else. It brings loopback up, puts its own name server into /etc/resolv.conf, answers on UDP
127.0.0.1:53 from a thread, runs the command and ends as the command ended.

    resolver.py '{"kind": "mapping", "names": {"a.example": ["127.0.0.1"]}, "options": ""}' COMMAND…
"""

import ctypes
import fcntl
import ipaddress
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_SIOCGIFFLAGS: Final = 0x8913  # linux/sockios.h
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 1
_IFREQ: Final = struct.Struct("16sh22x")  # linux/if.h, struct ifreq with ifr_flags

_MS_BIND: Final = 4096  # sys/mount.h

# RFC 1035, section 4.1
_HEADER: Final = struct.Struct("!6H")
_RESPONSE: Final = 0x8080  # QR and RA: an answer, of a server that looks further
_RECURSION_DESIRED: Final = 0x0100
_NO_ERROR, _SERVER_FAILURE, _NAME_ERROR = 0, 2, 3
_TYPE_OF_VERSION: Final = {4: 1, 6: 28}  # A and AAAA
_CLASS_IN: Final = 1
_QUESTION_NAME: Final = 0xC00C  # "the name at offset 12", by compression
_SECONDS_TO_LIVE: Final = 0

Names = Mapping[str, Sequence[str]]


def main(instructions: str, *command: str) -> int:
    """Prepare the namespace, run `command`, and return its exit code."""
    told = json.loads(instructions)
    _bring_loopback_up()
    _resolve_through_loopback(told["options"])
    if told["kind"] != "absent":
        _serve(told["kind"], told["names"])
    code = subprocess.call(command)
    if code < 0:
        _die_of(signal.Signals(-code))
    return code


def _die_of(fatal: signal.Signals) -> None:
    """End as the command did, so that whoever started us sees the same signal."""
    if fatal not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(fatal, signal.SIG_DFL)
    os.kill(os.getpid(), fatal)


def _bring_loopback_up() -> None:
    """Do what `ip link set lo up` does, on machines without iproute2 too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        now = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, _IFREQ.pack(b"lo", 0))
        _, flags = _IFREQ.unpack(now)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, _IFREQ.pack(b"lo", flags | _IFF_UP))


def _resolve_through_loopback(options: str) -> None:
    # "search .": the domain of this machine's own host name is not to be tried.
    resolv_conf = f"nameserver 127.0.0.1\nsearch .\noptions {options}\n"
    _show_instead_of(Path("/etc/resolv.conf"), resolv_conf)
    # Services that are met at a unix socket (resolved, mDNS, nscd) would ask the real network.
    _show_instead_of(Path("/etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n")
    nscd = Path("/var/run/nscd")  # where glibc looks for it before it reads nsswitch.conf
    if nscd.is_dir():
        with tempfile.TemporaryDirectory() as empty:
            _mount_over(nscd, Path(empty))


def _show_instead_of(path: Path, text: str) -> None:
    if not path.exists():
        return
    with tempfile.NamedTemporaryFile("w", suffix=path.name) as shown:
        shown.write(text)
        shown.flush()
        Path(shown.name).chmod(0o644)
        _mount_over(path, Path(shown.name))  # the mount outlives the name


def _mount_over(path: Path, shown: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(os.fsencode(shown), os.fsencode(path), None, _MS_BIND, None) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(path))


def _serve(kind: str, names: Names) -> None:
    """Answer from now on: the socket is bound when this returns, so that no query is lost."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    threading.Thread(target=_answer_all, args=(server, kind, names), daemon=True).start()


def _answer_all(server: socket.socket, kind: str, names: Names) -> None:
    while True:
        query, client = server.recvfrom(65535)
        if kind != "silent":
            server.sendto(_answer(query, kind, names), client)


def _answer(query: bytes, kind: str, names: Names) -> bytes:
    name, question = _question(query)
    if kind == "failing":
        return _message(query, question, _SERVER_FAILURE)
    if kind == "unknown" or name not in names:
        return _message(query, question, _NAME_ERROR)
    (wanted,) = struct.unpack_from("!H", question, len(question) - 4)
    records = [_record(address) for address in names[name] if _type(address) == wanted]
    return _message(query, question, _NO_ERROR, records)


def _question(query: bytes) -> tuple[str, bytes]:
    """Find the name that is asked for, in lower case, and the whole question as it came."""
    labels, at = [], _HEADER.size
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), query[_HEADER.size : at + 5]


def _message(query: bytes, question: bytes, code: int, records: Sequence[bytes] = ()) -> bytes:
    identifier, flags, *_ = _HEADER.unpack_from(query)
    flags = _RESPONSE | flags & _RECURSION_DESIRED | code
    header = _HEADER.pack(identifier, flags, 1, len(records), 0, 0)
    return header + question + b"".join(records)


def _record(address: str) -> bytes:
    packed = ipaddress.ip_address(address).packed
    fixed = (_QUESTION_NAME, _type(address), _CLASS_IN, _SECONDS_TO_LIVE, len(packed))
    return struct.pack("!HHHIH", *fixed) + packed


def _type(address: str) -> int:
    return _TYPE_OF_VERSION[ipaddress.ip_address(address).version]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
