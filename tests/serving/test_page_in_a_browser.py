"""The status page in a real browser, at the widths of a phone and of a desk, without JavaScript."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.fixtures_servers import _missing
from tests.servers import daemons
from tests.servers.daemons import ProgramMissingError
from tests.serving.running import Serving

NOWHERE = "http://127.0.0.1:1"
LONG = "a-name-as-long-as-an-alias-may-be-so-that-it-is-hard-to-fit-in-64"
PHONE, DESK = 500, 1280
"""Chromium's window is 500 pixels wide at least."""
MEASURE = """
const wide = document.documentElement.scrollWidth;
document.title = JSON.stringify({
  wide, inner: innerWidth, rows: document.querySelectorAll("tbody tr").length,
  head: getComputedStyle(document.querySelector("thead")).position,
});
"""


def chromium() -> str:
    try:
        return daemons.found("chromium")
    except ProgramMissingError:
        _missing("chromium")


def browse(directory: Path, width: int, *options: str) -> bytes:
    """Run Chromium once, without a display; its home is the test's."""
    command = [
        *(chromium(), "--headless=new", "--no-sandbox", "--disable-gpu"),
        *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
        *("--disable-dev-shm-usage", "--hide-scrollbars", f"--window-size={width},900"),
        *("--proxy-server=direct://", f"--user-data-dir={directory / 'profile'}"),
    ]
    ran = subprocess.run(
        [*command, *options],
        capture_output=True,
        check=True,
        timeout=250,
        env={"HOME": str(directory), "PATH": os.environ["PATH"]},
    )
    return ran.stdout


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_page_fits(registry_path: Path, tmp_path: Path, width: int) -> None:
    """Every row is there, nothing has to be scrolled sideways, and a phone sees cards."""
    registry_path.parent.mkdir()
    uris = {"dead": NOWHERE, LONG: "ftp://h", "off": f'{NOWHERE}"\ndisconnected = true\n#"'}
    tables = [f'[connections.{alias}]\nuri = "{uri}"\n' for alias, uri in uris.items()]
    registry_path.write_text("".join(tables), "utf-8")
    with Serving() as serving:
        served = serving.get("/").text
    # The policy of the page allows no script, so a copy on disk is measured.
    copy = tmp_path / "page.html"
    copy.write_text(served.replace("</body>", f"<script>{MEASURE}</script></body>"), "utf-8")

    shown = browse(tmp_path, width, "--dump-dom", copy.as_uri()).decode()
    title = shown.partition("<title>")[2].partition("</title>")[0]
    measured = json.loads(title.replace("&quot;", '"'))

    assert measured["rows"] == 3
    assert measured["wide"] <= measured["inner"]
    assert measured["head"] == ("absolute" if width == PHONE else "static")


def test_page_is_shown_as_it_is_served(registry_path: Path, tmp_path: Path) -> None:
    """Chromium loads it from `serve`, applies its style, and has nothing to complain of."""
    registry_path.parent.mkdir()
    registry_path.write_text(f'[connections.dead]\nuri = "{NOWHERE}"\n', "utf-8")
    with Serving() as serving:
        picture = tmp_path / "page.png"
        browse(tmp_path, PHONE, f"--screenshot={picture}", f"http://{serving.address}/")

    assert picture.read_bytes().startswith(b"\x89PNG")
