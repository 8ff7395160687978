"""A registry's text, edited in place: nothing but what a change is about moves.

Pure. Where a statement ends is asked of tomllib itself, at the first line where brackets and
strings are closed. So the grammar lives in one place, and comments, order, blank lines and quoting
outside the change stay as they are, byte for byte. Whether an edit did what it should is proved by
the caller, who parses the result.
"""

import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from milvusconn_cli.values import positional_value_class

_KEY_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*(\.|=|\]|$)""")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK_LINES = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?(?:\n|\Z))*")
_MARK = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)
"""What may end a statement, and the strings and comments that hide it."""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
DISCONNECTED = "disconnected"
_TABLES = "connections"
_PARTS = ((DISCONNECTED,), ("tls",))
"""What of an alias may be written inline and edited there: a flag, and a table of its own."""

Path = tuple[str, ...]


@positional_value_class
class Statement:
    """A header (`[a.b]`) or a key with its value: `text[start:end]`, its line break included."""

    start: int
    end: int
    path: Path
    """Every key from the root on."""
    parts: tuple[tuple[int, int], ...]
    """Where the keys that are written here stand in the text: the last ones of `path`."""
    header: bool

    @property
    def depth(self) -> int:
        """How many keys of the path stand in the header above and not here."""
        return len(self.path) - len(self.parts)

    @property
    def header_above(self) -> str:
        """A header that gives the keys written here their place; empty for those of the root."""
        above = ".".join(key_text(key) for key in self.path[: self.depth])
        return f"[{above}]\n" if above else ""

    @property
    def may_hold_an_alias(self) -> bool:
        """Whether the value is an alias as an inline table, or all of them, or a part of one."""
        if self.header or self.path[0] != _TABLES:
            return False
        return len(self.path) <= 2 or self.path[2:] in _PARTS  # noqa: PLR2004 -- an alias's

    def written_below(self, length: int) -> bool:
        """Whether this is the table at the path's first `length` keys, or a key put right there."""
        if self.header:
            return len(self.path) == length
        return self.depth <= length < len(self.path)


def statements(text: str) -> Iterator[Statement]:
    """The statements of a valid TOML document, in order; comments and blank lines are none."""
    prefix: Path = ()
    start = _past_blank_lines(text, 0)
    while start < len(text):
        end = _end_of_statement(text, start)
        header = text[start:end].lstrip().startswith("[")
        keys, parts = _keys(text, start, header=header)
        path = keys if header else prefix + keys
        prefix = keys if header else prefix
        yield Statement(start, end, path, parts, header)
        start = _past_blank_lines(text, end)


def place_of(text: str, keys: Path) -> int:
    """Where the value that `keys` lead to is written, or the table that it is written within."""
    best, place = 0, 0
    for statement in statements(text):
        shared = _shared(statement.path, keys)
        if shared > best:
            best, place = shared, statement.start
    return place


def adding(text: str, *blocks: str) -> str:
    """`text` with `blocks` (each rendered with its header) at the end, a blank line before each."""
    separator = "\n" if text.strip() else ""
    added = separator + "\n".join(blocks) if blocks else ""
    return _ended(text) + added.replace("\n", _newline(text))


def with_line(text: str, line: str) -> str:
    """`text` with one more line at its end."""
    return _ended(text) + line + _newline(text)


def removing(text: str, *aliases: str) -> str:
    """`text` without the aliases' tables; comments below them stay with what follows."""
    for block in reversed(list(_blocks(text, aliases))):
        text = _cut(text, block)
    return text


def replacing(text: str, rendered: Mapping[str, tuple[str, str]]) -> str:
    """`text` with other tables in the place of each alias's: rendered as a block, and inline.

    Inline is for those that had no header: one in the midst of another table's keys would take
    these for its own. What lies within an inline table of all aliases is left as it is.
    """
    blocks = list(_blocks(text, rendered))
    places = {block.alias: block for block in reversed(blocks)}
    for block in reversed(blocks):
        if block is places[block.alias]:
            text = _with_table(text, block, *rendered[block.alias])
        else:
            text = _cut(text, block)
    return text


def renaming(text: str, old: str, new: str) -> str:
    """`text` with the alias's name changed wherever it is written, in its place."""
    for statement in reversed(list(statements(text))):
        if statement.path[:2] != (_TABLES, old):
            continue
        if statement.depth > 1:
            continue  # the name stands in the header above
        start, end = statement.parts[1 - statement.depth]
        text = text[:start] + key_text(new) + text[end:]
    return text


def disconnecting(text: str, alias: str) -> str:
    """`text` with `disconnected = true` as the last key of the alias's own table."""
    own, last = (_TABLES, alias), None
    for statement in statements(text):
        if statement.path == (*own, DISCONNECTED):
            return _with_value(text, statement, "true")
        if statement.path[:2] == own and statement.written_below(len(own)):
            last = statement
    if last is None:  # it has tables below it, and no keys of its own
        return adding(text, f"[{_TABLES}.{key_text(alias)}]\n{DISCONNECTED} = true\n")
    return _with_key_after(text, last, _alias_prefix(text, last), f"{DISCONNECTED} = true")


def reconnecting(text: str, alias: str) -> str:
    """The inverse of `disconnecting`; a line that bears a comment is kept and says false."""
    for statement in statements(text):
        if statement.path == (_TABLES, alias, DISCONNECTED):
            if "#" in text[statement.start : statement.end]:
                return _with_value(text, statement, "false")
            return text[: statement.start] + text[statement.end :]
    return text


def setting(text: str, alias: str, keys: Path, value: str) -> str:
    """`text` with a key of the alias's table that has `value`, which is TOML already.

    A new key comes last in the table that it belongs to.
    """
    own, wanted = (_TABLES, alias), (_TABLES, alias, *keys)
    last: Statement | None = None
    last_below: Statement | None = None
    for statement in statements(text):
        if statement.path == wanted and not statement.header:
            return _with_other_value(text, statement, value)
        if statement.path[:2] == own and statement.written_below(len(own)):
            last = statement
        above = statement.path if statement.header else statement.path[: statement.depth]
        if len(keys) > 1 and above == wanted[:-1]:
            last_below = statement
    if last_below is not None:
        return _with_key_after(text, last_below, "", f"{key_text(keys[-1])} = {value}")
    line = f"{'.'.join(map(key_text, keys))} = {value}"
    if last is None:  # it has tables below it, and no keys of its own
        return adding(text, f"[{_TABLES}.{key_text(alias)}]\n{line}\n")
    return _with_key_after(text, last, _alias_prefix(text, last), line)


def unsetting(text: str, alias: str, keys: Path) -> str:
    """`text` without a key of the alias's table, or without the whole table that it is."""
    wanted = (_TABLES, alias, *keys)
    for statement in reversed(list(statements(text))):
        if statement.path[: len(wanted)] == wanted:
            text = text[: statement.start] + text[statement.end :]
    return text


def key_text(key: str) -> str:
    """A key as TOML writes it: bare where it can be."""
    if _BARE_KEY.fullmatch(key):
        return key
    escaped = "".join(_escaped(letter) for letter in key)
    return f'"{escaped}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _shared(path: Path, keys: Path) -> int:
    """How many keys two paths have in common from the root on."""
    pairs = enumerate(zip(path, keys, strict=False))
    return next((count for count, (one, other) in pairs if one != other), min(len(path), len(keys)))


def _past_blank_lines(text: str, at: int) -> int:
    """Where the next line begins that is neither blank nor a comment."""
    blank = _BLANK_LINES.match(text, at)
    return blank.end() if blank else at


def _end_of_statement(text: str, start: int) -> int:
    """Where the line ends with which a statement is complete.

    Brackets and strings tell where that should be; tomllib is asked whether it is. If they
    disagree, tomllib is asked line by line, which takes longer with each line.
    """
    end = _end_of_brackets(text, start)
    if _parses(text[start:end]):
        return end
    lines = (line.end() for line in _LINE.finditer(text, start))
    return next((end for end in lines if _parses(text[start:end])), len(text))


def _end_of_brackets(text: str, start: int) -> int:
    depth = 0
    for mark in _MARK.finditer(text, start):
        match mark[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth == 0:
                return mark.end()
    return len(text)


def _parses(chunk: str) -> bool:
    try:
        tomllib.loads(chunk)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _keys(text: str, start: int, *, header: bool) -> tuple[Path, tuple[tuple[int, int], ...]]:
    """The keys written at `start`, decoded, and where each of them stands."""
    at = start
    if header:
        at = text.index("[", start) + 1
        at += text[at] == "["
    spans: list[tuple[int, int]] = []
    while part := _KEY_PART.match(text, at):
        spans.append(part.span(1))
        at = part.end()
        if part[2] != ".":
            break
    return tuple(_decoded(text[start:end]) for start, end in spans), tuple(spans)


def _decoded(part: str) -> str:
    return next(iter(tomllib.loads(f"{part} = 0")))


@positional_value_class
class _Block:
    """A span that holds an alias: a header with its keys, or dotted or inline keys alone."""

    alias: str
    start: int
    end: int
    first: Statement


def _blocks(text: str, aliases: Container[str]) -> Iterator[_Block]:
    """The blocks of the aliases, in the order in which they stand in the text."""
    block: _Block | None = None
    for statement in statements(text):
        alias = _alias_of(statement)
        if block is not None and (statement.header or alias != block.alias):
            yield block
            block = None
        if alias is not None and alias in aliases:
            block = replace(block, end=statement.end) if block else _block(alias, statement)
    if block is not None:
        yield block


def _block(alias: str, first: Statement) -> _Block:
    return _Block(alias, first.start, first.end, first)


def _alias_of(statement: Statement) -> str | None:
    """The alias that a statement is about; None where it is about none, or about all."""
    tables, *alias = statement.path[:2]
    return alias[0] if alias and tables == _TABLES else None


def _with_table(text: str, block: _Block, rendered: str, inline: str) -> str:
    first = block.first
    if not first.header:
        keys = text[first.parts[0][0] : first.parts[1 - first.depth][1]]
        rendered = f"{_indent(text, first)}{keys} = {inline}\n"
    return text[: block.start] + rendered.replace("\n", _newline(text)) + text[block.end :]


def _cut(text: str, block: _Block) -> str:
    """`text` less the block, and less the blank line above it where it would be left over."""
    before, after = text[: block.start], text[block.end :]
    blank = re.search(r"(?:\A|\n)(\r?\n)\Z", before[-3:])
    if blank and (not after or re.match(r"\r?\n|\[", after)):
        before = before[: len(before) - len(blank[1])]
    return before + after


def _with_value(text: str, statement: Statement, value: str) -> str:
    at = statement.parts[-1][1]
    rest = re.sub(r"\b(?:true|false)\b", value, text[at : statement.end], count=1)
    return text[:at] + rest + text[statement.end :]


def _with_other_value(text: str, statement: Statement, value: str) -> str:
    """`text` with another value for a key; a comment behind it stays."""
    chunk = text[statement.start : statement.end]
    at = text.index("=", statement.parts[-1][1]) + 1 - statement.start
    rest = chunk[at:]
    ends = [
        place.start() for place in re.finditer("#", rest) if _parses(f"x ={rest[: place.start()]}")
    ]
    end = ends[0] if ends else len(rest)
    after = rest[len(rest[:end].rstrip()) :]
    return f"{text[: statement.start]}{chunk[:at]} {value}{after}{text[statement.end :]}"


def _with_key_after(text: str, statement: Statement, prefix: str, line: str) -> str:
    missing_break = "" if text[: statement.end].endswith("\n") else _newline(text)
    added = f"{missing_break}{_indent(text, statement)}{prefix}{line}{_newline(text)}"
    return text[: statement.end] + added + text[statement.end :]


def _indent(text: str, statement: Statement) -> str:
    line = text[statement.start : statement.end]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _alias_prefix(text: str, statement: Statement) -> str:
    """The keys that lead to the alias where no header does: `a.` in `[connections]`, for one."""
    missing = 0 if statement.header else 2 - statement.depth
    return text[statement.parts[0][0] : statement.parts[missing][0]]


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _newline(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
