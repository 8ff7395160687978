"""A signal ends the program by its code, whenever it comes, and nothing that it started is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.programs import LONG, PROGRAM, assert_no_traceback
from tests.conftest import Ran, run_program

NOWHERE = "http://127.0.0.1:1"
_FIRST = 14
"""Calls and returns, after which the handlers of all three signals are there."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}

# The process signals itself at its nth call of a function, counted from the start of the program.
AT_THE_NTH_CALL = """
import os, sys
calls = 0
def look(frame, event, argument):
    global calls
    if calls or frame.f_code.co_name == "run" and frame.f_code.co_filename.endswith("entry.py"):
        calls += 1
        if calls == int(os.environ["AT_CALL"]):
            sys.setprofile(None)
            os.kill(os.getpid(), int(os.environ["SIGNAL"]))
def tell():
    os.write(2, str(calls).encode())
sys.setprofile(look)
if os.environ["AT_CALL"] == "0":
    leave = os._exit
    os._exit = lambda code: (tell(), leave(code))
"""


@pytest.fixture
def seam(tmp_path: Path, registry_path: Path) -> dict[str, str]:
    """The environment of a program that signals itself; it has an alias that refuses."""
    (tmp_path / "seam").mkdir()
    (tmp_path / "seam" / "sitecustomize.py").write_text(AT_THE_NTH_CALL)
    (tmp_path / "r.toml").write_text(f'[connections.a]\nuri = "{NOWHERE}"\ntoken = "S3CR3T-t0k"\n')
    registry_path.parent.mkdir()
    registry_path.write_text(f'[connections.dead]\nuri = "{NOWHERE}"\n')
    registry_path.chmod(0o600)
    return {"PYTHONPATH": str(tmp_path / "seam")}


@pytest.mark.sweep(one_in=2)
@pytest.mark.parametrize(
    ("verb", "moments"),
    [("has dead", 18), ("list", 8), ("import ../r.toml", 6), ("__complete aliases", 3)],
)
def test_at_any_moment(seam: dict[str, str], registry_path: Path, verb: str, moments: int) -> None:
    """While it imports, dials, writes or leaves: its code or the answer's, and no traceback."""
    arguments = verb.split()
    undisturbed = run_program(arguments, environment={**seam, "AT_CALL": "0", "SIGNAL": "0"})
    # The very last line: whatever the program itself has to say comes before.
    calls = int(undisturbed.err.rpartition("\n")[2])

    for moment in range(moments):
        number = list(CODES)[moment % 3]
        at = _FIRST + (calls - _FIRST) * moment // moments
        environment = {**seam, "AT_CALL": str(at), "SIGNAL": str(int(number))}
        Path("../config/connections.toml").touch()
        registry_path.write_text(f'[connections.dead]\nuri = "{NOWHERE}"\n')
        ran = run_program(arguments, environment=environment)

        assert ran.code == CODES[number], (at, number, ran)
        assert_no_traceback(ran.err)
        assert "Exception ignored" not in ran.err, (at, number, ran)
        assert "never awaited" not in ran.err, (at, number, ran)


def test_in_a_destructor(tmp_path: Path) -> None:
    """Python would print an interrupt that comes there, and go on as if there had been none."""
    (tmp_path / "keyring.py").write_text(
        "import os, signal, typer\n"
        "class Dying:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        sum(range(1000))\n"
    )
    program = (
        "from milvusconn_cli import app\n"
        "from keyring import Dying\n"
        "def main():\n"
        "    Dying()\n"
        "    print('went on')\n"
        "app.main = main\n"
        "app.run()\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert Ran(ran.returncode, ran.stdout, ran.stderr) == Ran(130, "", "")


# What it has started


# Holds a pipe open until it is killed, as does a child of its own.
HOLDING = """
import os, signal, sys
held = os.open(sys.argv[1], os.O_WRONLY)
os.fork()
os.write(held, b"!")
while True: signal.pause()
"""


@pytest.fixture
def held(tmp_path: Path, registry_path: Path) -> Path:
    """A named pipe that the secret's command of the alias `dev` holds open for ever."""
    path = tmp_path / "held"
    os.mkfifo(path)
    command = json.dumps([sys.executable, "-c", HOLDING, str(path)])
    registry_path.parent.mkdir()
    registry_path.write_text(
        f'[connections.dev]\nuri = "{NOWHERE}"\ntoken = {{ command = {command} }}\n'
    )
    registry_path.chmod(0o600)
    return path


def ended(pipe: Path, end: Callable[["subprocess.Popen[str]"], None], *wrapper: str) -> Ran:
    """A probe of `dev` that is ended; returns when nothing that it started holds the pipe."""
    program = subprocess.Popen(
        [*wrapper, *PROGRAM, "has", "dev", "-t", "3600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with pipe.open("rb", buffering=0) as reader:  # waits for the command
        said = reader.read(1)
        if len(said) < 2:
            said += reader.read(1)
        end(program)
        out, err = program.communicate(timeout=LONG)
        assert (said, reader.read()) == (b"!!", b"")  # waits for the last of them
    return Ran(program.returncode, out, err)


@pytest.mark.parametrize("number", [*CODES, signal.SIGKILL], ids=str)
def test_the_command_of_a_secret_ends_with_it(held: Path, number: signal.Signals) -> None:
    """With all that it has started; also where the program had no time to see to it."""
    ran = ended(held, lambda program: program.send_signal(number))

    assert (ran.code, ran.out) == (CODES.get(number, -number), "")
    assert_no_traceback(ran.err)


def test_a_signal_that_is_ignored_stays_ignored(held: Path) -> None:
    """As under nohup: of two signals that come, the one that counts is the other."""

    def end(program: "subprocess.Popen[str]") -> None:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            program.send_signal(number)

    ran = ended(held, end, "sh", "-c", 'trap "" HUP TERM; exec "$@"', "sh")

    assert ran.code == CODES[signal.SIGINT]


def test_milvus_lite_ends_with_a_closed_terminal(tmp_path: Path, registry_path: Path) -> None:
    """It lets go of its database: the next probe is not told that it is locked."""
    registry_path.parent.mkdir()
    registry_path.write_text(f'[connections.lite]\nuri = "{tmp_path}/m.db"\n')
    registry_path.chmod(0o600)
    program = subprocess.Popen([*PROGRAM, "has", "lite", "-t", "60"])
    while not (tmp_path / "m.db").exists() and program.poll() is None:
        time.sleep(0.005)

    program.send_signal(signal.SIGHUP)
    code = program.wait(LONG)

    assert code == CODES[signal.SIGHUP]
    assert run_program(["has", "lite", "-t", "60"]).out == "True\n"
