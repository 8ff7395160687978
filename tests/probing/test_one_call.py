"""One call as bytes: an answer means the same however it is cut, and nothing else is an answer."""

import itertools

import pytest
from hpack import Decoder
from hypothesis import given
from hypothesis import strategies as st

from milvusconn_cli.probing.layers.call import Question
from milvusconn_cli.probing.one_call import Answer, Deviation, request
from tests.servers import raw_http2
from tests.servers.raw_http2 import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    GRPC,
    HEADERS,
    OK,
    PING,
    SETTINGS,
    answering,
    frame,
    headers,
    message,
    opening,
    trailers,
)

GREETING = frame(SETTINGS) + frame(SETTINGS, ACK)
WELL = GREETING + frame(PING, 0, 0, b"12345678") + answering(message(b"yes"))(1)
LARGEST = 16384


def heard(data: bytes) -> Answer:
    answer = Answer()
    answer.feed(data)
    return answer


@given(st.lists(st.integers(0, len(WELL)), max_size=5))
def test_pieces_are_put_together(cuts: list[int]) -> None:
    answer, replies, edges = Answer(), b"", [0, *sorted(cuts), len(WELL)]
    for begin, end in itertools.pairwise(edges):
        assert not answer.is_complete or begin == end
        answer.feed(WELL[begin:end])
        replies += answer.taken_reply()

    assert answer.is_complete
    assert answer.message == b"yes"
    assert replies == frame(PING, ACK, 0, b"12345678")


@pytest.mark.parametrize("end", [0, 8, len(GREETING), len(WELL) - 1])
def test_beginning_is_no_answer(end: int) -> None:
    assert not heard(WELL[:end]).is_complete


ODD = {
    "trailers alone": raw_http2.trailers_only(GRPC, OK)(1),
    "another status": opening(1) + trailers(1, ("grpc-status", "13")),
    "no status": opening(1) + trailers(1, ("x", "y")),
    "another stream": opening(3),
    "data first": frame(DATA, 0, 1, message()),
    "no trailers": opening(1) + frame(DATA, END_STREAM, 1, message()),
    "second headers that do not end": opening(1) + opening(1),
    "headers in pieces": frame(HEADERS, 0, 1, headers(GRPC)),
    "padding": frame(HEADERS, END_HEADERS | 0x8, 1, b"\0" + headers(GRPC)),
    "a page": frame(HEADERS, END_HEADERS, 1, headers(("content-type", "text/html"))),
    "an error of HTTP": frame(HEADERS, END_HEADERS, 1, headers(GRPC, status="503")),
    "no headers of HPACK": frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff"),
    "reset": frame(raw_http2.RST_STREAM, 0, 1, bytes(4)),
    "going away": frame(raw_http2.GOAWAY, 0, 0, bytes(8)),
    "a long frame": (LARGEST + 1).to_bytes(3, "big") + bytes(6),
    "no end": frame(raw_http2.UNKNOWN, 0, 0, bytes(LARGEST)) * 4,
}


@pytest.mark.parametrize("odd", ODD)
def test_anything_else_is_a_deviation(odd: str) -> None:
    with pytest.raises(Deviation):
        heard(GREETING + ODD[odd])


@pytest.mark.parametrize(
    "body",
    [b"", message(b"yes")[:-1], message(b"yes") * 2, message(b"yes", flag=1), message(length=1)],
)
def test_anything_but_one_plain_message_is_a_deviation(body: bytes) -> None:
    answer = heard(GREETING + answering(body)(1))

    assert answer.is_complete
    with pytest.raises(Deviation):
        _ = answer.message


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_a_deviation(data: bytes) -> None:
    try:
        answer = heard(data)
    except Deviation:
        return
    assert isinstance(answer.is_complete, bool)


def question(**metadata: str) -> Question:
    return Question("127.0.0.1:19530", "agent", tuple(metadata.items()), b"ask")


@pytest.mark.parametrize("length", [0, 1, 126, 127, 128, 254, 255, 256, 300, 16000])
def test_headers_of_any_length_can_be_read(length: int) -> None:
    sent = request(question(authorization="a" * length, dbname="b"), "http", 1.5)
    begin = len(frame(SETTINGS, ACK))
    size = int.from_bytes(sent[begin : begin + 3], "big")
    decoder = Decoder()
    decoder.max_header_list_size = 1 << 20
    fields = raw_http2._text(decoder.decode(sent[begin + 9 : begin + 9 + size], raw=True))

    assert fields["authorization"] == "a" * length
    assert (fields["dbname"], fields["grpc-timeout"]) == ("b", "1500m")
    assert sent[:begin] == frame(SETTINGS, ACK)
    assert sent[begin + 9 + size :] == frame(DATA, END_STREAM, 1, message(b"ask"))


def test_headers_that_need_two_frames_are_left_to_grpc() -> None:
    with pytest.raises(Deviation):
        request(question(authorization="a" * LARGEST), "http", 1.0)


def test_secret_is_not_to_be_indexed() -> None:
    """RFC 7541, 7.1.3: a proxy must not put it into a table that others can probe."""
    assert b"\x10\x0dauthorization" in request(question(authorization="secret"), "http", 1.0)
