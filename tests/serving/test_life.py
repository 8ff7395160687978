"""How `serve` starts, follows its registry, and ends."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Milvusconn, run_program
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.calls import came_true
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.serving.running import Answer, Serving, in_background

Speak = Callable[..., SpeakingMilvus]
NOWHERE = "http://127.0.0.1:1"


def registered(path: Path, **uris: str) -> None:
    """Write the registry, whole."""
    path.parent.mkdir(exist_ok=True)
    tables = [f'[connections.{alias}]\nuri = "{uri}"\n' for alias, uri in uris.items()]
    path.write_text("version = 1\n" + "".join(tables), "utf-8")
    path.chmod(0o600)


def test_sigterm_drains(registry_path: Path, speaking_milvus: Speak) -> None:
    """Whoever waits has the answer; nobody else is let in; exit 0."""
    may_answer, asked = threading.Event(), threading.Event()
    later = answers.after(may_answer)

    def answer(request: object, context: object) -> object:
        asked.set()
        return later(request, context)  # type: ignore[arg-type]

    registered(registry_path, slow=speaking_milvus(connect=answer).uri)
    with Serving("-t", "30") as serving:
        ((waiting, answered),) = in_background([lambda: serving.get("/has/slow")])
        assert asked.wait(60)
        serving.process.send_signal(signal.SIGTERM)

        def is_closed() -> bool:
            try:
                socket.create_connection((serving.host, serving.port), 1).close()
            except ConnectionRefusedError:
                return True
            return False

        assert came_true(is_closed, 30)
        may_answer.set()
        waiting.join(60)
        code = serving.process.wait(60)

    assert [(one.status, one.text) for one in answered] == [(200, "True\n")]
    assert code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_exit_code(registry_path: Path, number: signal.Signals, code: int) -> None:
    """A service that was stopped in order did well; Ctrl-C is what it is elsewhere."""
    registered(registry_path, dead=NOWHERE)
    with Serving() as serving:
        assert serving.end(number) == code
    assert not [line for line in serving.said if "Traceback" in line]


def test_second_signal_ends_it_at_once(registry_path: Path, silent_port: int) -> None:
    """Whoever insists does not wait for a server that says nothing."""
    registered(registry_path, silent=f"http://127.0.0.1:{silent_port}")
    with Serving("-t", "120") as serving:
        in_background([lambda: _attempt(serving, "/has/silent")])
        assert came_true(
            lambda: "milvusconn_probes_in_flight 1.0" in serving.get("/metrics").text, 60
        )
        serving.process.send_signal(signal.SIGTERM)
        assert came_true(lambda: _refuses(serving), 30)
        code = serving.end()

    assert code == -signal.SIGTERM


def _attempt(serving: Serving, path: str) -> Answer:
    try:
        return serving.get(path)
    except OSError:
        return Answer(0, {}, b"")


def _refuses(serving: Serving) -> bool:
    try:
        socket.create_connection((serving.host, serving.port), 1).close()
    except OSError:
        return True
    return False


def test_registry_is_read_again_when_it_changes(registry_path: Path) -> None:
    """A new alias is answered for, one that is gone is not."""
    registered(registry_path, old=NOWHERE)
    with Serving() as serving:
        registered(registry_path, new=NOWHERE, other=NOWHERE)
        serving.wait_for("registry reloaded: 2 aliases")

        assert serving.get("/has/new").status == 503
        assert serving.get("/has/old").status == 404


def test_registry_that_cannot_be_read_changes_nothing(registry_path: Path) -> None:
    """A typo does not end the monitoring; metrics tell of it until it is mended."""
    registered(registry_path, old=NOWHERE)
    with Serving() as serving:
        registry_path.write_text("[connections\n")
        serving.wait_for("the registry is not reloaded: .*line 1")
        broken = serving.get("/metrics").text

        assert serving.get("/has/old").status == 503
        assert "milvusconn_registry_reload_success 0.0" in broken
        registered(registry_path, old=NOWHERE)
        serving.wait_for("registry reloaded")
        assert "milvusconn_registry_reload_success 1.0" in serving.get("/metrics").text


def test_sighup_reads_the_registry_again(registry_path: Path) -> None:
    """At once, even if the file's time and size say that nothing changed."""
    registered(registry_path, aaa=NOWHERE)
    before = registry_path.stat()
    with Serving() as serving:
        registered(registry_path, bbb=NOWHERE)
        os.utime(registry_path, ns=(before.st_atime_ns, before.st_mtime_ns))
        serving.process.send_signal(signal.SIGHUP)
        serving.wait_for("registry reloaded")

        assert serving.get("/has/bbb").status == 503


def test_systemd_is_notified(registry_path: Path, tmp_path: Path) -> None:
    """READY, RELOADING and READY, STOPPING, and the watchdog's sign of life."""
    registered(registry_path, dead=NOWHERE)
    place = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        systemd.settimeout(60)
        environment = {"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": "200000"}
        with Serving(environment=environment) as serving:
            heard = _heard_until(systemd, "WATCHDOG=1")
            serving.process.send_signal(signal.SIGHUP)
            heard += _heard_until(systemd, "RELOADING=1")
            heard += _heard_until(systemd, "READY=1")
            serving.process.send_signal(signal.SIGTERM)
            heard += _heard_until(systemd, "STOPPING=1")

    assert heard[0].startswith("READY=1\nSTATUS=serving on 127.0.0.1:") or "READY=1" in heard[1]
    assert any("MONOTONIC_USEC=" in one for one in heard)


def _heard_until(systemd: socket.socket, line: str) -> list[str]:
    heard: list[str] = []
    while not heard or line not in heard[-1].splitlines():
        heard.append(systemd.recv(4096).decode())
    return heard


def test_port_that_is_taken(registry_path: Path) -> None:
    """One line, and the code of an invalid configuration."""
    registered(registry_path, dead=NOWHERE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = run_program(["serve", "--listen", address])

    assert ran.code == 78
    assert f"milvusconn: cannot listen on {address}: " in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("listen", ["9633", "localhost", "[::1]:99999", ":0", "::1:0", "a:b@c:1"])
def test_listen_that_is_not_valid(milvusconn: Milvusconn, listen: str) -> None:
    """A usage error that shows the form, and not what was typed."""
    ran = milvusconn("serve", "--listen", listen)

    assert ran.code == 2
    assert "expected HOST:PORT" in ran.err
    assert "a:b" not in ran.err


def test_ipv6(registry_path: Path) -> None:
    """In brackets, as in a URL."""
    registered(registry_path, dead=NOWHERE)
    with Serving(listen="[::1]:0") as serving:
        assert serving.said[-1].endswith(f" on http://[::1]:{serving.port}")
        serving.host = "::1"
        assert serving.get("/-/healthy").status == 200


def test_beyond_loopback_there_is_a_warning(registry_path: Path) -> None:
    """Others could read the aliases; on loopback nothing is said."""
    registered(registry_path, dead=NOWHERE)
    with Serving(listen="0.0.0.0:0") as serving:
        assert "0.0.0.0 lets others on the network" in serving.said[0]
    with Serving() as serving:
        assert not [line for line in serving.said if "network" in line]


def test_registry_that_cannot_be_read_at_the_start(registry_path: Path) -> None:
    """It says so and does not serve nothing."""
    registry_path.parent.mkdir()
    registry_path.write_text("[connections\n")

    ran = run_program(["serve", "--listen", "127.0.0.1:0"])

    assert ran.code == 78


@pytest.mark.parametrize("package", ["aiohttp", "prometheus_client"])
def test_without_the_extra(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """It says what to install."""
    from milvusconn_cli.commands import serve  # noqa: PLC0415 -- to be patched

    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == package else object())

    ran = milvusconn("serve")

    assert ran.code == 78
    assert package in ran.err
    assert "install" in ran.err


def test_changes_of_a_status_are_told(registry_path: Path, speaking_milvus: Speak) -> None:
    """Once when it fails, once when it is back; nothing while nothing changes."""
    now = [answers.status(code=1)]

    def answer(request: object, context: object) -> object:
        return now[0](request, context)  # type: ignore[arg-type]

    registered(registry_path, dev=speaking_milvus(connect=answer).uri)
    with Serving("--min-interval", "0") as serving:
        for _ in range(3):
            serving.get("/has/dev")
        now[0] = answers.established()
        for _ in range(3):
            serving.get("/has/dev")
        serving.wait_for("dev: established")
        told = [line for line in serving.said if line.startswith("milvusconn: dev: ")]

    assert len(told) == 2
    assert told[1] == "milvusconn: dev: established"


def test_silent_servers_delay_nobody(registry_path: Path, speaking_milvus: Speak) -> None:
    """A hundred of them are waited for, and the healthy one answers meanwhile."""
    with faults.silent() as place:
        silent = {f"silent{number}": f"http://{place.address}" for number in range(100)}
        registered(registry_path, well=speaking_milvus().uri, **silent)
        with Serving("-t", "200") as serving:
            waiting = in_background(
                [partial(_attempt, serving, f"/has/{alias}") for alias in silent]
            )
            assert came_true(lambda: _in_flight(serving) >= 100, 120)
            healthy = serving.get("/has/well")
            metrics = serving.get("/metrics").text
            is_over = [answered for _, answered in waiting if answered]
            serving.process.kill()
            for thread, _ in waiting:
                thread.join(60)

    assert healthy.text == "True\n"
    assert 'milvusconn_up{address="' in metrics
    assert is_over == []


def _in_flight(serving: Serving) -> float:
    line = next(
        line
        for line in serving.get("/metrics").text.splitlines()
        if line.startswith("milvusconn_probes_in_flight ")
    )
    return float(line.split()[1])


def test_max_probes_bounds_them(registry_path: Path, silent_port: int) -> None:
    """Twenty ask, five are under way."""
    aliases = {f"a{number}": f"http://127.0.0.1:{silent_port}" for number in range(20)}
    registered(registry_path, **aliases)
    with Serving("--max-probes", "5", "-t", "60") as serving:
        in_background([partial(_attempt, serving, f"/has/{alias}") for alias in aliases])
        assert came_true(lambda: _in_flight(serving) == 5, 60)
        seen = {_in_flight(serving) for _ in range(2)}

    assert seen == {5.0}
