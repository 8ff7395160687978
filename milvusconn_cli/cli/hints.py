"""Hints that fit the place where they are read: the verb, the alias's source, this installation.

A hint is one sentence, or a command in backticks that can be pasted as it stands. What the layers
below advise names connection options; an alias that is saved gets them by `milvusconn set`.
"""

import os
import re
import shlex
from dataclasses import replace

from milvusconn_cli.causes import Cause
from milvusconn_cli.cli.pasting import pasted
from milvusconn_cli.cli.stderr import PROGRAM
from milvusconn_cli.registry.aliases import ENVIRONMENT, FILE, variable_stem
from milvusconn_cli.report import Report, Subject

_CREDENTIALS = "--token env:NAME"
_TAKES = {
    "token": _CREDENTIALS,
    "user": _CREDENTIALS,
    "password": _CREDENTIALS,
    "db": "--db NAME",
    "ca": "--ca FILE",
    "cert": "--cert FILE --key FILE",
    "key": "--cert FILE --key FILE",
    "server-name": "--server-name NAME",
}
"""Each connection option, as a command that sets it names it."""
_OPTION = re.compile(rf"(?<![\w-])--({'|'.join(_TAKES)})(?![\w-])")
_WITH_VALUE = re.compile(
    r"(?<![\w-])(?P<verb>pass )?(?P<options>"
    r"--cert FILE --key FILE|--(?:ca|db|server-name) (?:'[^']*'|(?!and\b|or\b)[^\s,;:?]+))"
)
_MEANT_URI = re.compile(r"did you mean ((?:https?|tcp|grpc|unix):\S+|\S+\.db)\?")
_USE_URI = re.compile(r"use ((?:https?|tcp|grpc)://\S+)")
_OTHER_SCHEME = frozenset({Cause.TLS_REQUIRED, Cause.TLS_UNEXPECTED})
_VARIABLES = {"token": "TOKEN", "user": "TOKEN", "password": "TOKEN", "db": "DB"}
_USUAL_PLACES = ("MILVUS_URI", "MILVUS_ADDRESS", "MILVUS_HOST")


def fitted(report: Report) -> Report:
    """The report with advice that its reader can follow where it was asked for."""
    found = report.finding
    if found is None:
        return report
    advice = pasted(_fitted(report, found.cause, found.advice))
    return (
        report if advice == found.advice else replace(report, finding=replace(found, advice=advice))
    )


def _fitted(report: Report, cause: Cause, advice: str) -> str:
    subject = report.subject
    if subject.source == FILE:
        own = _of_cause(subject, cause, advice)
        if own is not None:
            return own
    option = _OPTION.search(advice)
    if option is None:
        return advice
    if subject.source == FILE:
        return _by_set(subject.alias, advice, option[1])
    if subject.source == ENVIRONMENT and option[1] in _VARIABLES:
        return f"set {_variable(subject.alias, _VARIABLES[option[1]])}"
    return advice


def _of_cause(subject: Subject, cause: Cause, advice: str) -> str | None:
    """The command that cures a saved alias, where the advice names no option; else None."""
    alias = subject.alias
    if cause is Cause.CONFIG_URI:
        meant = _MEANT_URI.search(advice)
        if meant:
            command = change(alias, f"--uri {shlex.quote(meant[1])}")
            return f"did you mean {meant[1]}? {command} saves it"
    if cause in _OTHER_SCHEME:
        meant = _USE_URI.fullmatch(advice)
        if meant:
            from urllib.parse import urlsplit  # noqa: PLC0415 -- hardly ever

            database = urlsplit(subject.uri or "").path
            return f"use {change(alias, f'--uri {shlex.quote(meant[1] + database)}')}"
    if cause is Cause.AUTH_REJECTED and advice == cause.advice:
        user = shlex.quote(subject.user or "NAME")
        return f"{advice}: {change(alias, f'--user {user} --ask-password')}"
    return None


def _by_set(alias: str, advice: str, option: str) -> str:
    with_value = _WITH_VALUE.search(advice)
    if with_value is None:
        return f"{advice}: {change(alias, _TAKES[option])}"
    use = "use " if with_value["verb"] else ""
    command = change(alias, with_value["options"])
    return f"{advice[: with_value.start()]}{use}{command}{advice[with_value.end() :]}"


def change(alias: str, options: str) -> str:
    """The command that gives a saved alias other settings."""
    dashes = "-- " if alias.startswith("-") else ""
    return (
        f"`{PROGRAM} set {options} {dashes}{shlex.quote(alias)}`"
        if dashes
        else (f"`{PROGRAM} set {shlex.quote(alias)} {options}`")
    )


def _variable(alias: str, setting: str) -> str:
    """The environment variable that gives an alias this setting."""
    if alias == "default" and any(os.environ.get(name) for name in _USUAL_PLACES):
        return "MILVUS_DB_NAME" if setting == "DB" else f"MILVUS_{setting}"
    return f"MILVUSCONN_{variable_stem(alias)}_{setting}"
