"""Bytes ↔ the few protobuf fields that a probe sends and reads.

No protobuf library at run time: it costs more than the whole call, and beside pymilvus it would
inherit its version pins. Field numbers are those of milvus.proto and common.proto (the `milvus-
proto` repository); the tests hold every one of them against the generated code of pymilvus.
Unknown fields are passed over, as protobuf has it, so that newer servers can be read.
"""

from collections.abc import Iterator
from typing import NamedTuple

# Wire types: 0 varint, 1 fixed64, 2 bytes, 3 and 4 a group's begin and end, 5 fixed32.
_BYTES = 2
_WIDTH = {1: 8, 5: 4}
_VARINT, _LENGTH_DELIMITED = 0, 2
_GROUP = (3, 4)
"""Wire types of the beginning and the end of a group."""
_MOST_FIELDS = 100_000
"""Of one message; a million of them would keep the event loop busy for seconds."""
_DEEPEST_GROUP = 100  # what protobuf's own decoder takes
_QUOTA_STATES = {
    2: "ReadLimited",
    3: "WriteLimited",
    4: "DenyToRead",
    5: "DenyToWrite",
    6: "DenyToDDL",
}
_LONGEST_VARINT = 10  # bytes: 64 bits, 7 at a time


class WireError(ValueError):
    """These bytes are not the message that they should be."""


class Status(NamedTuple):
    """common.Status: success is both codes 0, and then `reason` means nothing.

    `error_code` is the old enum (Milvus before 2.3), `code` the new one (`merr`); either alone
    can be 0 on a failure.
    """

    error_code: int = 0
    reason: str = ""
    code: int = 0

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.error_code == 0 and self.code == 0


class ServerInfo(NamedTuple):
    """common.ServerInfo, as `Connect` answers it; empty text where the server says nothing."""

    build_tags: str = ""
    build_time: str = ""
    git_commit: str = ""
    go_version: str = ""
    deploy_mode: str = ""


class ConnectAnswer(NamedTuple):
    """milvus.ConnectResponse."""

    status: Status
    server: ServerInfo


class VersionAnswer(NamedTuple):
    """milvus.GetVersionResponse."""

    status: Status
    version: str


class DatabasesAnswer(NamedTuple):
    """milvus.ListDatabasesResponse; the names are in no order."""

    status: Status
    names: tuple[str, ...]


class HealthAnswer(NamedTuple):
    """milvus.CheckHealthResponse; `quota_states` by their names (milvus.QuotaState)."""

    status: Status
    healthy: bool
    reasons: tuple[str, ...]
    quota_states: tuple[str, ...]


def connect_request(sdk_type: str, sdk_version: str) -> bytes:
    """milvus.ConnectRequest with a common.ClientInfo of type and version; both may be left out."""
    client_info = _text_field(1, sdk_type) + _text_field(2, sdk_version)
    return _length_delimited(2, client_info)


def read_connect(data: bytes) -> ConnectAnswer:
    """Decode milvus.ConnectResponse; `WireError` if it is invalid."""
    fields = _fields(data)
    return ConnectAnswer(_status(fields.message(1)), _server_info(fields.message(2)))


def read_version(data: bytes) -> VersionAnswer:
    """Decode milvus.GetVersionResponse; `WireError` if it is invalid."""
    fields = _fields(data)
    return VersionAnswer(_status(fields.message(1)), fields.text(2))


def read_text(data: bytes, *, field: int) -> str:
    """One text field of any message; `WireError` if `data` is no message."""
    return _fields(data).text(field)


def read_databases(data: bytes) -> DatabasesAnswer:
    """Decode milvus.ListDatabasesResponse; `WireError` if it is invalid."""
    fields = _fields(data)
    return DatabasesAnswer(_status(fields.message(1)), fields.texts(2))


def read_health(data: bytes) -> HealthAnswer:
    """Decode milvus.CheckHealthResponse; `WireError` if it is invalid."""
    fields = _fields(data)
    return HealthAnswer(
        status=_status(fields.message(1)),
        healthy=fields.int32(2) != 0,
        reasons=fields.texts(3),
        quota_states=tuple(
            _QUOTA_STATES.get(number, f"state {number}") for number in fields.numbers(4)
        ),
    )


def _status(data: bytes) -> Status:
    fields = _fields(data)
    return Status(error_code=fields.int32(1), reason=fields.text(2), code=fields.int32(3))


def _server_info(data: bytes) -> ServerInfo:
    fields = _fields(data)
    return ServerInfo(
        build_tags=fields.text(1),
        build_time=fields.text(2),
        git_commit=fields.text(3),
        go_version=fields.text(4),
        deploy_mode=fields.text(5),
    )


class _Fields:
    """The fields of one message by number; of a field given twice the last holds.

    A field whose wire type is not the one that was asked for is as good as absent: so protobuf
    treats it.
    """

    def __init__(self, found: dict[int, list[int | bytes]]) -> None:
        self._found = found

    def int32(self, number: int) -> int:
        """A signed 32-bit varint; 0 where the field is absent."""
        values = [value for value in self._values(number) if isinstance(value, int)]
        low = values[-1] & 0xFFFFFFFF if values else 0
        return low - (1 << 32) if low >> 31 else low

    def message(self, number: int) -> bytes:
        """The bytes of a nested message; empty where the field is absent.

        A message that comes in pieces is the pieces put together: that is how protobuf merges.
        """
        return b"".join(self._chunks(number))

    def text(self, number: int) -> str:
        """A string; empty where the field is absent."""
        return next(reversed(self.texts(number)), "")

    def texts(self, number: int) -> tuple[str, ...]:
        """A repeated string."""
        # Not strict: a server whose text is not UTF-8 is still the server that was asked for.
        return tuple(chunk.decode("utf-8", "replace") for chunk in self._chunks(number))

    def numbers(self, number: int) -> tuple[int, ...]:
        """A repeated number, packed (as proto3 sends it) or one by one."""
        values: list[int] = []
        for value in self._values(number):
            values.extend([value] if isinstance(value, int) else _packed(value))
        return tuple(values)

    def _chunks(self, number: int) -> list[bytes]:
        return [value for value in self._values(number) if isinstance(value, bytes)]

    def _values(self, number: int) -> list[int | bytes]:
        return self._found.get(number, [])


def _fields(data: bytes) -> _Fields:
    found: dict[int, list[int | bytes]] = {}
    for number, value in _walk(data):
        found.setdefault(number, []).append(value)
    return _Fields(found)


def _walk(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Each varint field's number and value, each string's and message's number and bytes.

    Fixed numbers and groups are passed over: no message that is read here has any.
    """
    at, count = 0, 0
    groups: list[int] = []
    while at < len(data):
        count += 1
        if count > _MOST_FIELDS:
            raise WireError(f"more than {_MOST_FIELDS} fields")
        tag, at = _varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        if number == 0:
            raise WireError("field number 0")
        if wire_type in _GROUP:
            _enter_or_leave(groups, number, wire_type)
            continue
        value, at = _value(data, at, wire_type)
        if value is not None and not groups:
            yield number, value
    if groups:
        raise WireError("a group does not end")


def _value(data: bytes, at: int, wire_type: int) -> tuple[int | bytes | None, int]:
    """The value of a field and where it ends; None for a fixed number."""
    if wire_type == _VARINT:
        return _varint(data, at)
    if wire_type == _LENGTH_DELIMITED:
        length, at = _varint(data, at)
        return _take(data, at, length)
    if wire_type in _WIDTH:
        return None, _take(data, at, _WIDTH[wire_type])[1]
    raise WireError(f"wire type {wire_type}")


def _enter_or_leave(groups: list[int], number: int, wire_type: int) -> None:
    """Note that a group begins, or that the innermost one ends."""
    if wire_type == _GROUP[0] and len(groups) < _DEEPEST_GROUP:
        groups.append(number)
    elif wire_type == _GROUP[1] and groups and groups[-1] == number:
        groups.pop()
    else:
        raise WireError(f"wire type {wire_type}")


def _take(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    """`length` bytes from `at`, and where they end."""
    if at + length > len(data):
        raise WireError("the message ends inside a field")
    return data[at : at + length], at + length


def _packed(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at` and where it ends."""
    value = 0
    for index, byte in enumerate(data[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 -- the top bit says that more follow
            return value, at + index + 1
    raise WireError("a number does not end")


def _text_field(number: int, text: str) -> bytes:
    return _length_delimited(number, text.encode()) if text else b""


def _length_delimited(number: int, payload: bytes) -> bytes:
    return _encode_varint(number << 3 | _BYTES) + _encode_varint(len(payload)) + payload


def _encode_varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004 -- seven bits at a time
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
