"""What makes the commands of a hint right for this call: its registry file, this installation."""

import re
import shlex

_COMMAND = re.compile(
    r"`milvusconn (?P<verb>has|add|connect|disconnect|address|list|remove|show|rename|copy|set"
    r"|edit|import|export|inspect)\b(?! --config )"
)
_EXTRA = re.compile(r"pip install 'milvusconn\[(\w+)\]'")


class _Call:
    """The one that is under way."""

    config: str | None = None


def remember_config(config: str | None) -> None:
    """Let the commands of hints name the registry file that this call named."""
    _Call.config = config


def pasted(hint: str) -> str:
    """The hint, whose commands in backticks can be typed as they stand, here and now."""
    if _Call.config is not None and "`" in hint:
        option = f"--config {shlex.quote(_Call.config)}"
        hint = _COMMAND.sub(lambda found: f"{found[0]} {option}", hint)
    if "[" in hint:
        hint = _EXTRA.sub(lambda found: _installing(found[1]), hint)
    return hint


def _installing(extra: str) -> str:
    from milvusconn_cli.system.installation import command_for  # noqa: PLC0415 -- hardly ever

    return command_for(extra)
