"""docs/migrate-from-pymilvus.md is true: its programs run, in order, and print what it shows."""

from pathlib import Path

from tests import transcripts
from tests.servers.certificates import Authority
from tests.servers.milvus import MilvusServer

PAGE = Path(__file__).parent.parent.parent / "docs" / "migrate-from-pymilvus.md"


def test_examples_print_what_the_page_shows(
    tmp_path: Path, milvus: MilvusServer, authority: Authority
) -> None:
    """Against a real Milvus, which the page calls localhost:19530."""
    directory = tmp_path / "clone"
    directory.mkdir()
    (directory / "ca.pem").write_bytes(authority.ca_file.read_bytes())
    blocks = transcripts.blocks(PAGE.read_text(encoding="utf-8"))
    port = str(milvus.port)
    shown = [
        command
        for block in blocks
        for command in transcripts.commands(
            block._replace(text=block.text.replace("localhost:19530", f"localhost:{port}"))
        )
    ]
    texts = [one.text.replace('port="19530"', f'port="{port}"') for one in shown]

    ran = transcripts.run(texts, directory, transcripts.newcomer(tmp_path))

    assert {block.language for block in blocks} == {"python"}
    assert len(shown) == 5
    assert [one.output for one in ran] == [one.output for one in shown]
