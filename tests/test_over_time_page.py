"""docs/over-time.md: its transcripts print what they show, on a real Milvus."""

from pathlib import Path

from tests import transcripts
from tests.servers.milvus import MilvusServer

PAGE = Path(__file__).parent.parent / "docs" / "over-time.md"


def test_transcripts_are_real(tmp_path: Path, milvus: MilvusServer, refusing_port: int) -> None:
    """Port 19530 stands for the server, and 19531 for one that refuses."""
    text = PAGE.read_text(encoding="utf-8")
    shown = [
        command
        for block in transcripts.blocks(text)
        if block.language == "console"
        for command in transcripts.commands(block)
    ]
    ports = {"localhost:19530": f"localhost:{milvus.port}"}
    ports["localhost:19531"] = f"localhost:{refusing_port}"

    def with_ports(command: str) -> str:
        for documented, real in ports.items():
            command = command.replace(documented, real)
        return command

    ran = transcripts.run(
        [with_ports(one.text) for one in shown], tmp_path, transcripts.newcomer(tmp_path)
    )

    assert len(shown) == 3
    for one, command in zip(ran, shown, strict=True):
        output = one.output
        for documented, real in ports.items():
            output = output.replace(real, documented)
        assert _without_figures(output) == _without_figures(command.output or "")


def _without_figures(text: str) -> str:
    """Times are those of the day."""
    kept = (line.partition(" = ")[0] for line in text.splitlines())
    return transcripts.comparable("\n".join(kept))
