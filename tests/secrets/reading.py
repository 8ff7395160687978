"""What the tests of references share."""

import asyncio
import gc
from pathlib import Path

import pytest
from hypothesis import strategies as st

from milvusconn_cli.deadline import Deadline
from milvusconn_cli.errors import SecretError
from milvusconn_cli.secrets.fetch import fetch
from milvusconn_cli.secrets.reference import Reference

TEXT = "S3CR3T-t0k3n"

LONG, SHORT = 30.0, 0.1


def fetched(reference: Reference, seconds: float = LONG) -> str:
    return asyncio.run(fetch(reference, Deadline(seconds))).reveal()


def refusal(reference: Reference, seconds: float = LONG) -> str:
    """The message of the refusal; what was left open is found here, by pytest's own look-out."""
    with pytest.raises(SecretError) as caught:
        fetched(reference, seconds)
    message = caught.value.message
    del caught
    gc.collect()
    return message


def program(path: Path, says: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
