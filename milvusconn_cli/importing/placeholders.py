"""Variables that a configuration refers to: `${NAME}` and its likes, filled in or kept. Pure.

A secret that is a variable stays one: it becomes a reference to the variable, and its text is not
copied. Everything else is filled in when it is imported.
"""

import re
from collections.abc import Mapping

from milvusconn_cli.connection.uri import userinfo_of
from milvusconn_cli.errors import ConfigError
from milvusconn_cli.values import value_class


@value_class
class Syntax:
    """How one program writes a variable within text."""

    pattern: re.Pattern[str]
    """Groups `name` (empty where it is not the environment's) and `default` (None without one)."""
    escape: str | None = None
    """What stands for a dollar sign."""

    def filled(
        self, text: str, variables: Mapping[str, str], name: str, *, is_place: bool = False
    ) -> str:
        """The text with its variables; `ConfigError` naming the setting where one is not set."""

        def value(found: re.Match[str]) -> str:
            return self._value(found, variables, name)

        self._check(text, name)
        filled = self.pattern.sub(value, self._hidden(text))
        if is_place and userinfo_of(filled) != userinfo_of(self._hidden(text)):
            raise ConfigError(
                f"{name} takes its user or password from a variable",
                "set the token, or user and password, instead",
            )
        return self._shown(filled)

    def secret(self, text: str, variables: Mapping[str, str], name: str) -> object:
        """What is kept of a secret: its text, or a reference where the whole of it is a variable.

        `ConfigError` where it is put together of text and a variable.
        """
        self._check(text, name)
        hidden = self._hidden(text)
        whole = self.pattern.fullmatch(hidden)
        if whole:
            variable = _variable(whole, name)
            if whole["default"] and not variables.get(variable):
                return self._shown(whole["default"])
            return {"env": variable}
        if self.pattern.search(hidden):
            raise ConfigError(
                f"{name} mixes text and a variable", "put the whole value into one variable"
            )
        return self._shown(hidden)

    def _value(self, found: re.Match[str], variables: Mapping[str, str], name: str) -> str:
        variable, default = _variable(found, name), found["default"]
        text = variables.get(variable) or default
        if text is None and variable not in variables:
            raise ConfigError(
                f"{name} needs the variable {variable}, which is not set", f"set {variable}"
            )
        return text or ""

    def _check(self, text: str, name: str) -> None:
        """Refuse a variable in a form that is not known here, such as one within another."""
        rest = self.pattern.sub(lambda found: found["default"] or "", self._hidden(text))
        if "${" in rest:
            raise ConfigError(
                f"{name} refers to a variable in a form that cannot be imported",
                "write the value itself",
            )

    def _hidden(self, text: str) -> str:
        return text.replace(self.escape, "\0") if self.escape else text

    def _shown(self, text: str) -> str:
        return text.replace("\0", "$") if self.escape else text


def _variable(found: re.Match[str], name: str) -> str:
    """The variable's name; `ConfigError` where the program asks for the value at its start."""
    groups = found.groupdict()
    variable = groups["name"] or groups.get("bare")
    if not variable:
        raise ConfigError(
            f"{name} is asked for when the program starts, and cannot be imported",
            "write the value itself, or ${env:NAME}",
        )
    return variable


_NAME = r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
COMPOSE = Syntax(
    pattern=re.compile(
        rf"\$(?:\{{{_NAME}(?::?-(?P<default>[^}}]*)|:?\?[^}}]*)?\}}|(?P<bare>[A-Za-z_]\w*))",
        re.ASCII,
    ),
    escape="$$",
)
SPRING = Syntax(pattern=re.compile(rf"\$\{{{_NAME}(?::(?P<default>[^}}]*))?\}}", re.ASCII))
MCP = Syntax(
    pattern=re.compile(
        rf"\$\{{(?:env:)?{_NAME}(?::-(?P<default>[^}}]*))?\}}|\$\{{(?P<other>input:[^}}]*)\}}",
        re.ASCII,
    )
)
PLAIN = Syntax(
    pattern=re.compile(rf"\$\{{(?:env\.)?{_NAME}(?::[-=](?P<default>[^}}]*))?\}}", re.ASCII)
)
"""`${NAME}`, `${NAME:-default}`, and llama-stack's `${env.NAME:=default}`."""
