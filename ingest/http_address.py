"""Which addresses a source may reach, and where they are found through a mirror.

A publisher's answer can send us anywhere: by a redirect, by a link to the next page. This module says no to
every host the source did not declare and to plain http (this machine aside). It reads an address with
urllib3's own parser, which also connects: where two parsers differ, the host checked is not the host reached.
"""

from __future__ import annotations

from urllib.parse import urljoin

import urllib3
from urllib3.util import Url, parse_url

from ingest.source import SourceError

_USUAL_PORTS = {"https": 443, "http": 80}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Addresses:
    """The addresses of one source: `hosts` are exact, or suffixes with a leading dot (".hf.co").

    A host without a port admits any port of it. Through a mirror, https://host/path?query is asked as
    {mirror}/host/path?query; everywhere else an address is the publisher's own.
    """

    def __init__(self, source_id: str, hosts: tuple[str, ...], mirror: str | None) -> None:
        self._source_id, self._hosts = source_id, hosts
        self.mirror = mirror.rstrip("/") if mirror else None
        if self.mirror and not (self._parse(self.mirror).host and self.mirror.startswith(("http://", "https://"))):
            raise SourceError(source_id, "the mirror is no http or https address: give one like http://host:8080.")

    def admit(self, url: str, come_from: str | None = None) -> str:
        """The host of the url, with its port if unusual. Raises SourceError where it may not be reached."""
        parts = self._parse(url)
        host, scheme = parts.host or "", parts.scheme or ""
        shown = f"{scheme}://{host}{parts.path or ''}"  # without its query, as in _show
        subject = f"{come_from} leads to {shown}, which" if come_from else shown
        port = "" if parts.port in (None, _USUAL_PORTS.get(scheme)) else f":{parts.port}"
        if (
            not any(
                entry in (host, host + port) or (entry.startswith(".") and host.endswith(entry))
                for entry in self._hosts
            )
            or not host
        ):
            raise SourceError(
                self._source_id,
                f"{subject} is not on a host of this source "
                f"({', '.join(self._hosts)}): not followed; if the publisher moved, add it.",
            )
        if parts.auth is not None:
            raise SourceError(self._source_id, f"{subject} comes with a user name in it: not followed.")
        if scheme != "https" and not (scheme == "http" and host in _LOOPBACK):
            raise SourceError(
                self._source_id, f"{subject} is not https, so it could be altered on the way: not followed."
            )
        return host + port

    def resolve(self, base: str, reference: str) -> str:
        """The publisher's url that a Location or Link in the answer of `base` means."""
        # requests reads headers as Latin-1; addresses that are not ASCII are UTF-8 in practice.
        reference = reference.encode("latin-1", "replace").decode("utf-8", "replace").strip()
        if self.mirror and reference.startswith(f"{self.mirror}/"):
            return "https://" + reference.removeprefix(f"{self.mirror}/")
        try:
            return urljoin(base, reference).partition("#")[0]
        except ValueError as error:
            raise SourceError(
                self._source_id, f"{_show(base)} leads to {_show(reference)}, which is no web address: not followed."
            ) from error

    def wire(self, url: str) -> str:
        """Where the url is asked for in fact."""
        return f"{self.mirror}/{url.partition('://')[2]}" if self.mirror else url

    def _parse(self, url: str) -> Url:
        try:
            return parse_url(url)
        except urllib3.exceptions.LocationParseError as error:
            raise SourceError(
                self._source_id, f"{_show(url)} is no web address: check the source's file and the mirror."
            ) from error


def _show(url: str) -> str:
    """A url that cannot be read, without its query: a redirect's may hold a signature that gives access."""
    return repr(url.partition("?")[0][:200])
