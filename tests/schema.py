"""JSON output, checked against docs/schema/milvusconn-1.json."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.conftest import Ran

Document = dict[str, Any]

SCHEMA: Document = json.loads(
    (Path(__file__).parents[1] / "docs" / "schema" / "milvusconn-1.json").read_text("utf-8")
)
ENVELOPE = ["schema", "command", "ok", "exit_code", "connections", "error"]
OF_SOME_VERBS = {
    "causes",
    "dry_run",
    "needs_allow_commands",
    "pings",
    "registry",
    "shells",
    "summary",
}
"""Its keys, in their order."""


def valid(ran: Ran) -> Document:
    """The document, which the schema describes, which is one, and which the exit code agrees with.

    Lists each thing that the schema does not allow.
    """
    document = ran.json
    faults_found = [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(SCHEMA).iter_errors(document)
    ]
    assert not faults_found
    assert [key for key in document if key not in OF_SOME_VERBS] == ENVELOPE
    assert document["exit_code"] == ran.code
    assert document["ok"] is (ran.code == 0)
    assert ran.out.isascii()  # whatever the reader's locale
    return document
