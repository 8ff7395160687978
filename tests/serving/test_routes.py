"""What each address answers, read by readers that are not ours."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_metrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import Milvusconn
from tests.schema import SCHEMA
from tests.secrecy import canaries
from tests.servers import faults
from tests.servers import speaking_milvus as answers
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import SpeakingMilvus
from tests.serving.running import Serving

Speak = Callable[..., SpeakingMilvus]
NOWHERE = "http://127.0.0.1:1"
HOSTILE = '<script>"a/b\n'


@pytest.fixture
def up(speaking_milvus: Speak, authority: Authority) -> SpeakingMilvus:
    """A server over TLS."""
    certificate = authority.issue("127.0.0.1")
    return speaking_milvus(connect=answers.established("v2.6.0"), tls=certificate)


@pytest.fixture
def serving(
    milvusconn: Milvusconn, up: SpeakingMilvus, authority: Authority, registry_path: Path
) -> Iterator[Serving]:
    """Aliases of every kind: up, down with a secret, disconnected, invalid, with a hostile name."""
    secret = ("--user", "root", "--password", canaries.PASSWORD)
    milvusconn("add", "up", up.uri, "--ca", authority.ca_file, "--tag", "eu", "--tag", "prod")
    milvusconn("add", "down", NOWHERE, *secret)
    milvusconn("add", "off", NOWHERE)
    milvusconn("disconnect", "off")
    more = (
        f'\n[connections.bad]\nuri = "ftp://h"\n'
        f'[connections.{json.dumps(HOSTILE)}]\nuri = "{NOWHERE}"\n'
    )
    registry_path.write_text(registry_path.read_text("utf-8") + more, "utf-8")
    with Serving("--min-interval", "0") as running:
        yield running


def families(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    return {
        family.name: [(one.labels, one.value) for one in family.samples]
        for family in text_string_to_metric_families(text)
    }


def test_has(serving: Serving, up: SpeakingMilvus) -> None:
    """200 and True, 503 and why, 404; a probe each."""
    found = {alias: serving.get(f"/has/{alias}") for alias in ("up", "down", "off", "bad", "no")}

    assert {alias: answer.status for alias, answer in found.items()} == {
        "up": 200,
        "down": 503,
        "off": 503,
        "bad": 503,
        "no": 404,
    }
    assert found["up"].text == "True\n"
    assert found["down"].text == "False\ntcp-refused: 127.0.0.1:1 refused the connection\n"
    assert found["off"].text.startswith("False\ndisconnected: ")
    assert [call.method for call in up.calls].count("Connect") >= 1
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in found.values())


def test_has_as_json(serving: Serving) -> None:
    """The envelope of `has -o json`, by docs/schema/."""
    accept = {"Accept": "application/json"}

    found = [serving.get(f"/has/{alias}", headers=accept) for alias in ("up", "down", "nobody")]

    assert [answer.status for answer in found] == [200, 503, 404]
    documents = [json.loads(answer.text) for answer in found]
    assert not [
        one for document in documents for one in Draft202012Validator(SCHEMA).iter_errors(document)
    ]
    assert [document["exit_code"] for document in documents] == [0, 3, 1]
    assert documents[0]["connections"][0]["server"]["version"] == "2.6.0"


def test_a_uri_is_no_alias(serving: Serving) -> None:
    """It never connects to what a stranger names, and does not repeat it."""
    with faults.silent() as place:
        uri = f"http://{place.address}"
        found = [
            serving.get(f"/has/{quote(uri, safe='')}"),
            serving.get(f"/has/{uri}"),
            serving.get(f"/probe?target={quote(uri, safe='')}"),
            serving.get("/has/../../etc/passwd"),
        ]

    assert {answer.status for answer in found} == {404}
    assert not [answer for answer in found if place.address in answer.text]


def test_metrics(serving: Serving) -> None:
    """Every alias, in the text format and in OpenMetrics; and this process itself."""
    for alias in ("up", "down", HOSTILE):
        serving.get(f"/has/{quote(alias, safe='')}")  # a slow machine would show it next time
    plain = serving.get("/metrics")
    opened = serving.get(
        "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )

    found = families(plain.text)
    read = open_metrics_families(opened.text)  # type: ignore[no-untyped-call]
    names = {family.name for family in read}
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert opened.headers["Content-Type"].startswith("application/openmetrics-text")
    assert {name for name in found if name.startswith("milvusconn_")} == {
        name for name in names if name.startswith("milvusconn_")
    }
    assert {labels["alias"]: value for labels, value in found["milvusconn_up"]} == {
        "up": 1,
        "down": 0,
        "off": 0,
        "bad": 0,
        '<script>"a/b': 0,
    }
    ((labels, expiry),) = found["milvusconn_certificate_expiry_timestamp_seconds"]
    assert labels["tags"] == ",eu,prod,"
    assert expiry > found["milvusconn_registry_reload_success_timestamp_seconds"][0][1]
    assert found["milvusconn_aliases"] == [({}, 5)]
    assert found["milvusconn_probes"][0][1] >= 2
    assert {"process_open_fds", "process_resident_memory_bytes"} <= set(found)


def test_probe_of_one_target(serving: Serving) -> None:
    """Its metrics alone; 400 without a target."""
    found = families(serving.get("/probe?target=down").text)

    assert [labels["alias"] for labels, _ in found["milvusconn_up"]] == ["down"]
    assert "process_open_fds" not in found
    assert serving.get("/probe").status == 400
    assert serving.get("/probe?target=").status == 400


def test_metrics_are_those_of_the_format(serving: Serving, milvusconn: Milvusconn) -> None:
    """`-o prometheus` writes the same series without the library."""
    ours = families(milvusconn("has", "down", "-o", "prometheus").out)
    theirs = families(serving.get("/probe?target=down").text)

    assert ours.pop("milvusconn_build_info") == theirs.pop("milvusconn_build_info")
    assert {name for name, series in theirs.items() if series} == set(ours)
    for name, series in ours.items():
        labels = [one for one, _ in series if one.get("layer") in (None, "all", "tcp")]
        assert all(one in [labels for labels, _ in theirs[name]] for one in labels)


def test_probe_within_the_time_of_a_scrape(milvusconn: Milvusconn, silent_port: int) -> None:
    """Prometheus says how long it waits: the probe is over by then, and names its cause."""
    milvusconn("add", "silent", f"http://127.0.0.1:{silent_port}", "--timeout", "50")
    with Serving() as serving:
        answer = serving.get(
            "/probe?target=silent", headers={"X-Prometheus-Scrape-Timeout-Seconds": "2"}
        )

    assert answer.status in (200, 504)
    if answer.status == 200:
        ((labels, _),) = families(answer.text)["milvusconn_cause"]
        assert labels["cause"] in ("silent", "slow")


def test_discovery(serving: Serving) -> None:
    """Prometheus's HTTP service discovery: a list of groups of targets with labels of strings."""
    answer = serving.get("/sd")
    groups: list[dict[str, Any]] = json.loads(answer.text)

    assert answer.headers["Content-Type"].startswith("application/json")
    assert [group["targets"] for group in groups] == [["up"], ["down"], ["off"], ["bad"], [HOSTILE]]
    assert all(isinstance(text, str) for group in groups for text in group["labels"].values())
    assert groups[0]["labels"]["__meta_milvusconn_tags"] == ",eu,prod,"
    assert [one["targets"] for one in json.loads(serving.get("/sd?tag=eu&tag=prod").text)] == [
        ["up"]
    ]
    assert json.loads(serving.get("/sd?tag=none").text) == []


def test_healthy_says_nothing_of_milvus(serving: Serving) -> None:
    """Liveness is this process's own."""
    assert serving.get("/-/healthy").status == 200


def test_no_secret_in_any_answer(serving: Serving) -> None:
    """Whatever is asked."""
    accept = {"Accept": "application/json"}
    for path in ("/", "/has/down", "/metrics", "/probe?target=down", "/sd", "/-/healthy"):
        for headers in ({}, accept):
            assert not canaries.found_in(serving.get(path, headers=headers).body), path


def test_methods_and_unknown_addresses(serving: Serving) -> None:
    """HEAD as GET without a body; nothing can be changed; no traceback."""
    head = serving.get("/has/down", "HEAD")

    assert (head.status, head.body) == (503, b"")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert serving.get("/has/down", method).status == 405
    unknown = serving.get("/nothing")
    assert (unknown.status, unknown.text) == (404, "Not Found\n")
    assert "nosniff" in unknown.headers["X-Content-Type-Options"]


class Page(HTMLParser):
    """The elements of a page, and its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.rows: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "tr":
            self.rows.append("")

    def handle_data(self, data: str) -> None:
        if self.rows:
            self.rows[-1] += f" {data}"


def test_page(serving: Serving) -> None:
    """A row for each alias, the failing ones first; no script, and none may be loaded."""
    answer = serving.get("/")
    page = Page()
    page.feed(answer.text)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "script" not in page.elements
    _, *rows = page.rows
    assert len(rows) == 5
    assert "✘ config-uri" in rows[0]
    assert "✔ established" in rows[-1]
    assert any('<script>"a/b' in row for row in rows), "its name as text"


def test_raw_rubbish_does_not_end_it(serving: Serving) -> None:
    """Not HTTP, half a request, an endless line: the next caller has an answer."""
    import socket  # noqa: PLC0415 -- here alone

    for rubbish in (b"\x16\x03\x01\x00\xff" * 40, b"GET / HTTP/1.1\r\nHo", b"A" * 200_000):
        with socket.create_connection((serving.host, serving.port)) as calling:
            try:
                calling.sendall(rubbish)
            except OSError:
                continue
    assert serving.get("/-/healthy").status == 200
    assert not [line for line in serving.said if "Traceback" in line or "internal error" in line]
