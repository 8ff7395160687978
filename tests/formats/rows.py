"""Rows for the tests of formats: each kind of result, and hostile words."""

from collections.abc import Sequence

from hypothesis import strategies

from milvusconn_cli.causes import Cause, Layer
from milvusconn_cli.report import (
    Inspection,
    Report,
    Row,
    Server,
    Step,
    Subject,
    Verdict,
    finding,
)


def subject(alias: str, **more: object) -> Subject:
    """The settings of an alias of the file."""
    told = {"uri": "http://h:19530", "address": "h:19530", "database": "default", "tls": False}
    return Subject(alias=alias, source="file", **{**told, **more})  # type: ignore[arg-type]


def up(alias: str = "dev", **more: object) -> Report:
    """An established connection."""
    step = Step(layer=Layer.MILVUS, verdict=Verdict.PASSED, detail="ok", seconds=0.012)
    return Report(
        subject=subject(alias, **more),
        server=Server(version="2.6.0", deploy_mode="STANDALONE"),
        steps=(step,),
        seconds=0.0125,
    )


def down(
    alias: str = "prod", summary: str | None = None, cause: Cause = Cause.TLS_EXPIRED
) -> Report:
    """A connection that is not established."""
    evidence = {"not_after": "2024-02-03T04:05:06Z"} if cause is Cause.TLS_EXPIRED else {}
    return Report(subject=subject(alias), finding=finding(cause, summary, **evidence), seconds=0.25)


def inspected(healthy: bool, not_after: str) -> Report:  # noqa: FBT001 -- the answer of a server
    """What `inspect` learns of an established connection."""
    inspection = Inspection(healthy=healthy, certificate={"not_after": not_after})
    return Report(subject=subject("dev"), seconds=0.1, inspection=inspection)


OF_EVERY_KIND: Sequence[Row] = (
    up("dev"),
    down("prod"),
    Report(subject=subject("off"), finding=finding(Cause.DISCONNECTED)),
    Report(subject=Subject(alias="bad", source="file"), finding=finding(Cause.CONFIG_URI)),
    Report(subject=subject("bug"), finding=finding(Cause.INTERNAL_ERROR)),
    subject("left"),
)

HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "\t=1",
    'a"b,c\r\nd',
    "a|b'c=d e",
    "]]></failure><x>&amp;",
    "::error::x\n::stop-commands::y",
    "##[set-env name=PATH]x",
    "%0A%25",
    "\x00\x1b]0;x\x07\ufffe\ud800\u202e",
    '{__name__="x"} 1\nmilvusconn_up 1',
    "\\n\\",
    "x" * 5000,
    "",
)
"""What a server, or who may edit the file, might write to be taken for something else."""

WORDS = strategies.one_of(
    strategies.sampled_from(HOSTILE),
    strategies.text(strategies.characters(codec=None), max_size=40),
    strategies.text("\"'|=:,;%#[]<>&{}\\\r\n\t ", max_size=20),
)


def hostile(words: str) -> list[Row]:
    """The words in every place that is not ours."""
    told = subject(words, description=words, database=words, user=words, tags=(words,))
    server = Server(version=words, deploy_mode=words)
    return [
        Report(subject=told, server=server, warnings=(words,), seconds=0.1),
        down("prod", words),
        Report(
            subject=told, finding=finding(Cause.RPC_FAILED, words, words, said=words), seconds=0.1
        ),
    ]
