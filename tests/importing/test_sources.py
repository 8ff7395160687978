"""Each source: every setting is taken, or named as not taken."""

from pathlib import Path

import pytest

from tests.conftest import Milvusconn
from tests.importing.files import SECRET, saved
from tests.importing.samples import K8S_SECRET, TAKEN, imported


@pytest.mark.parametrize("case", TAKEN)
def test_taken_whole(milvusconn: Milvusconn, registry_path: Path, case: str) -> None:
    """Each form, recognized by itself; and no secret on either stream."""
    name, text, tables = TAKEN[case]

    ran = imported(milvusconn, name, text)

    assert ran.code == 0, ran.err
    assert saved(registry_path) == tables
    assert SECRET not in ran.out + ran.err
    assert K8S_SECRET not in ran.out + ran.err


NAMED: dict[str, tuple[str, str, str]] = {
    "what is no setting": (
        ".env",
        "MILVUS_URI=http://h\nMILVUS_TIMEOUT=60\nMILVUS_COLLECTION=c\n",
        ".env: not imported: MILVUS_COLLECTION and MILVUS_TIMEOUT",
    ),
    "two databases": (
        ".env",
        "MILVUS_URI=http://h\nMILVUS_DATABASE=rag\nMILVUS_DB_NAME=other\n",
        "MILVUS_DATABASE is not used: MILVUS_DB_NAME is set",
    ),
    "a second place": (
        ".env",
        "MILVUS_SERVERS=h:1\nMILVUS_URL=other:1\n",
        "MILVUS_URL is not used: MILVUS_SERVERS is set",
    ),
    "a line that is none": (".env", "MILVUS_URI=http://h\nif true; then\n", "line 2 could not be"),
    "another file": (
        "c.yaml",
        "services:\n  a:\n    env_file: [x.env]\n    environment: {MILVUS_URI: http://h}\n",
        "a: env_file is not read\n  hint: import it too: `milvusconn import x.env`",
    ),
    "quotes in a secret": (
        "c.yaml",
        f"services: {{a: {{environment: [MILVUS_URI=http://h, 'MILVUS_TOKEN=\"{SECRET}\"']}}}}\n",
        "a: MILVUS_TOKEN has quotes that are part of its value",
    ),
    "what Spring does not read": (
        "a.properties",
        (
            "spring.ai.vectorstore.milvus.client.host=h\n"
            f"spring.ai.vectorstore.milvus.client.token={SECRET}\n"
            "spring.ai.vectorstore.milvus.client.caPemPath=/ca\n"
        ),
        "not used without client.secure: token and caPemPath",
    ),
    "what milvus-backup ignores": (
        "b.yaml",
        "milvus: {address: h, tlsMode: 0, caCertPath: /ca}\n",
        "milvus.caCertPath is not used",
    ),
    "milvus_cli's certificate": (
        "m.json",
        '{"p": {"uri": "http://h", "tlsmode": 0, "cert": "/ca.pem"}}',
        "p: not imported: cert (tlsmode is not 1)",
    ),
    "a collection": (
        "mem0.json",
        '{"vector_store": {"provider": "milvus", "config": {"url": "http://h", "metric_type": 1}}}',
        "not imported: vector_store.config.metric_type",
    ),
    "another kind of object": (
        "k.yaml",
        (
            "kind: Deployment\napiVersion: v1\n---\nkind: ConfigMap\napiVersion: v1\n"
            "metadata: {name: a}\ndata: {MILVUS_URI: 'http://h', X: y}\n"
        ),
        "Deployment is not read",
    ),
}


@pytest.mark.parametrize("case", NAMED)
def test_named_where_it_is_not_taken(milvusconn: Milvusconn, case: str) -> None:
    """On stderr, with the file; the rest is imported."""
    name, text, words = NAMED[case]

    ran = imported(milvusconn, name, text)

    assert ran.code == 0, ran.err
    assert words in ran.err
    assert SECRET not in ran.err
    Path(name).write_text(text, encoding="utf-8")
    assert imported(milvusconn, name, text, "-q").err == ""
