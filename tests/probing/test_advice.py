"""Remarks: by the settings and the place alone, nothing dialled."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.settings import Connection
from milvusconn_cli.connection.tables import Credentials, build
from milvusconn_cli.probing import advice
from milvusconn_cli.report import finding
from milvusconn_cli.secrets.reference import Literal, Secret

SECRET = Credentials(token=Literal(Secret("a:b")))
CLOUD = "in03-abc.serverless.gcp-us-west1.cloud.zilliz.com"


def connection(uri: str, credentials: Credentials = Credentials()) -> Connection:  # noqa: B008 -- frozen
    """A connection of that URI."""
    return build(uri, Path("/"), credentials=credentials)


@pytest.mark.parametrize(
    ("uri", "credentials", "said"),
    [
        ("http://milvus.example", SECRET, "unencrypted"),
        ("http://10.0.0.1", SECRET, "unencrypted"),
        ("http://[fd00::1]", SECRET, "unencrypted"),
        ("https://milvus.example", SECRET, None),
        ("http://milvus.example", Credentials(), None),
        ("http://milvus.example", Credentials(user="root"), None),
        ("http://localhost", SECRET, None),
        ("http://127.0.0.9", SECRET, None),
        ("http://[::1]", SECRET, None),
        ("unix:/run/m.sock", SECRET, None),
        (f"https://{CLOUD}", SECRET, None),
        (f"https://{CLOUD}", Credentials(), "requires credentials"),
        (f"https://{CLOUD}:19530", SECRET, "port 443"),
        ("https://in01-a.aws-us-west-2.vectordb.zillizcloud.com:19530", SECRET, None),
        ("https://zillizcloud.com.example.org", Credentials(), None),
    ],
)
def test_what_the_settings_show(uri: str, credentials: Credentials, said: str | None) -> None:
    """One remark where it holds, none where it does not."""
    remarks = advice.of_settings(connection(uri, credentials))
    found = [remark for remark in remarks if "MilvusClient" not in remark]

    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_zilliz_cloud_by_http() -> None:
    """It speaks TLS alone, whatever else is wrong."""
    found = " ".join(advice.of_settings(connection(f"http://{CLOUD}", SECRET)))

    assert "use https://" in found


@pytest.mark.parametrize("left", [timedelta(days=-1), timedelta(0), timedelta(days=30)])
def test_certificates_that_are_no_news(left: timedelta) -> None:
    """One that has ended is a cause, no remark; one with 30 days is well."""
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert list(advice.of_certificate(now + left, now)) == []


def test_loopback_in_a_container_is_the_container() -> None:
    """Refused on 127.0.0.1 from inside: the advice is about the place."""
    advised = advice.advised(finding(Cause.TCP_REFUSED), connection("http://127.0.0.1"), "pod")

    assert "check that Milvus is running; if it runs outside of this pod" in advised.advice


@pytest.mark.parametrize(
    ("uri", "container"), [("http://127.0.0.1", None), ("http://10.0.0.1", "pod")]
)
def test_loopback_elsewhere_gets_the_usual_advice(uri: str, container: str | None) -> None:
    """Outside a container, or for another host, it is not said."""
    advised = advice.advised(finding(Cause.TCP_REFUSED), connection(uri), container)

    assert advised.advice == Cause.TCP_REFUSED.advice


def test_a_bare_name_may_be_a_service() -> None:
    """`http://milvus` from the host: a name of docker compose's network."""
    advised = advice.advised(finding(Cause.DNS_UNKNOWN), connection("http://milvus"), None)

    assert "Docker" in advised.advice


def test_an_address_with_a_zone_is_no_bare_name() -> None:
    """`::1%lo` has no dot, and no domain is missing."""
    observed = finding(Cause.DNS_UNKNOWN, host="::1%lo")

    assert advice.advised(observed, connection("http://[::1%lo]"), None).advice == observed.advice
