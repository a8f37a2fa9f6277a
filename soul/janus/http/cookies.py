"""Cookies: the Cookie header of a request, the Set-Cookie header of a response.

Own code: the standard library's SimpleCookie silently drops everything after the first cookie it dislikes.
RFC 6265; m204wiki, $Web_Set_Cookie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_BAD_TEXT = re.compile(r"[\x00-\x1f\x7f;]")
# RFC 6265 allows none of these in a value, but blanks and commas are what programs send and browsers return.
_BAD_VALUE = re.compile(r"[\x00-\x1f\x7f;\\\"]|[^\x20-\xff]")


class CookieError(ValueError):
    """A cookie that cannot be sent."""


def parse_cookies(headers: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the (name, value) pairs of all Cookie headers, in order; parts without a name are skipped."""
    found: list[tuple[str, str]] = []
    for header in headers:
        for part in header.split(";"):
            name, equals, value = part.partition("=")
            name, value = name.strip(), value.strip()
            if not equals or not name:
                continue
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            found.append((name, value))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One Set-Cookie of a response. `expires` is an HTTP date, '' until the browser ends."""

    name: str
    value: str
    expires: str = ""
    path: str = ""
    domain: str = ""
    secure: bool = False
    http_only: bool = False

    def header(self) -> str:
        """Return the value of the Set-Cookie header, or raise CookieError when a part may not be sent."""
        if not _NAME.match(self.name):
            raise CookieError("invalid cookie name")
        if _BAD_VALUE.search(self.value) or _BAD_TEXT.search(self.path) or _BAD_TEXT.search(self.domain):
            raise CookieError("invalid character in a cookie")
        parts = [f"{self.name}={self.value}"]
        parts += [f"{key}={text}" for key, text in self._texts() if text]
        parts += ["secure"] if self.secure else []
        parts += ["HttpOnly"] if self.http_only else []
        return "; ".join(parts)

    def _texts(self) -> tuple[tuple[str, str], ...]:
        return (("expires", self.expires), ("path", self.path), ("domain", self.domain))
