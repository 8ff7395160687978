"""gRPC services that are Milvus's, and not the one that clients use. Data.

Source: the .proto files of Milvus 2.2 to 2.6 (pkg/proto), and of Milvus 1.1 (milvus.proto).
"""

from collections.abc import Mapping

COMMAND_OF_MILVUS_1 = "/milvus.grpc.MilvusService/Cmd"
"""Milvus 0.10 and 1.x answer it; with the text `version`, in field 2."""

NO_METHOD = "NoSuchMethod"
"""A method that no service has: only a server with that service calls it an unknown method."""

INTERNAL: Mapping[str, str] = {
    "milvus.proto.rootcoord.RootCoord": "RootCoord",
    "milvus.proto.proxy.Proxy": "the proxy, for other parts of Milvus",
    "milvus.proto.query.QueryCoord": "QueryCoord",
    "milvus.proto.data.DataCoord": "DataCoord",
    "milvus.proto.query.QueryNode": "a QueryNode",
    "milvus.proto.data.DataNode": "a DataNode",
    "milvus.proto.index.IndexCoord": "IndexCoord",
    "milvus.proto.index.IndexNode": "an IndexNode",
    "milvus.proto.workerpb.IndexNode": "an IndexNode",
    "milvus.proto.streaming.StreamingCoordStateService": "StreamingCoord",
    "milvus.proto.streaming.StreamingNodeStateService": "a StreamingNode",
    "etcdserverpb.KV": "etcd, where Milvus keeps its metadata",
}
"""Services by which parts of Milvus talk to each other, and whose they are."""


def lives_there(service: str, details: str) -> bool:
    """Whether a refusal of `NO_METHOD` comes from a server that has `service`.

    grpc-go says `unknown method NoSuchMethod for service X` then, and `unknown service X` else.
    """
    return "unknown method" in details and service in details
