"""Any sequence of changes agrees with a model of the registry."""

import re
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from milvusconn_cli.registry.edits import (
    Change,
    adding,
    disconnecting,
    reconnecting,
    removing,
    renaming,
    replacing,
)
from milvusconn_cli.registry.file import change
from tests.registry.changes import aliases


class Editing(RuleBasedStateMachine):
    """Any sequence of changes on a generated document, against a dict."""

    directory: Path

    def __init__(self) -> None:
        super().__init__()
        self.path = self.directory / "connections.toml"
        # An alias that nobody removes: that of the last one has a test of its own.
        text = '# 1\nversion = 1 # 2\n\n# 3\n[connections.stays] # 4\nuri = "http://s"\n# 5\n'
        self.path.write_text(text, encoding="utf-8")
        self.model: dict[str, Any] = tomllib.loads(text)
        self.comments = {1, 2, 3, 4, 5}
        self.next_comment = 6

    @property
    def tables(self) -> dict[str, Any]:
        tables: dict[str, Any] = self.model["connections"]
        return tables

    def _change(self, wanted: Change) -> None:
        change(self.path, lambda _: [wanted])

    @rule(alias=aliases, tls=st.booleans(), db=st.text(max_size=5))
    def add(self, alias: str, *, tls: bool, db: str) -> None:
        """Add or replace."""
        table: dict[str, Any] = {"uri": "http://h", "db": db}
        if tls:
            table["tls"] = {"ca": "/ca", "server_name": db}
        if alias in self.tables:
            return
        self._change(adding({alias: table}))
        self.tables[alias] = table

    @precondition(lambda self: len(self.tables) > 1)
    @rule(alias=aliases)
    def remove(self, alias: str) -> None:
        """Remove one that is there."""
        if alias in self.tables:
            self._change(removing(alias))
            del self.tables[alias]

    @rule(alias=aliases)
    def replace(self, alias: str) -> None:
        """New settings in the old place."""
        if alias in self.tables:
            self._change(replacing({alias: {"uri": "unix:/s"}}))
            self.tables[alias] = {"uri": "unix:/s"}

    @rule(alias=aliases, new=aliases)
    def rename(self, alias: str, new: str) -> None:
        """Another name in the old place."""
        if alias in self.tables and new not in self.tables:
            self._change(renaming(alias, new))
            self.model["connections"] = {
                new if name == alias else name: table for name, table in self.tables.items()
            }

    @rule(alias=aliases)
    def disconnect(self, alias: str) -> None:
        """Out of service."""
        if alias in self.tables:
            self._change(disconnecting(alias))
            self.tables[alias]["disconnected"] = True

    @rule(alias=aliases)
    def reconnect(self, alias: str) -> None:
        """Into service."""
        if alias in self.tables:
            self._change(reconnecting(alias))
            self.tables[alias].pop("disconnected", None)

    @rule()
    def comment_by_hand(self) -> None:
        """A person writes a comment at the end, where it belongs to what comes next."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n# {self.next_comment}\n")
        self.comments.add(self.next_comment)
        self.next_comment += 1

    @rule(data=st.data())
    def write_by_hand(self, data: st.DataObject) -> None:
        """A person adds an alias in a layout of their own."""
        alias = data.draw(aliases)
        if alias in self.tables:
            return
        key = '"' + alias.replace('"', '\\"') + '"'
        layout = data.draw(
            st.sampled_from(
                [
                    "[ connections . {} ]\n  uri = 'x'\n",
                    "[connections.{}]\nuri = '''\n[connections.a]\n# x'''\n",
                    "[connections.{0}]\nuri = 'x'\n[connections.{0}.tls]\nca = 'y'",
                    "\n\n[connections.{}]\nuri = [\n 1, # n\n]",
                ]
            )
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" + layout.format(key))
        text = self.path.read_text(encoding="utf-8")
        self.model["connections"] = tomllib.loads(text)["connections"]

    @invariant()
    def file_is_the_model(self) -> None:
        """Content, order and comments."""
        text = self.path.read_text(encoding="utf-8")
        found = tomllib.loads(text)
        assert found == self.model
        assert list(found["connections"]) == list(self.tables)
        assert {int(number) for number in re.findall(r"# (\d+)$", text, re.MULTILINE)} == (
            self.comments
        )


def test_any_sequence_of_changes_agrees_with_a_model(tmp_path: Path) -> None:
    """After each change the file says what a dict says, and every comment is still there."""

    class Here(Editing):
        directory = tmp_path

    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
