"""`connections.async_kwargs`, proved by pymilvus's `AsyncMilvusClient`, which takes them."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from milvusconn_cli import (
    ConnectionConfigException,
    ConnectionNotExistException,
    Connections,
)
from tests.api.test_rows_of_pymilvus import SETTINGS
from tests.commands.verbs import NOWHERE
from tests.servers.certificates import Authority
from tests.servers.client_program import ClientProgram
from tests.servers.environments import python_with_pymilvus
from tests.servers.milvus import MilvusServer
from tests.servers.speaking_milvus import SpeakingMilvus, collections

pytestmark = pytest.mark.timeout(1200)  # the first run makes an environment


@pytest.fixture(scope="module", params=["3.0.2", "2.6.17"])
def client(request: pytest.FixtureRequest) -> Iterator[ClientProgram]:
    with ClientProgram(python_with_pymilvus(request.param), asynchronous=True) as program:
        yield program


def async_kwargs(connections: Connections, alias: str) -> dict[str, Any]:
    return asyncio.run(connections.async_kwargs(alias))


def test_client_of_real_milvus(
    connections: Connections, milvus: MilvusServer, client: ClientProgram
) -> None:
    connections.add_connection(a={"uri": milvus.uri, "db_name": "default", "timeout": 20})

    fate = client.ask(async_kwargs(connections, "a"))

    assert fate.called, fate


def test_client_of_real_milvus_with_mutual_tls(
    connections: Connections,
    milvus_with_mutual_tls: MilvusServer,
    client: ClientProgram,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The secret is fetched without blocking, and the files go by the names that have an effect."""
    server = milvus_with_mutual_tls
    monkeypatch.setenv("PW", "Milvus")
    connections.add_connection(
        a={
            "uri": server.uri,
            "user": "root",
            "password": {"env": "PW"},
            "ca_pem_path": authority.ca_file,
            "client_pem_path": server.client.cert,
            "client_key_path": server.client.key,
        }
    )
    arguments = async_kwargs(connections, "a")

    fate = client.ask(arguments)
    without = client.ask({**arguments, "token": "root:wrong"})

    assert fate.called, fate
    assert not without.called


def test_client_of_an_ipv6_address(connections: Connections, client: ClientProgram) -> None:
    with SpeakingMilvus(host="::1", show_collections=collections()) as server:
        connections.add_connection(a={"uri": server.uri})

        fate = client.ask(async_kwargs(connections, "a"))

    assert fate.called, fate


@pytest.mark.parametrize("loops", [1, 2])
def test_client_in_the_same_loop(
    connections: Connections, milvus: MilvusServer, loops: int
) -> None:
    """The check and the client share a loop, and each loop may have its own."""
    from pymilvus import AsyncMilvusClient  # noqa: PLC0415 -- slow

    connections.add_connection(a={"uri": milvus.uri})

    async def use() -> tuple[bool, list[str]]:
        is_connected = await connections.async_has_connection("a")
        async with AsyncMilvusClient(**await connections.async_kwargs("a")) as client:
            return is_connected, await client.list_collections()

    assert [asyncio.run(use()) for _ in range(loops)] == [(True, [])] * loops


def test_twins_have_the_same_answer(connections: Connections) -> None:
    """Many at once, each with its own secret, fetched by a command."""
    names = [f"a{number}" for number in range(8)]
    for name in names:
        token: Any = {"command": ["echo", name]}
        connections.add_connection(**SETTINGS({name: {"uri": NOWHERE, "token": token}}))

    async def gather() -> list[dict[str, Any]]:
        return await asyncio.gather(*map(connections.async_kwargs, names))

    made = asyncio.run(gather())

    assert [one["token"] for one in made] == names
    assert made == [connections.kwargs(name) for name in names]


def test_what_cannot_be_handed_on(connections: Connections) -> None:
    connections.add_connection(
        out={"uri": NOWHERE}, secret={"uri": NOWHERE, "token": {"env": "NOT_SET"}}
    )
    connections.disconnect("out")

    with pytest.raises(ConnectionNotExistException, match="no alias 'nobody'"):
        async_kwargs(connections, "nobody")
    with pytest.raises(ConnectionNotExistException, match="out is disconnected"):
        async_kwargs(connections, "out")
    with pytest.raises(ConnectionConfigException, match="environment variable NOT_SET is not set"):
        async_kwargs(connections, "secret")
