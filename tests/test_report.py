"""A report says established or names its cause."""

import pytest

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.report import Finding, Report, Server, Step, Subject, Verdict, finding

SUBJECT = Subject(alias="prod")


def test_a_report_without_a_finding_is_established() -> None:
    """Exit 0 and the one word for it."""
    report = Report(subject=SUBJECT)

    assert report.established
    assert report.status == "established"
    assert report.exit_code == 0


@pytest.mark.parametrize("cause", Cause, ids=lambda cause: cause.label)
def test_a_report_with_a_finding_is_named_for_its_cause(cause: Cause) -> None:
    """Status and exit code are the cause's."""
    report = Report(subject=SUBJECT, finding=finding(cause))

    assert not report.established
    assert report.status == cause.label
    assert report.exit_code == cause.exit_code != 0


def test_a_finding_says_what_the_table_says_where_the_case_says_no_more() -> None:
    """Summary and advice of the cause, or those of the case, and the evidence."""
    plain = finding(Cause.TLS_EXPIRED)
    own = finding(Cause.TLS_EXPIRED, "expired 3 days ago", "ask Ann", subject="CN=h")

    assert plain == Finding(
        cause=Cause.TLS_EXPIRED,
        summary=Cause.TLS_EXPIRED.summary,
        advice=Cause.TLS_EXPIRED.advice,
        evidence={},
    )
    assert own == Finding(
        cause=Cause.TLS_EXPIRED,
        summary="expired 3 days ago",
        advice="ask Ann",
        evidence={"subject": "CN=h"},
    )


@pytest.mark.parametrize(
    ("server", "label"),
    [
        (Server(version="2.3.5", deploy_mode="STANDALONE"), "2.3.5"),
        (Server(version="3.2.2", deploy_mode="embedded", build_tags="milvus_lite"), "lite 3.2.2"),
        (Server(version=""), ""),
    ],
)
def test_a_servers_label(server: Server, label: str) -> None:
    """As people say it."""
    assert server.label == label


def test_steps_are_kept_in_their_order() -> None:
    """The climb of the layers can be read off."""
    steps = (
        Step(layer=Layer.DNS, verdict=Verdict.PASSED, detail="10.0.3.7", seconds=0.0004),
        Step(layer=Layer.TCP, verdict=Verdict.FAILED, detail="connection refused", seconds=0.001),
    )

    assert [step.layer.value for step in Report(subject=SUBJECT, steps=steps).steps] == [
        "dns",
        "tcp",
    ]
    assert [step.verdict.value for step in steps] == ["held", "failed"]
