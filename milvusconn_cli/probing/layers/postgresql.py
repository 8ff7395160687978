"""PostgreSQL, which says nothing to anybody but its own clients: the one question it answers."""

from milvusconn_cli.probing.layers.stream import Stream

_SSL_REQUEST = bytes((0, 0, 0, 8)) + (80877103).to_bytes(4, "big")  # its protocol's own number


async def answers(stream: Stream) -> bool:
    """Whether the peer answers an SSLRequest as PostgreSQL does, with one letter."""
    await stream.send(_SSL_REQUEST)
    return await stream.receive() in (b"S", b"N")
