"""`.env` files as programs see them: compared with python-dotenv's own loader."""

from pathlib import Path

import dotenv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.system.dotenv_values import values
from tests.conftest import Milvusconn

FILES = {
    "last assignment": "A=1\nA=2\n",
    "emptied": "A=1\nA=\n",
    "spaces": "A = 1 \nexport B = 'x y'\n",
    "reference": "A=http://h\nB=${A}/db\nC=${NONE:-x}\nD=${NONE}\n",
    "single quotes": "A='${NONE}'\n",
    "comment": "A=1 # one\nB='# no'\n#C=1\n",
    "unreadable": "A=1\n'\nB=2\n",
    "no value": "A\nB=\n",
}
LINES = st.sampled_from(
    [
        "A=1",
        "A=",
        "A",
        "B='${A}'",
        'B="${A}x"',
        "A=${B:-d}",
        "export A = 2",
        "#A=3",
        "'",
        "A= 'x #' #",
    ]
)


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
@pytest.mark.filterwarnings("ignore")
def test_as_python_dotenv_reads_it(tmp_path: Path, text: str) -> None:
    """Of every file; a variable without a value is one that is empty."""
    path = tmp_path / ".env"
    path.write_text(text)
    theirs = {name: text or "" for name, text in dotenv.dotenv_values(path).items()}

    assert values(text, {}) == theirs


@given(st.lists(LINES, max_size=6))
def test_any_lines(lines: list[str]) -> None:
    """No file is an error."""
    found = values("\n".join(lines), {"B": "b"})

    assert all(isinstance(one, str) for one in found.values())


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("MILVUS_URI=http://h\n", True),
        ("export MILVUS_URI = 'http://h'\n", True),
        ("MILVUS_URI=http://h\nMILVUS_URI=\n", False),
        ("MILVUS_URI=${NO_SUCH_VARIABLE}\n", False),
        ("HERE=http://h\nMILVUS_URI=${HERE}\n", True),
        ("#MILVUS_URI=http://h\n", False),
        ('NOTE="\nMILVUS_URI=http://h\n"\n', False),
    ],
)
def test_a_place_beside_is_told_if_there_is_one(
    milvusconn: Milvusconn,
    own_place: Path,
    text: str,
    is_told: bool,  # noqa: FBT001 -- pytest's
) -> None:
    """What a program would not see is no reason for a warning."""
    (own_place / ".env").write_text(text)

    ran = milvusconn("has")

    assert ("MILVUS_URI of .env is not read" in ran.err) is is_told


def test_an_import_takes_the_last_assignment(milvusconn: Milvusconn, own_place: Path) -> None:
    """Also where that takes the value away."""
    (own_place / ".env").write_text(
        "MILVUS_URI=http://h\nMILVUS_USER=u\nMILVUS_PASSWORD=p\nMILVUS_USER=\nMILVUS_PASSWORD=\n"
    )

    assert milvusconn("import", ".env").code == 0

    assert "user = " not in milvusconn("export").out
