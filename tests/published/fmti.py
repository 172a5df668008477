"""The transparency index: three editions whose columns and rows differ, and the newest one's indicators."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

FOLDER = "https://raw.githubusercontent.com/stanford-crfm/fmti/main"
OCTOBER, MAY, DECEMBER = (
    f"{FOLDER}/{edition}/{edition}_scores.csv" for edition in ("October2023", "May2024", "Dec2025")
)
INDICATORS = f"{FOLDER}/Dec2025/Dec2025_indicators.csv"
BODIES = {
    # A byte order mark, groups of indicators, a column and a row of totals.
    OCTOBER: (
        "\ufeffDomain,Subdomain,Indicator,Meta,Hugging Face,OpenAI,Total\r\n"
        "Upstream,Data,Data size,1,1,0,2\r\n"
        "Upstream,Data,Data creators ,0,0,0,0\r\n"
        "Downstream,Documentation for Deployers,Documentation for responsible downstream use,1,0,1,2\r\n"
        ",,Total,2,1,1,\r\n"
    ).encode(),
    # Neither groups nor a column of totals; the last line is the row of totals.
    MAY: b"Indicator,BigCode,OpenAI\nData size,1,0\nDocumentation for responsible downstream use,1,1\nTotal,2,1",
    # No totals at all.
    DECEMBER: b"Indicator,Google,OpenAI\nData acquisition methods,1,0\nWhistleblower protection,1,1\n",
    INDICATORS: (
        b"Domain,Subdomain,Indicator,Definition,Notes,Example disclosure\n"
        b'Upstream,Data Acquisition,Data acquisition methods,What methods?,"(i) public,\n(ii) crawled",An example\n'
        b"Downstream,Accountability,Whistleblower protection,Is there one?,,\n"
    ),
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
