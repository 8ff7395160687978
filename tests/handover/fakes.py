"""The fake servers that the combinations are meant for, each in the words of such a Milvus."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc

from tests.handover.combinations import PASSWORD, Combination
from tests.servers.certificates import Authority
from tests.servers.speaking_milvus import (
    Answer,
    SpeakingMilvus,
    collections,
    databases,
    established,
    status,
)

KNOWN = ("default", "films")


def guarded(secret: str, then: Answer) -> Answer:
    """Let in who sends `secret`, in Milvus's words."""
    wanted = b64encode(secret.encode()).decode()

    def answer(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 -- messages
        sent = dict(context.invocation_metadata()).get("authorization")
        if sent != wanted:
            words = "auth check failure, please check username and password are correct"
            context.abort(
                grpc.StatusCode.UNAUTHENTICATED, words if sent else "missing authorization"
            )
        return then(request, context)

    return answer


def with_databases(then: Answer) -> Answer:
    """Refuse a database that does not exist, as Milvus does by its header or its field."""

    def answer(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 -- messages
        name = _database(dict(context.invocation_metadata()), request)
        if name not in KNOWN:
            return status(code=800, reason=f"database not found[database={name}]")(request, context)
        return then(request, context)

    return answer


def _database(metadata: Mapping[str, str | bytes], request: Any) -> str:  # noqa: ANN401 -- a message
    """That a call asks for, by its header or its field."""
    header = str(metadata.get("dbname") or "")
    return header or getattr(request, "db_name", "") or "default"


@contextmanager
def running(authority: Authority, directory: Path) -> Iterator["Fakes"]:
    """All of them; gone afterwards."""
    pair = authority.issue("client.test")
    own = authority.issue("127.0.0.1", "localhost", "milvus.test")
    (directory / "s.txt").write_text("no PEM")
    with ExitStack() as stack:

        def start(wrap: Any = lambda then: then, **options: Any) -> SpeakingMilvus:  # noqa: ANN401
            return stack.enter_context(
                SpeakingMilvus(
                    connect=wrap(established()),
                    list_databases=databases(*KNOWN),
                    show_collections=wrap(collections()),
                    **options,
                )
            )

        servers = {
            "open": start(),
            "guarded": start(lambda then: guarded(f"root:{PASSWORD}", then)),
            "guarded-plain": start(lambda then: guarded("root:plain", then)),
            "keyed": start(lambda then: guarded("an-api-key", then)),
            "with-databases": start(with_databases),
            "tls": start(tls=own),
            "mutual-tls": start(tls=own, client_authority=authority.ca_file),
        }
        servers["v6"] = start(host="::1")
        servers["unix"] = start(unix=directory / "s")
        texts = {
            "port_v6": servers["v6"].port,
            "socket": directory / "s",
            "ca": authority.ca_file,
            "cert": pair.cert,
            "key": pair.key,
        }
        yield Fakes(servers, texts)


class Fakes:
    """The servers, and what replaces the `{…}` of a combination."""

    def __init__(self, servers: Mapping[str, SpeakingMilvus], texts: Mapping[str, object]) -> None:
        self._servers = servers
        self._texts = texts

    def settings(self, combination: Combination) -> dict[str, Any]:
        """The arguments, with real ports and paths."""
        texts = {**self._texts, "port": self._servers[combination.server].port}
        return {
            name: _replaced(value, texts) if isinstance(value, str) else value
            for name, value in combination.settings.items()
        }

    def take_database(self, method: str) -> str | None:
        """The database that the last call of this method asked for; forgets all calls."""
        found = None
        for server in self._servers.values():
            for call in server.calls:
                if call.method == method:
                    found = _database(call.metadata, call.request)
            server.calls.clear()
        return found


def _replaced(text: str, texts: Mapping[str, object]) -> str:
    for name, value in texts.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
