"""The layers of a connection, one a file, each tried with plain sockets.

A layer answers with what it built and a line of detail, or raises `Obstacle`: that is the cause.
None reads a clock or sets a limit: `diagnosis` does, from the one deadline.
"""

from milvusconn_cli.report import Finding


class Obstacle(Exception):  # noqa: N818 -- an outcome, not an error of this program
    """A layer gave way; nothing above it was tried."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.summary)
        self.finding = finding
