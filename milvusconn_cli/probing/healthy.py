"""A probe that asks an established Milvus whether it is healthy, too."""

from milvusconn_cli.causes import Cause
from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import TcpEndpoint, UnixEndpoint
from milvusconn_cli.probing.attempt import Dial, examine
from milvusconn_cli.probing.layers import Obstacle
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import Probe
from milvusconn_cli.report import Report, Server, finding
from milvusconn_cli.text import clean, listed

_MOST_REASONS = 3


async def probe_healthy(target: Target, limit: float | None, engines: Engines) -> Report:
    """The report of a probe for which CheckHealth has to say healthy, too; else `unhealthy`."""
    return await _Healthy(target, limit, engines).report()


class _Healthy(Probe):
    async def dial(self, endpoint: TcpEndpoint | UnixEndpoint) -> Dial:
        self._dialled = await super().dial(endpoint)
        return self._dialled

    async def establish(self) -> Server:
        server = await super().establish()
        said = await examine(self._dialled, self.deadline)
        if said.health is None:
            summary = f"established, but its health is unknown: {said.health_note}"
            raise Obstacle(finding(Cause.UNHEALTHY, summary, _ASK_WITHOUT))
        if not said.health.healthy:
            reasons = listed([clean(one) for one in said.health.reasons], most=_MOST_REASONS)
            states = {"quota_states": ", ".join(said.health.quota_states)}
            raise Obstacle(
                finding(
                    Cause.UNHEALTHY,
                    f"Milvus is not healthy: {reasons or 'no reason given'}",
                    **{key: text for key, text in states.items() if text},
                )
            )
        return server


_ASK_WITHOUT = "`milvusconn inspect` shows what the server tells; `has` alone does not ask for it"
