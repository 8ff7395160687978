"""The Containerfile of docs/recipes.md, built by buildah and used: with its health check, too.

The base image cannot be pulled by a test, so one with this machine's Python takes its name.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.milvus import MilvusServer
from tests.servers.python_image import Buildah, fetch_wheels, python_base
from tests.test_package import build
from tests.test_recipes import PAGE, SERVER, blocks

(CONTAINERFILE,) = blocks("dockerfile", "An image that contains it")
(HEALTH_CHECK,) = blocks("dockerfile", "Docker")
_IMAGE = re.findall(r"^FROM (\S+)", CONTAINERFILE.text, re.MULTILINE)[0]
_SERVE = '"$(ls /tmp/milvusconn-*.whl)[serve]"'

pytestmark = pytest.mark.xdist_group("image")


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """buildah, which has the base image; without it the test is skipped, but not in CI."""
    if shutil.which("buildah") is None:
        assert not os.environ.get("CI")
        pytest.skip("buildah is not installed")
    directory = tmp_path_factory.mktemp("images")
    tool = Buildah(directory)
    (directory / "base").mkdir()
    wheel = build("wheel", tmp_path_factory.mktemp("built"))
    wheels = fetch_wheels(f"{wheel}[serve]", tmp_path_factory.mktemp("wheels"))
    others = [one for one in wheels if one.name != wheel.name]
    python_base(tool, directory / "base", f"docker.io/library/{_IMAGE}", others)
    yield tool
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def container(buildah: Buildah, tmp_path: Path) -> Callable[[str], str]:
    """A container of what a Containerfile builds, beside a wheel of this clone."""

    def make(containerfile: str) -> str:
        build("wheel", tmp_path)
        (tmp_path / "Containerfile").write_text(containerfile)
        built = buildah.build(tmp_path, "localhost/recipe")
        assert built.returncode == 0, built.stderr
        return buildah.container("localhost/recipe")

    return make


@pytest.mark.slow
def test_image_is_built_and_answers(
    buildah: Buildah, container: Callable[[str], str], milvus: MilvusServer
) -> None:
    """As a user without a home: established, refused; by the health check 0 and 1."""
    check = HEALTH_CHECK.text.replace(SERVER, f"localhost:{milvus.port}")
    (command,) = re.findall(r"CMD (.*)", check)
    made = container(f"{CONTAINERFILE.text}\n{check}")

    up = buildah.run(made, "milvusconn", "has", f"http://127.0.0.1:{milvus.port}")
    down = buildah.run(made, "milvusconn", "has", "http://127.0.0.1:1")
    well = buildah.run(made, "sh", "-c", command)
    ill = buildah.run(made, "sh", "-c", command.replace(str(milvus.port), "1"))

    assert (up.returncode, up.stdout) == (0, "True\n"), up.stderr
    assert (down.returncode, down.stdout) == (3, "False\n")
    assert (well.returncode, ill.returncode) == (0, 1)
    assert "tcp-refused" in ill.stderr
    assert buildah.run(made, "ls", "/tmp").stdout == ""  # noqa: S108 -- of the image


@pytest.mark.slow
def test_image_can_serve(
    buildah: Buildah, container: Callable[[str], str], milvus: MilvusServer
) -> None:
    """With the extra, by the change that the page names: it gets as far as a port that is taken."""
    assert f"`{_SERVE}`" in PAGE.read_text(encoding="utf-8")
    plain = '"$(ls /tmp/milvusconn-*.whl)"'
    assert plain in CONTAINERFILE.text
    made = container(CONTAINERFILE.text.replace(plain, _SERVE))

    ran = buildah.run(made, "milvusconn", "serve", "--listen", f"127.0.0.1:{milvus.port}")

    assert ran.returncode == 78, ran.stderr
    assert f"127.0.0.1:{milvus.port}" in ran.stderr


def test_the_wheel_has_the_name_that_is_copied(tmp_path: Path) -> None:
    """And the commands are a shell's."""
    steps = re.findall(
        r"^(FROM|COPY|RUN) (.*)$", CONTAINERFILE.text.replace("\\\n", " "), re.MULTILINE
    )
    assert [step for step, _ in steps] == ["FROM", "COPY", "RUN"]
    pattern = steps[1][1].split()[0]

    build("wheel", tmp_path)
    checked = subprocess.run(["sh", "-n"], input=steps[2][1], text=True, check=False)

    assert checked.returncode == 0
    assert [*tmp_path.glob(pattern)]
