"""The causes and exit codes that scripts rely on, written out."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli import errors
from milvusconn_cli.causes import Cause
from milvusconn_cli.exits import MOST_SEVERE_FIRST, ExitCode, most_severe

CODE_OF_CAUSE = {
    "no-such-alias": 1,
    "disconnected": 1,
    "dns-unknown": 3,
    "dns-unavailable": 3,
    "tcp-refused": 3,
    "tcp-timeout": 3,
    "tcp-unreachable": 3,
    "tcp-closed": 3,
    "proxy-refused": 3,
    "proxy-failed": 3,
    "unix-missing": 3,
    "unix-refused": 3,
    "lite-missing": 3,
    "lite-invalid": 3,
    "lite-denied": 3,
    "lite-locked": 3,
    "lite-engine": 3,
    "starting": 4,
    "silent": 4,
    "slow": 4,
    "unhealthy": 4,
    "busy": 4,
    "rpc-failed": 4,
    "gateway-upstream": 4,
    "stopping": 4,
    "gateway-denied": 5,
    "auth-missing": 5,
    "auth-rejected": 5,
    "auth-apikey": 5,
    "denied": 5,
    "tls-required": 6,
    "tls-unexpected": 6,
    "tls-untrusted": 6,
    "tls-expired": 6,
    "tls-not-yet-valid": 6,
    "tls-name": 6,
    "tls-invalid": 6,
    "tls-client-cert": 6,
    "tls-no-h2": 6,
    "tls-failed": 6,
    "not-http2": 7,
    "not-grpc": 7,
    "not-milvus": 7,
    "too-old": 7,
    "db-missing": 8,
    "internal-error": 70,
    "machine-limit": 71,
    "config-uri": 78,
    "config-pem": 78,
    "config-secret": 78,
    "config-file": 78,
}
LAYER_OF_CAUSE = {
    "internal-error": "program",
    "machine-limit": "program",
    "no-such-alias": "registry",
    "disconnected": "registry",
    "silent": "http2",
    "slow": "milvus",
    "starting": "milvus",
    "unhealthy": "milvus",
    "busy": "milvus",
    "denied": "auth",
    "not-http2": "http2",
    "not-grpc": "grpc",
    "not-milvus": "grpc",
    "rpc-failed": "grpc",
    "gateway-upstream": "grpc",
    "gateway-denied": "grpc",
    "stopping": "milvus",
    "too-old": "milvus",
    "db-missing": "database",
    "lite-missing": "local",
    "lite-invalid": "local",
    "lite-denied": "local",
    "lite-locked": "local",
    "lite-engine": "local",
}


def test_the_causes_are_these() -> None:
    """No cause is missing, none has come in unnoticed, no name stands twice."""
    labels = [cause.label for cause in Cause]

    assert set(labels) == set(CODE_OF_CAUSE)
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("cause", Cause, ids=lambda cause: cause.label)
def test_each_cause(cause: Cause) -> None:
    """Its exit code is the contract's, its layer that of its name, its words one short line."""
    assert cause.exit_code == CODE_OF_CAUSE[cause.label]
    assert cause.layer.value == LAYER_OF_CAUSE.get(cause.label, cause.label.partition("-")[0])
    assert cause.name == cause.label.replace("-", "_").upper()
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cause.label)
    for words in (cause.summary, cause.advice):
        assert words
        assert words.isprintable()
        assert len(words) <= 100
        assert not words.endswith(".")
    assert len(cause.summary) <= 80


def test_the_summaries_tell_the_causes_apart() -> None:
    """No two causes say the same."""
    summaries = [cause.summary for cause in Cause]

    assert len(summaries) == len(set(summaries))


def test_the_exit_codes_are_these() -> None:
    """The numbers of the contract, written out."""
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "NO": 1,
        "USAGE": 2,
        "UNREACHABLE": 3,
        "NOT_READY": 4,
        "CREDENTIALS": 5,
        "TLS": 6,
        "NOT_MILVUS": 7,
        "NO_DATABASE": 8,
        "INTERNAL": 70,
        "LIMIT": 71,
        "OUTPUT": 74,
        "CONFIG": 78,
        "WAIT_TIMEOUT": 124,
        "NOT_RUN": 126,
        "NOT_FOUND": 127,
        "INTERRUPTED": 130,
        "TERMINATED": 143,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, 2),
        (errors.AliasError, 1),
        (errors.ConfigError, 78),
        (errors.UriError, 78),
        (errors.PemError, 78),
        (errors.SecretError, 78),
        (errors.RegistryError, 78),
        (errors.LimitError, 71),
        (errors.OutputError, 74),
        (errors.MilvusconnError, 70),
    ],
)
def test_each_error_ends_the_program_with_its_code(
    error: type[errors.MilvusconnError], code: int
) -> None:
    """Message and hint are kept apart, the message is the exception's text."""
    raised = error("message", "hint")

    assert raised.exit_code == code
    assert (str(raised), raised.message, raised.hint) == ("message", "message", "hint")


ORDER = [70, 71, 78, 5, 6, 8, 7, 3, 4, 1, 0]


def test_the_order_of_gravity_is_the_contracts() -> None:
    """Our own fault, then what a retry cannot fix."""
    assert list(MOST_SEVERE_FIRST) == ORDER


@pytest.mark.parametrize("page", ["README.md", "docs/milvusconn.1"])
def test_the_order_is_documented(page: str) -> None:
    """Success is the least severe, and goes without saying."""
    text = (Path(__file__).parent.parent / page).read_text(encoding="utf-8")

    assert f"in the order {', '.join(map(str, ORDER[:-1]))}" in text.replace(
        "this order:", "the order"
    )


@pytest.mark.parametrize(("graver", "lighter"), list(itertools.pairwise(ORDER)))
def test_the_graver_of_two(graver: int, lighter: int) -> None:
    """In either order of asking."""
    one, other = ExitCode(graver), ExitCode(lighter)

    assert most_severe([one, other]) == most_severe([other, one]) == one


@given(st.lists(st.sampled_from(ORDER).map(ExitCode)))
def test_the_gravest_is_one_of_them_and_never_a_count(codes: list[ExitCode]) -> None:
    """Of none it is success."""
    found = most_severe(codes)

    assert found in codes or (not codes and found == 0)
    assert all(ORDER.index(found) <= ORDER.index(code) for code in codes)


def test_every_causes_code_has_a_gravity() -> None:
    """`has --all` can put any causes together."""
    assert most_severe(cause.exit_code for cause in Cause) == ExitCode.INTERNAL
