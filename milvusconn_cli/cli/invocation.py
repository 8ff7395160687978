"""What a verb shares with `app.main`: how this call wants its output, should it end in an error."""

from dataclasses import dataclass

from milvusconn_cli.formats import AnyOutput


@dataclass
class Invocation:
    """One call of the program, filled in while its options are read."""

    command: str | None = None
    """The verb; None where no verb was recognized."""
    output: AnyOutput | None = None
