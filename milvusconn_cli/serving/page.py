"""The status page: HTML from the server alone, readable on a phone, and without JavaScript."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from urllib.parse import quote

from milvusconn_cli.exits import ExitCode
from milvusconn_cli.formats import cells, ordering
from milvusconn_cli.report import Report, Row
from milvusconn_cli.text import clean

_REFRESH_SECONDS = 15
_LONGEST = 300
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --wait: #9a6700; --bad: #cf222e }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --wait: #d29922; --bad: #ff7b72 } }
body { font: 1rem/1.4 system-ui, sans-serif; margin: 1rem auto; max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.25rem; margin: 0 } p { margin: .25rem 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600; overflow-wrap: normal } a { color: inherit }
td:nth-child(2), td:nth-child(3) { min-width: 10rem }
td:nth-child(4), td:nth-child(5) { min-width: 5rem }
.s { font-weight: 600; white-space: nowrap }
.good .s { color: var(--good) } .wait .s { color: var(--wait) } .bad .s { color: var(--bad) }
@media (max-width: 40rem) {
  thead { position: absolute; left: -100rem } table, tbody, tr, td { display: block }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0 } td { border: 0; padding: 0 }
  tr td:nth-child(n) { min-width: 0 }
  td:empty { display: none }
  td[data-name]::before { content: attr(data-name) ": "; opacity: .7 }
}
"""
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"
"""No scripts, no images, nothing from elsewhere: whatever a server's words may be."""


def of_rows(rows: Sequence[Row], version: str) -> str:
    """The page; connections that fail come first, most severe first."""
    bad = ordering.failing(rows)
    well = [row for row in rows if ordering.status_of(row) == "established"]
    count = f"{len(rows)} alias{'' if len(rows) == 1 else 'es'}"
    summary = f"{count}: {ordering.counted(rows)}" if rows else "The registry has no aliases."
    lines = "".join(_row(row) for row in [*bad, *well])
    table = f"<table>{_HEAD}<tbody>{lines}</tbody></table>" if rows else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="{_REFRESH_SECONDS}">'
        f"<title>{len(bad)} failing – milvusconn</title><style>{_STYLE}</style></head>"
        f"<body><h1>Milvus connections</h1><p>{escape(summary)}</p>{table}"
        f'<p>milvusconn {escape(version)} · <a href="metrics">metrics</a> ·'
        f' <a href="sd">service discovery</a></p></body></html>\n'
    )


_HEAD = "<thead><tr><th>Status<th>Alias<th>Address<th>Server<th>Time<th>Reason</tr></thead>"


def _row(row: Row) -> str:
    subject = ordering.subject_of(row)
    report = row if isinstance(row, Report) else None
    kind, mark = _kind(row)
    path = escape(quote(subject.alias, safe="", errors="replace"))
    link = f'<a href="has/{path}">{_shown(subject.alias)}</a>'
    told = (
        ("Address", _shown(subject.address or "")),
        ("Server", _shown(report.server.label if report and report.server else "")),
        ("Time", _shown(cells.duration(report.seconds) if report and report.seconds else "")),
        ("", "".join(_reason(row))),
    )
    data = "".join(
        f'<td data-name="{name}">{text}</td>' if name and text else f"<td>{text}</td>"
        for name, text in told
    )
    status = ordering.status_of(row)
    return f'<tr class="{kind}"><td class="s">{mark} {status}</td><td>{link}</td>{data}</tr>'


def _reason(row: Row) -> Iterator[str]:
    if isinstance(row, Report) and row.finding:
        yield f"{_shown(row.finding.summary)}<br>Fix: {_shown(row.finding.advice)}"


def _kind(row: Row) -> tuple[str, str]:
    """The class, and a mark, since color must not be the only sign."""
    if not isinstance(row, Report):
        return "wait", "…"
    if row.established:
        return "good", "✔"
    return ("wait", "●") if row.exit_code in (ExitCode.NOT_READY, ExitCode.NO) else ("bad", "✘")


def _shown(text: str) -> str:
    return escape(clean(text, _LONGEST))
