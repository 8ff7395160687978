"""The least that asks many Milvus servers with grpc.aio: a floor for `milvusconn has --all`.

    python benchmarks/bare.py loop|paced LIMIT < TARGETS

`loop` has 64 calls at a time. `paced` has 64 starts at a time, of which one that still waits after
50 ms makes room for the next. Reads a target a line, prints a line of JSON for each; LIMIT is in
seconds. Nothing is explained.
"""

import asyncio
import json
import os
import sys

from grpc import aio

AT_A_TIME = 64
SLOT_SECONDS = 0.05
CONNECT = "/milvus.proto.milvus.MilvusService/Connect"


async def ask(target: str, limit: float) -> bool:
    """Whether `Connect` succeeds."""
    async with aio.insecure_channel(target, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        try:
            await channel.unary_unary(CONNECT)(b"", timeout=limit)
        except aio.AioRpcError:
            return False
        return True


async def main(kind: str, limit: float, targets: list[str]) -> list[bool]:
    """Ask all."""
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(target: str) -> bool:
        if kind == "loop":
            async with slots:
                return await ask(target, limit)
        async with slots:
            asking = asyncio.create_task(ask(target, limit))
            await asyncio.wait({asking}, timeout=SLOT_SECONDS)
        return await asking

    return await asyncio.gather(*map(one, targets))


if __name__ == "__main__":
    asked = sys.stdin.read().split()
    answers = asyncio.run(main(sys.argv[1], float(sys.argv[2]), asked))
    lines = [
        {"address": target, "established": answer}
        for target, answer in zip(asked, answers, strict=True)
    ]
    sys.stdout.write(json.dumps({"connections": lines}) + "\n")
    sys.stdout.flush()
    os._exit(0)
