"""YAML of other programs, read as text: no type is guessed, and no object is made.

Pure. PyYAML's own loaders read `0123` as 83 and `no` as false, and let the last of two equal keys
win; what a source says would be lost on the way. Here a plain scalar is the text that stands there,
or nothing (`null`, `~`), and a key that stands there twice is an error.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from milvusconn_cli.errors import ConfigError
from milvusconn_cli.text import ELLIPSIS

if TYPE_CHECKING:
    import yaml

_LONGEST = 2**21
"""Characters; PyYAML is slow, and configurations are short."""
_QUOTED = re.compile(r"'[^']+'|\"[^\"]+\"")
_MARK = 3
"""Characters with the quotes: single marks and `'<block end>'` are PyYAML's own words."""
_NULL, _MERGE = "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"
_NOTHING = re.compile(r"^(?:~|null|Null|NULL|)$")


def read_yaml(text: str) -> list[Any]:
    """The documents of a YAML text; `ConfigError` with line and column if it is invalid."""
    import yaml  # noqa: PLC0415 -- for this alone

    if len(text) > _LONGEST:
        raise ConfigError(f"longer than {_LONGEST} characters of YAML")
    try:
        return list(yaml.load_all(text, Loader=_loader()))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" (at line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        # Its own words may repeat what stands there.
        raise ConfigError(f"not YAML: {_problem(error)}{place}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        words = "nested too deeply" if isinstance(error, RecursionError) else "invalid character"
        raise ConfigError(f"not YAML: {words}") from None


def _problem(error: "yaml.MarkedYAMLError") -> str:
    """What is wrong, without a word that is quoted from the text."""
    return _QUOTED.sub(
        lambda found: found[0] if found[0][1] == "<" or len(found[0]) <= _MARK else ELLIPSIS,
        error.problem or "invalid",
    )


@cache
def _loader() -> "type[yaml.SafeLoader]":
    """PyYAML's safe loader without its guesses; made when YAML is read, for the import's time."""
    import yaml  # noqa: PLC0415 -- for this alone

    class Loader(yaml.SafeLoader):
        """Text, lists and tables; `null` and `<<` are all that a plain scalar may mean besides."""

        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 -- PyYAML's own

        def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 -- PyYAML's own
            node: yaml.MappingNode = super().compose_mapping_node(anchor)
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag == _NULL:
                    raise _marked("a key that is no text", key)
                if str(key.value) in seen and key.tag != _MERGE:
                    raise _marked("a key that stands there twice", key)
                seen.add(str(key.value))
            return node

    def _marked(problem: str, node: "yaml.Node") -> yaml.MarkedYAMLError:
        return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)

    Loader.add_implicit_resolver(_NULL, _NOTHING, ["~", "n", "N", ""])
    Loader.add_implicit_resolver(_MERGE, re.compile(r"^(?:<<)$"), ["<"])
    return Loader
