"""The userid and password of an Authorization header. Source: m204wiki, Janus Web Server security; RFC 7617."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from soul.janus.http.message import HttpRequest


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the browser sent. `new_password` comes from a password entered as `old:new`."""

    userid: str
    password: str = field(repr=False)
    new_password: str = field(default="", repr=False)


def credentials_of(request: HttpRequest, upper_case: bool) -> Credentials | None:
    """Return the Basic credentials of a request, None when there are none or they are malformed.

    `upper_case` folds userid and password, as ports without NOUPCASE do.
    """
    scheme, _, encoded = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    userid, colon, password = text.partition(":")
    if not colon or not text.isprintable():
        return None
    if upper_case:
        userid, password = userid.upper(), password.upper()
    old, _, new = password.partition(":")
    return Credentials(userid, old, new)
