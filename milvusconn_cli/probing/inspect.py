"""One connection in full: climbed whatever the attempt says, and the server asked further."""

from dataclasses import replace

from milvusconn_cli.connection.target import Target
from milvusconn_cli.connection.uri import without_credentials
from milvusconn_cli.probing import advice
from milvusconn_cli.probing.attempt import Examination, attempt, examine, question_of
from milvusconn_cli.probing.diagnosis import Diagnosis
from milvusconn_cli.probing.layers import certificate
from milvusconn_cli.probing.layers.local import Engines
from milvusconn_cli.probing.probe import Probe
from milvusconn_cli.report import Inspection, Report, Server
from milvusconn_cli.system import environment_info
from milvusconn_cli.system.tasks import both
from milvusconn_cli.text import clean, listed

_PYMILVUS_VARIABLES = {
    "default_alias": "MILVUS_CONN_ALIAS",
    "default_timeout": "MILVUS_CONN_TIMEOUT",
}
_MOST_NAMES, _MOST_REASONS = 200, 20
"""Of a server's lists; more of them help nobody."""


async def inspect(target: Target, limit: float | None, engines: Engines) -> Report:
    """The probe's report, with every layer checked and the server's own details.

    `limit` in seconds goes before the alias's own; None leaves it to the alias.
    """
    return await _Inspecting(target, limit, engines).report()


class _Inspecting(Probe):
    """A probe that climbs always, and asks a server that accepts for more."""

    def __init__(self, target: Target, limit: float | None, engines: Engines) -> None:
        super().__init__(target, limit, engines)
        self._learned = Inspection()

    async def report(self) -> Report:
        """The probe's report, with what was learned about the server."""
        report = await super().report()
        uri = environment_info.pymilvus_uri()
        elsewhere = _elsewhere(uri, self.subject.uri)
        warnings = (*report.warnings, *([elsewhere] if elsewhere else []))
        learned = replace(self._learned, client=_client(uri))
        return self.redacted(replace(report, inspection=learned, warnings=warnings))

    async def establish(self) -> Server:
        endpoint = await self.endpoint()
        dial = await self.dial(endpoint)
        self.dialled_at = self.deadline.elapsed()
        climb = Diagnosis(
            endpoint, self.connection.tls_files, dial.pem, question_of(dial), self.deadline
        )
        outcome, obstacle = await both(attempt(dial, self.deadline), climb.run())
        self.steps.extend(climb.steps)
        self.certificate = climb.certificate
        self._learn_certificate(climb.certificate)
        server = await self.in_the_light_of(obstacle, outcome, dial)
        if obstacle is not None:
            self.warnings.append(f"gRPC connected, but our own check failed: {obstacle.summary}")
        self._learn(await examine(dial, self.deadline))
        return server

    def _learn_certificate(self, der: bytes | None) -> None:
        if der is None:
            return
        shown = certificate.read(der)
        if shown is None:
            return
        self._learned = replace(self._learned, certificate=shown.evidence)
        self.warnings.extend(advice.of_certificate(shown.not_after))

    def _learn(self, said: Examination) -> None:
        health, names = said.health, said.databases
        note = said.databases_note
        if names is not None and len(names) > _MOST_NAMES:
            note = f"{len(names)} in total; the first {_MOST_NAMES} are shown"
        self._learned = replace(
            self._learned,
            databases=names and names[:_MOST_NAMES],
            databases_note=note,
            healthy=health.healthy if health else None,
            health_reasons=tuple(map(clean, health.reasons[:_MOST_REASONS])) if health else (),
            quota_states=health.quota_states if health else (),
            health_note=said.health_note,
        )
        if health and not health.healthy:
            reasons = listed(list(self._learned.health_reasons), most=3) or "no reason given"
            self.warnings.append(f"Milvus reports that it is not healthy: {reasons}")


def _client(uri: tuple[str, str] | None) -> dict[str, str]:
    """What a pymilvus program would do here; `uri` as `environment_info.pymilvus_uri` has it."""
    client = {"pymilvus": environment_info.pymilvus_version() or "not installed"}
    if uri is not None:
        client |= {"default_uri": without_credentials(uri[0]), "default_uri_from": uri[1]}
    for key, name in _PYMILVUS_VARIABLES.items():
        found = environment_info.pymilvus_variable(name)
        if found is not None and found[0]:
            client[key] = clean(f"{found[0]} ({name})")
    return client


def _elsewhere(uri: tuple[str, str] | None, ours: str | None) -> str | None:
    """A warning where pymilvus's `connections`, given no address, go to another place than this.

    `MilvusClient` does not read the variable.
    """
    if uri is None or without_credentials(uri[0]).rstrip("/") == (ours or "").rstrip("/"):
        return None
    place = without_credentials(uri[0])
    return f"{uri[1]} makes pymilvus's connections.connect() without an address go to {place}"
