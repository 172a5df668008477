"""AI Incident Database: how many incidents a month, as context and as no more.

Whether misuse grew after an open release is asked of every incident list, and this one cannot answer it: it names
no gpt-oss incident. It is read to show that, beside how many incidents are filed at all. Of each incident only its
month, its alleged developers and whether its words name gpt-oss are used; no text of a report is read or kept.

Measures: incidents per month in which they happened: all, those with OpenAI among the alleged developers, and those
whose title, description or named systems mention gpt-oss. A month without one counts 0, since the whole list is read.

Published: https://incidentdatabase.ai/page-data/apps/incidents/page-data.json, keyless, the data of the site's own
list of incidents, CC BY-SA 4.0 (share-alike); one GET a week, as its terms ask for no more. The page data are no
documented interface: their field names are those that other readers of the file report and were not confirmed by a
body recorded here, so a body without them is refused as a whole. The recorded past is a table derived from it by
others, with descriptions cut to 500 characters. The documented weekly dump is 105 MB and is not read.

Caveats: No incident of the list names gpt-oss, so it carries no series of gpt-oss misuse; it is context. Incidents
are entered weeks or months after they happen, so the last three months always look low and are flagged partial. An
entry is an allegation collected from the press by volunteers. More entries can mean more attention.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.source import Counter, FetchContext, Fetched, Parsed, Payload, Refused, Snapshot, Source, SourceError

_ID = "aiid"
_URL = "https://incidentdatabase.ai/page-data/apps/incidents/page-data.json"
_METRIC = "aiid_incidents"
ALL, OPENAI, GPT_OSS = "all incidents", "OpenAI as developer", "mentions gpt-oss"
_NAMED = re.compile(r"gpt[-_ ]?oss", re.IGNORECASE)
_LATE_MONTHS = 3  # months before the one of the reading in which entries are still missing
_COLUMNS = ("incident_id", "title", "date", "description", "alleged_developer")


class Aiid(Source):
    """Monthly counts of incidents in the AI Incident Database."""

    source_id = _ID
    title = "AI Incident Database"
    publisher = "Responsible AI Collaborative"
    homepage = "https://incidentdatabase.ai/"
    licence_id = "CC-BY-SA-4.0"
    licence_url = "https://creativecommons.org/licenses/by-sa/4.0/"
    attribution = "AI Incident Database, https://incidentdatabase.ai, CC BY-SA 4.0 (monthly counts made here)."
    cadence_days = 7
    hosts = ("incidentdatabase.ai",)
    redistributable = "share-alike"
    max_bytes = 100_000_000

    def fetch(self, context: FetchContext) -> Iterator[Fetched]:
        """The list of incidents. Raises SourceError."""
        yield context.fetcher.get(_URL, name="page-data.json")

    def parse(self, snapshot: Snapshot) -> Iterator[Parsed]:
        """Counts per month of each list of incidents."""
        for payload in snapshot.payloads:
            is_page = payload.body.lstrip().startswith(b"{")
            yield from _count_months(payload, _list_page(payload) if is_page else _list_table(payload))


@dataclass(frozen=True, slots=True)
class _Incident:
    """What is used of one incident; `row` is what is shown where it cannot be read."""

    id: str
    day: str
    developers: tuple[str, ...]
    words: str
    row: Mapping[str, Any]


def _unexpected(payload: Payload, what: str) -> SourceError:
    return SourceError(_ID, f"{payload.name} is {what}; open {payload.url or _URL} to see what is served.")


def _list_page(payload: Payload) -> list[_Incident]:
    """Incidents of the site's page data, developers by name. Raises SourceError."""
    try:
        data = json.loads(payload.body)["result"]["data"]
        nodes, entities = data["incidents"]["nodes"], data["entities"]["nodes"]
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise _unexpected(payload, f"no list of incidents as we know it ({type(error).__name__}: {error})") from error
    if not all(isinstance(node, dict) for group in (nodes, entities) for node in group):
        raise _unexpected(payload, "no list of incidents as we know it: an entry is no object")
    if not any("Alleged_developer_of_AI_system" in node for node in nodes):
        raise _unexpected(payload, "a list of incidents of which none says who developed the system")
    names = {str(entity.get("id")): str(entity.get("name")) for entity in entities}
    found = []
    for node in nodes:
        developers, systems = (
            tuple(names.get(str(slug), str(slug)) for slug in _read_list(node.get(key)))
            for key in ("Alleged_developer_of_AI_system", "implicated_systems")
        )
        words = " ".join(str(x) for x in (node.get("title"), node.get("description"), *systems, *developers))
        row = {key: node.get(key) for key in ("incident_id", "title", "date")}
        found.append(_Incident(str(node.get("incident_id") or ""), str(node.get("date") or ""), developers, words, row))
    return found


def _read_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _list_table(payload: Payload) -> list[_Incident]:
    """Incidents of a table with a row each. Raises SourceError."""
    try:
        lines = csv.DictReader(io.StringIO(payload.body.decode("utf-8-sig"), newline=""), strict=True)
        missing = [column for column in _COLUMNS if column not in (lines.fieldnames or ())]
        if missing:
            raise _unexpected(payload, f"no table of incidents: it lacks {', '.join(missing)}")
        rows = list(lines)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unexpected(payload, f"no table of incidents ({error})") from error
    return [
        _Incident(
            row["incident_id"] or "",
            row["date"] or "",
            tuple(name.strip() for name in (row["alleged_developer"] or "").split(";")),
            " ".join(str(value) for value in row.values()),
            {key: row.get(key) for key in ("incident_id", "title", "date")},
        )
        for row in rows
    ]


def _count_months(payload: Payload, incidents: list[_Incident]) -> Iterator[Parsed]:
    """A count for each topic and month from the first incident's to the last's. Raises SourceError."""
    tallies: dict[str, Tally[date]] = {topic: Tally() for topic in (ALL, OPENAI, GPT_OSS)}
    refused, seen = [], set[str]()
    for row_no, incident in enumerate(incidents):
        fault = _find_fault(incident, payload.observed_at.date(), seen)
        if fault:
            text = json.dumps(incident.row, ensure_ascii=False, default=str)
            refused.append(Refused(payload.key, row_no, f"incident {incident.id or '(no id)'}: {fault}", text))
            continue
        seen.add(incident.id)
        month = date.fromisoformat(incident.day[:10]).replace(day=1)
        tallies[ALL][month] += 1
        tallies[OPENAI][month] += any(name.casefold() == "openai" for name in incident.developers)
        tallies[GPT_OSS][month] += bool(_NAMED.search(incident.words))
    if 2 * len(refused) >= len(incidents):
        raise _unexpected(payload, f"a list of {len(incidents)} incidents of which {len(refused)} cannot be read")
    yield from refused
    months = list(_walk_months(min(tallies[ALL]), max(tallies[ALL])))
    read_in = _count_from_zero(payload.observed_at.date())
    for nth, (topic, month) in enumerate((t, m) for t in tallies for m in months):
        yield Counter(
            payload_key=payload.key,
            row_no=len(incidents) + nth,
            name_raw=topic,
            metric=_METRIC,
            day=month,
            value=float(tallies[topic][month]),
            is_cumulative=False,
            subject_kind="topic",
            flags=("partial",) if read_in - _count_from_zero(month) <= _LATE_MONTHS else (),
        )


def _find_fault(incident: _Incident, read_on: date, seen: set[str]) -> str | None:
    """Why an incident cannot be counted; None where it can."""
    if not incident.id:
        return "it has no number"
    if incident.id in seen:
        return "its number is there twice"
    try:
        day = date.fromisoformat(incident.day[:10])
    except ValueError:
        return f"its date is {incident.day[:40]!r}"
    return f"its date, {day}, lies after the reading" if day > read_on else None


def _count_from_zero(day: date) -> int:
    return 12 * day.year + day.month - 1


def _walk_months(first: date, last: date) -> Iterator[date]:
    for number in range(_count_from_zero(first), _count_from_zero(last) + 1):
        yield date(number // 12, number % 12 + 1, 1)
