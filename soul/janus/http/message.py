"""HTTP requests and responses as values, after parsing and before writing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One complete, checked request.

    `path` is percent-decoded, `raw_path` is as sent, `query` is the text after `?` as sent ('' when none).
    `headers` keep order and spelling. `body` is complete.
    """

    method: str
    raw_path: str
    path: str
    query: str
    version: str  # "1.0" or "1.1"
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(default=b"", repr=False)
    keep_alive: bool = False

    def header(self, name: str) -> str | None:
        """Return the value of the only header called `name`; None when absent or present more than once."""
        found = self.header_all(name)
        return found[0] if len(found) == 1 else None

    def header_all(self, name: str) -> list[str]:
        """Return the values of every header called `name`, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


@dataclass(slots=True)
class HttpResponse:
    """One complete response. The connection adds Date, Content-Length and Connection itself."""

    status: int = 200
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = field(default=b"", repr=False)
    close: bool = False
    userid: str = ""  # who the request ran as; for tests and the audit trail, never sent
