"""`edit`: the registry in an editor; saved only if it is valid and nobody else has changed it."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.verbs import assert_did, assert_refused, register
from tests.conftest import Milvusconn


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that does what this script says with its file, `$1`."""
    script = tmp_path / "an editor.sh"
    script.touch(mode=0o700)
    monkeypatch.setenv("EDITOR", f"sh '{script}'")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return script


def left_over(tmp_path: Path) -> list[Path]:
    return list(tmp_path.glob("milvusconn-*/*"))


def test_what_was_edited_is_saved(
    milvusconn: Milvusconn, editor: Path, registry_path: Path, tmp_path: Path
) -> None:
    """The text as it is, comments and all; the copy is private, and gone afterwards."""
    register(milvusconn, "dev")
    editor.write_text(
        'stat -c %a "$1" "$(dirname "$1")" > modes; echo "# mine" >> "$1"; sed -i s/dev/live/ "$1"'
    )
    before = registry_path.read_text()

    assert_did(milvusconn("edit"), f"{registry_path}: saved")

    assert registry_path.read_text() == before.replace("dev", "live") + "# mine\n"
    assert Path("modes").read_text().split() == ["600", "700"]
    assert registry_path.stat().st_mode & 0o777 == 0o600
    assert left_over(tmp_path) == []


def test_nothing_edited(milvusconn: Milvusconn, editor: Path, registry_path: Path) -> None:
    """No change, and no file where there was none."""
    editor.write_text("true")

    assert_did(milvusconn("edit"), "unchanged")

    assert not registry_path.exists()


def test_a_new_file(milvusconn: Milvusconn, editor: Path, registry_path: Path) -> None:
    """Begins with an example in comments."""
    editor.write_text('grep -q "# uri" "$1" && sed -i "s/^# //" "$1"')

    assert_did(milvusconn("edit"), "saved")

    assert milvusconn("address", "prod").out == "milvus.example:443\n"
    assert registry_path.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 1\n[connections\n", "line 2, column 13"),
        ('version = 1\n\n[connections.dev]\nuri = "h:1"\n', "(at line 3, column 1)"),
        ("connections = 1\n", "(at line 1, column 1)"),
    ],
)
def test_a_mistake(
    milvusconn: Milvusconn,
    editor: Path,
    registry_path: Path,
    tmp_path: Path,
    text: str,
    words: str,
) -> None:
    """Named with its place; nothing is saved, and what was typed is kept."""
    register(milvusconn, "dev")
    before = registry_path.read_text()
    (tmp_path / "wrong").write_text(text)
    editor.write_text(f'cp "{tmp_path / "wrong"}" "$1"')

    ran = milvusconn("edit")

    (kept,) = left_over(tmp_path)
    assert_refused(ran, 78, words, str(kept))
    assert kept.read_text() == text
    assert registry_path.read_text() == before


def test_a_change_by_somebody_else(
    milvusconn: Milvusconn, editor: Path, registry_path: Path, tmp_path: Path
) -> None:
    """Both are kept: theirs in the file, ours where the hint says."""
    register(milvusconn, "dev")
    editor.write_text(f'echo "# mine" >> "$1"; echo "# theirs" >> "{registry_path}"')

    ran = milvusconn("edit")

    (kept,) = left_over(tmp_path)
    assert_refused(ran, 78, "changed by somebody else", str(kept))
    assert registry_path.read_text().endswith("# theirs\n")
    assert kept.read_text().endswith("# mine\n")


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("false", 78, "exit code 1"),
        ("/nowhere/editor", 78, "cannot be started"),
        ("'", 2, "quoting"),
        ("", 2, "no terminal for an editor"),
    ],
)
def test_an_editor_that_does_not_work(
    milvusconn: Milvusconn, monkeypatch: pytest.MonkeyPatch, said: str, code: int, words: str
) -> None:
    """Nothing is saved."""
    monkeypatch.setenv("EDITOR", said)

    assert_refused(milvusconn("edit"), code, words)


def test_visual_goes_before_editor(
    milvusconn: Milvusconn, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in other programs."""
    editor.write_text("exit 9")
    monkeypatch.setenv("VISUAL", "true")

    assert_did(milvusconn("edit"), "unchanged")


def test_edit_again(editor: Path, registry_path: Path) -> None:
    """On a terminal, a mistake can be put right at once."""
    editor.write_text(
        'if [ -e second ]; then sed -i "s/= h/= \\"http:\\/\\/h\\"/" "$1";'
        ' else touch second; printf "[connections.dev]\\nuri = h\\n" > "$1"; fi'
    )
    terminal, other_end = pty.openpty()
    ran = subprocess.Popen(
        [sys.executable, "-m", "milvusconn_cli", "edit"],
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    seen = ""
    try:
        while select.select([terminal], [], [], 60)[0]:
            try:
                seen += os.read(terminal, 4096).decode()
            except OSError:
                break
            if "Edit again?" in seen and "\n" not in seen.partition("Edit again?")[2]:
                os.write(terminal, b"y\n")
    finally:
        os.close(terminal)

    assert ran.wait() == 0, seen
    assert "line 2, column 7" in seen
    assert registry_path.read_text() == '[connections.dev]\nuri = "http://h"\n'


def test_a_file_that_is_broken_already(
    milvusconn: Milvusconn, editor: Path, registry_path: Path
) -> None:
    """It can be put right; and an alias that was invalid before is in nobody's way."""
    register(milvusconn, "dev")
    text = registry_path.read_text()
    registry_path.write_text(f"{text}[connections\n")
    editor.write_text('sed -i "$ d" "$1"')
    assert_did(milvusconn("edit"), "saved")
    assert registry_path.read_text() == text

    registry_path.write_text(f'{text}\n[connections.bad]\nuri = "h:1"\n')
    editor.write_text('echo "# mine" >> "$1"')

    assert_did(milvusconn("edit"), "saved")
