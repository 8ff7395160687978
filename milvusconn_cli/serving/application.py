"""The routes of `serve`, and what each answers."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from milvusconn_cli import internal_error
from milvusconn_cli._version import __version__
from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import envelope, metrics
from milvusconn_cli.registry.keeper import Tell
from milvusconn_cli.report import Report
from milvusconn_cli.serving import page
from milvusconn_cli.serving.board import Board
from milvusconn_cli.serving.exposition import Exposition
from milvusconn_cli.text import clean

PATIENCE_SECONDS = 2.0
"""How long an answer for all aliases waits for slow ones, whose last result it then shows."""
_SCRAPE_TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"
_MARGIN_SECONDS = 0.5
_SHORTEST_SECONDS = 0.1
_LONGEST_SCRAPE = 3600.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": page.POLICY,
    "Referrer-Policy": "no-referrer",
    "Server": "milvusconn",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(board: Board, exposition: Exposition, tell: Tell) -> web.Application:
    """The application; `tell` is told of internal errors."""
    routes = _Routes(board, exposition)

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except Exception as bug:  # noqa: BLE001 -- it costs this answer, not the process
            tell(f"internal error: {internal_error.description(bug)}", internal_error.HINT)
            response = web.Response(status=500, text="internal error\n")
        response.headers.update(_HEADERS)
        return response

    app = web.Application(middlewares=[answer])
    app.router.add_get("/", routes.page)
    app.router.add_get("/has/{alias:.+}", routes.has)
    app.router.add_get("/metrics", routes.metrics)
    app.router.add_get("/probe", routes.probe)
    app.router.add_get("/sd", routes.discovery)
    app.router.add_get("/-/healthy", routes.healthy)
    return app


class _Routes:
    def __init__(self, board: Board, exposition: Exposition) -> None:
        self._board = board
        self._exposition = exposition

    async def has(self, request: web.Request) -> web.Response:
        """200 and `True`, or 503, `False` and the cause; 404 for an alias that is not there."""
        alias = request.match_info["alias"]
        as_json = _wants_json(request)
        if alias not in self._board:
            return _no_such_alias(as_json=as_json)
        report = await self._board.ask(alias)
        if report is None:
            raise TypeError("a probe without a limit has no result")
        status = 200 if report.established else 503
        if as_json:
            text = envelope.document("has", [envelope.row(report)], report.exit_code)
            return web.Response(status=status, text=text, content_type="application/json")
        return web.Response(status=status, text=_in_words(report))

    async def metrics(self, request: web.Request) -> web.Response:
        """The metrics of all aliases, each probed if its last result is too old."""
        await self._refresh(request)
        return _metrics(self._exposition.of_all(request.headers.get("Accept", "")))

    async def probe(self, request: web.Request) -> web.Response:
        """The metrics of one alias, for Prometheus's multi-target pattern."""
        alias = request.query.get("target")
        if not alias:
            return web.Response(status=400, text="the parameter `target` names no alias\n")
        if alias not in self._board:
            return _no_such_alias(as_json=False)
        report = await self._board.ask(alias, _time_of_scrape(request))
        if report is None:
            return web.Response(status=504, text="no result within the scrape timeout\n")
        row = self._board.row(alias)
        return _metrics(self._exposition.of_one(row, request.headers.get("Accept", "")))

    async def discovery(self, request: web.Request) -> web.Response:
        """Each alias as a target; `?tag=` selects."""
        entries = self._board.registry.tagged(request.query.getall("tag", []))
        groups = [self._group(entry.alias) for entry in entries]
        return web.json_response(groups)

    def _group(self, alias: str) -> dict[str, object]:
        subject = self._board.subject(alias)
        _, address, tags = metrics.alias_labels(subject)
        labels = {
            "alias": alias,
            "address": address,
            "tags": tags,
            "database": subject.database or "",
            "description": clean(subject.description or ""),
        }
        return {
            "targets": [alias],
            "labels": {f"__meta_milvusconn_{name}": text for name, text in labels.items()},
        }

    async def page(self, request: web.Request) -> web.Response:
        """The status page."""
        await self._refresh(request)
        text = page.of_rows(self._board.rows(), __version__)
        return web.Response(text=text, content_type="text/html")

    async def healthy(self, _request: web.Request) -> web.Response:
        """Whether this process answers; it says nothing of any Milvus."""
        return web.Response(text="milvusconn is healthy\n")

    async def _refresh(self, request: web.Request) -> None:
        within = _time_of_scrape(request) or PATIENCE_SECONDS
        await self._board.refresh(min(PATIENCE_SECONDS, within))


def _in_words(report: Report) -> str:
    if report.finding is None:
        return "True\n"
    return f"False\n{report.status}: {clean(report.finding.summary)}\n"


def _wants_json(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _no_such_alias(*, as_json: bool) -> web.Response:
    """The same for every name: it may be a secret, and must not be an echo."""
    if not as_json:
        return web.Response(status=404, text="no such alias\n")
    from milvusconn_cli.errors import AliasError  # noqa: PLC0415 -- hardly ever

    text = envelope.document("has", [], ExitCode.NO, AliasError("no such alias"))
    return web.Response(status=404, text=text, content_type="application/json")


def _metrics(encoded: tuple[bytes, str]) -> web.Response:
    body, content_type = encoded
    return web.Response(body=body, headers={"Content-Type": content_type})


def _time_of_scrape(request: web.Request) -> float | None:
    """The seconds that Prometheus gives this scrape, less a margin; None if it says nothing."""
    try:
        seconds = float(request.headers.get(_SCRAPE_TIMEOUT, ""))
    except ValueError:
        return None
    if not 0 < seconds <= _LONGEST_SCRAPE:
        return None
    return max(_SHORTEST_SECONDS, seconds - _MARGIN_SECONDS)
