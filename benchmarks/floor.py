"""The least that a Python program with these libraries can do: a floor for `milvusconn has`.

    MILVUSCONN_CONFIG=FILE python benchmarks/floor.py ALIAS

tomllib reads the registry, typer one command, grpcio calls `Connect` with no bytes, and the process
leaves promptly. No settings are checked, nothing is explained, no credentials are sent.
"""

import os
import sys
import tomllib
from pathlib import Path

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def has(alias: str) -> None:
    """Say whether ALIAS answers `Connect`."""
    import grpc  # noqa: PLC0415 -- as late as the program itself

    registry = tomllib.loads(Path(os.environ["MILVUSCONN_CONFIG"]).read_text(encoding="utf-8"))
    target = registry["connections"][alias]["uri"].removeprefix("http://")
    with grpc.insecure_channel(target) as channel:
        connect = channel.unary_unary("/milvus.proto.milvus.MilvusService/Connect")
        try:
            connect(b"", timeout=5)
            answer = True
        except grpc.RpcError:
            answer = False
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()
    os._exit(not answer)


if __name__ == "__main__":
    app()
