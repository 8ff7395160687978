"""The hand-made protobuf code agrees with the real one, field by field and on any bytes."""

from typing import Any

import pytest
from google.protobuf.message import (  # type: ignore[import-untyped]
    DecodeError,
    Message,
)
from hypothesis import given
from hypothesis import strategies as st
from pymilvus.grpc_gen import common_pb2, milvus_pb2

from milvusconn_cli.probing import protobuf
from milvusconn_cli.probing.protobuf import ServerInfo, Status, WireError

SERVER_FIELDS = ("build_tags", "build_time", "git_commit", "go_version", "deploy_mode")
LARGEST_INT32, SMALLEST_INT32 = 2**31 - 1, -(2**31)

texts = st.text(st.characters(exclude_categories=["Cs"]))
int32s = st.integers(SMALLEST_INT32, LARGEST_INT32)
int64s = st.integers(-(2**63), 2**63 - 1)
maps = st.dictionaries(texts, texts, max_size=2)


@st.composite
def statuses(draw: st.DrawFn) -> Any:  # noqa: ANN401 -- generated code has no types
    """A common.Status with every field set, those that this product does not read too."""
    return common_pb2.Status(
        error_code=draw(int32s),
        reason=draw(texts),
        code=draw(int32s),
        retriable=draw(st.booleans()),
        detail=draw(texts),
        extra_info=draw(maps),
    )


def read_status(message: Message) -> Status:
    """The status of a response that holds nothing else."""
    return protobuf.read_connect(
        milvus_pb2.ConnectResponse(status=message).SerializeToString()
    ).status


def varint(value: int) -> bytes:
    """The shortest varint of a number that is not negative."""
    head = b""
    while value > 0x7F:
        head += bytes([value & 0x7F | 0x80])
        value >>= 7
    return head + bytes([value])


@st.composite
def unknown_fields(draw: st.DrawFn) -> bytes:
    """A field as a newer server may send it: numbers past 100, every wire type but groups."""
    number = draw(st.integers(100, 2**29 - 1))
    wire_type, payload = draw(
        st.one_of(
            st.tuples(st.just(0), st.integers(0, 2**64 - 1).map(varint)),
            st.tuples(st.just(1), st.binary(min_size=8, max_size=8)),
            st.tuples(st.just(2), st.binary().map(lambda chunk: varint(len(chunk)) + chunk)),
            st.tuples(st.just(5), st.binary(min_size=4, max_size=4)),
        )
    )
    return varint(number << 3 | wire_type) + payload


@given(texts, texts)
def test_connect_request_is_what_protobuf_reads(sdk_type: str, sdk_version: str) -> None:
    """Type and version of the client arrive in the fields that Milvus looks into."""
    request = milvus_pb2.ConnectRequest.FromString(protobuf.connect_request(sdk_type, sdk_version))

    assert request.client_info == common_pb2.ClientInfo(sdk_type=sdk_type, sdk_version=sdk_version)
    assert request.HasField("client_info")
    assert not request.HasField("base")


@given(texts, texts)
def test_connect_request_is_byte_for_byte_protobufs(sdk_type: str, sdk_version: str) -> None:
    """Empty fields are left out and lengths are shortest, as protobuf writes them."""
    client_info = common_pb2.ClientInfo(sdk_type=sdk_type, sdk_version=sdk_version)

    assert (
        protobuf.connect_request(sdk_type, sdk_version)
        == milvus_pb2.ConnectRequest(client_info=client_info).SerializeToString()
    )


def test_long_text_has_a_length_of_several_bytes() -> None:
    """Lengths past 127 and past 16383 take two and three bytes."""
    for length in (127, 128, 16383, 16384, 100_000):
        request = milvus_pb2.ConnectRequest.FromString(protobuf.connect_request("x" * length, "1"))
        assert len(request.client_info.sdk_type) == length


@given(statuses())
def test_status_is_read_as_protobuf_reads_it(message: Any) -> None:  # noqa: ANN401
    """Old code, reason and new code, whatever stands in the other fields."""
    assert read_status(message) == Status(message.error_code, message.reason, message.code)


@pytest.mark.parametrize(
    ("given_field", "expected"),
    [
        ({"error_code": 1}, Status(error_code=1)),
        ({"reason": "why"}, Status(reason="why")),
        ({"code": 800}, Status(code=800)),
        ({"retriable": True}, Status()),
        ({"detail": "long"}, Status()),
        ({"extra_info": {"a": "b"}}, Status()),
    ],
)
def test_each_field_of_a_status_alone(given_field: dict[str, Any], expected: Status) -> None:
    """A field that is set alone moves no other."""
    assert read_status(common_pb2.Status(**given_field)) == expected


@pytest.mark.parametrize("code", [-1, 1, LARGEST_INT32, SMALLEST_INT32, 127, 128])
def test_negative_numbers_are_ten_bytes_and_stay_negative(code: int) -> None:
    """Protobuf sends a negative int32 as a 64-bit varint; it is read back as it was."""
    message = common_pb2.Status(code=code)

    assert len(message.SerializeToString()) == (11 if code < 0 else 1 + len(varint(code)))
    assert read_status(message).code == code


@pytest.mark.parametrize(
    ("status", "ok"),
    [
        (Status(), True),
        (Status(reason=": "), True),
        (Status(error_code=1), False),
        (Status(code=1), False),
        (Status(error_code=1, code=1), False),
        (Status(code=-1), False),
    ],
)
def test_success_is_both_codes_zero(status: Status, *, ok: bool) -> None:
    """Either code alone makes a failure; a reason alone does not."""
    assert status.ok is ok


@pytest.mark.parametrize("field", SERVER_FIELDS)
def test_each_field_of_the_server_alone(field: str) -> None:
    """Each text of ServerInfo is read from its own number."""
    message = milvus_pb2.ConnectResponse(server_info=common_pb2.ServerInfo(**{field: "it"}))

    assert protobuf.read_connect(message.SerializeToString()).server == ServerInfo(**{field: "it"})


@given(statuses(), st.lists(texts, min_size=5, max_size=5), maps, int64s)
def test_connect_answer_is_read_whole(
    status: Any,  # noqa: ANN401
    said: list[str],
    reserved: dict[str, str],
    identifier: int,
) -> None:
    """All fields of a ConnectResponse at once, maps and 64-bit numbers among them."""
    server = dict(zip(SERVER_FIELDS, said, strict=True))
    message = milvus_pb2.ConnectResponse(
        status=status,
        server_info=common_pb2.ServerInfo(**server, reserved=reserved),
        identifier=identifier,
    )

    answer = protobuf.read_connect(message.SerializeToString())

    assert answer.server == ServerInfo(**server)
    assert answer.status == Status(status.error_code, status.reason, status.code)


@given(statuses(), texts)
def test_version_answer_is_read_whole(status: Any, version: str) -> None:  # noqa: ANN401
    """Status and version of a GetVersionResponse."""
    message = milvus_pb2.GetVersionResponse(status=status, version=version)

    answer = protobuf.read_version(message.SerializeToString())

    assert answer.version == version
    assert answer.status == Status(status.error_code, status.reason, status.code)


@given(statuses(), st.lists(texts), st.lists(st.integers(0, 2**64 - 1)), st.lists(int64s))
def test_databases_answer_keeps_names_in_order(
    status: Any,  # noqa: ANN401
    names: list[str],
    created: list[int],
    ids: list[int],
) -> None:
    """Repeated names in the server's order; packed numbers beside them are passed over."""
    message = milvus_pb2.ListDatabasesResponse(
        status=status, db_names=names, created_timestamp=created, db_ids=ids
    )

    answer = protobuf.read_databases(message.SerializeToString())

    assert answer.names == tuple(names)
    assert answer.status == Status(status.error_code, status.reason, status.code)


def test_an_empty_answer_is_a_success_that_says_nothing() -> None:
    """No bytes at all are a valid message: protobuf leaves defaults out."""
    assert protobuf.read_connect(b"") == protobuf.ConnectAnswer(Status(), ServerInfo())
    assert protobuf.read_version(b"") == protobuf.VersionAnswer(Status(), "")
    assert protobuf.read_databases(b"") == protobuf.DatabasesAnswer(Status(), ())


def test_what_another_call_answers_beside_its_status_is_passed_over() -> None:
    """CheckHealth's reasons and packed states do not upset the reading of its status."""
    message = milvus_pb2.CheckHealthResponse(
        status=common_pb2.Status(code=1, reason="no"), reasons=["a", "b"], quota_states=[1, 2, 300]
    )

    assert protobuf.read_version(message.SerializeToString()) == protobuf.VersionAnswer(
        Status(code=1, reason="no"), ""
    )


@given(st.lists(unknown_fields(), min_size=1, max_size=4), st.integers(0, 4))
def test_fields_of_newer_servers_are_passed_over(extra: list[bytes], place: int) -> None:
    """Unknown numbers of every wire type, before, between and after the known fields."""
    known = [
        milvus_pb2.GetVersionResponse(status=common_pb2.Status(code=7)).SerializeToString(),
        milvus_pb2.GetVersionResponse(version="v2.9").SerializeToString(),
    ]
    pieces = [*extra]
    pieces[place:place] = known

    assert protobuf.read_version(b"".join(pieces)) == protobuf.VersionAnswer(Status(code=7), "v2.9")


def test_groups_of_unknown_fields_are_passed_over() -> None:
    """A group, which protobuf still skips, is an unknown field like any other."""
    group = bytes([10 << 3 | 3, 1 << 3 | 0, 5, 10 << 3 | 4])
    data = milvus_pb2.GetVersionResponse(version="v2.9").SerializeToString() + group
    assert milvus_pb2.GetVersionResponse.FromString(data).version == "v2.9"

    assert protobuf.read_version(data).version == "v2.9"


def test_of_a_field_given_twice_the_last_holds() -> None:
    """Scalars: the last one wins, as in protobuf."""
    data = b"".join(
        milvus_pb2.GetVersionResponse(version=version).SerializeToString()
        for version in ("first", "last")
    )

    assert protobuf.read_version(data).version == "last"


def test_a_message_in_pieces_is_merged() -> None:
    """A nested message given twice is both put together, as in protobuf."""
    data = b"".join(
        milvus_pb2.GetVersionResponse(status=common_pb2.Status(**piece)).SerializeToString()
        for piece in ({"code": 4, "reason": "old"}, {"reason": "new"})
    )
    merged = milvus_pb2.GetVersionResponse.FromString(data).status

    assert protobuf.read_version(data).status == Status(
        merged.error_code, merged.reason, merged.code
    )


def test_text_that_is_not_utf8_is_still_an_answer() -> None:
    """Broken text shows replacement characters; the server is still the one asked for."""
    assert protobuf.read_version(b"\x12\x03a\xffb").version == "a\ufffdb"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x0a", "does not end"),
        (b"\x0a\x05abc", "ends inside"),
        (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "ends inside"),
        (b"\xff" * 10 + b"\x01", "does not end"),
        (b"\x10" + b"\x80" * 10 + b"\x01", "does not end"),
        (b"\x02\x00", "field number 0"),
        (b"\x0e", "wire type 6"),
        (b"\x0f", "wire type 7"),
        (b"\x09\x00\x00", "ends inside"),
        (b"\x0d\x00", "ends inside"),
        (b"\x0a\x02\x12\x05", "ends inside"),
    ],
)
def test_bytes_that_are_no_message_are_refused(data: bytes, message: str) -> None:
    """Truncated, overlong and impossible fields are named."""
    with pytest.raises(WireError, match=message):
        protobuf.read_connect(data)


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 400 Bad Request", b"SSH-2.0-OpenSSH_9.6", b"-ERR unknown", b"<!DOCTYPE h>"]
)
def test_words_of_other_protocols_are_refused(words: bytes) -> None:
    """A peer that speaks another protocol does not decode by chance."""
    with pytest.raises(WireError):
        protobuf.read_connect(words)


@pytest.mark.parametrize(
    "data",
    [b"\x08\x05", b"\x0a\x02\x10\x01", b"\x0a\x02\x0a\x00"],
    ids=["status as a number", "reason as a number", "code as text"],
)
def test_a_known_field_of_another_type_is_passed_over(data: bytes) -> None:
    """As protobuf has it: a field of another wire type is an unknown field."""
    assert milvus_pb2.ConnectResponse.FromString(data).status.code == 0

    assert protobuf.read_connect(data).status == Status()


def test_a_number_of_a_fixed_width_is_not_a_code() -> None:
    """Status.code is a varint; four fixed bytes under its number are another field."""
    status = bytes([3 << 3 | 5, 44, 1, 0, 0])
    data = bytes([1 << 3 | 2, len(status)]) + status
    assert milvus_pb2.ConnectResponse.FromString(data).status.code == 0

    assert protobuf.read_connect(data).status.code == 0


MESSAGES = {
    protobuf.read_connect: milvus_pb2.ConnectResponse,
    protobuf.read_version: milvus_pb2.GetVersionResponse,
    protobuf.read_databases: milvus_pb2.ListDatabasesResponse,
}

varint_fields = st.tuples(st.integers(1, 7), st.integers(0, 2**64 - 1)).map(
    lambda field: varint(field[0] << 3) + varint(field[1])
)
bytes_fields = st.deferred(
    lambda: st.tuples(st.integers(1, 7), st.one_of(st.binary(max_size=8), near_messages)).map(
        lambda field: varint(field[0] << 3 | 2) + varint(len(field[1])) + field[1]
    )
)
near_messages: st.SearchStrategy[bytes] = st.lists(
    st.one_of(varint_fields, bytes_fields), max_size=3
).map(b"".join)


@pytest.mark.parametrize("read", MESSAGES)
@given(data=st.one_of(st.binary(), near_messages))
def test_any_bytes_decode_or_are_refused(read: Any, data: bytes) -> None:  # noqa: ANN401
    """Whatever a peer sends there is an answer or `WireError`, and it is protobuf's answer."""
    try:
        answer = read(data)
    except WireError:
        return
    try:
        message = MESSAGES[read].FromString(data)
    except DecodeError:
        return  # protobuf is stricter: text must be UTF-8, tags must fit in 32 bits
    status = message.status
    assert answer.status == Status(status.error_code, status.reason, status.code)
    if read is protobuf.read_version:
        assert answer.version == message.version
    if read is protobuf.read_databases:
        assert answer.names == tuple(message.db_names)


@given(st.binary(max_size=64), st.integers(0, 64))
def test_a_message_cut_short_never_crashes(noise: bytes, cut: int) -> None:
    """Every prefix of an answer decodes or is refused."""
    whole = milvus_pb2.ConnectResponse(
        status=common_pb2.Status(code=-1, reason="reason"),
        server_info=common_pb2.ServerInfo(build_tags="v2.3.5", reserved={"a": "b"}),
        identifier=-1,
    ).SerializeToString()
    for data in (whole[:cut], whole[:cut] + noise):
        try:
            protobuf.read_connect(data)
        except WireError:
            continue


def test_megabytes_are_read_without_a_hitch() -> None:
    """A long text is one slice, not a walk over its bytes."""
    reason = "x" * 8_000_000
    assert len(read_status(common_pb2.Status(reason=reason)).reason) == len(reason)
