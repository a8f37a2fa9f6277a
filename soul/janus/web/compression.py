"""Compression of responses: COMPRESS of the port, the ON rule or $Web_Set.

Level 1 uses fixed Huffman codes, 2 and above dynamic ones. The HTTP name `deflate` means deflate data in a zlib
wrapper (RFC 9110, 8.4.1.2), whatever RFC 1951 says; gzip is preferred where it is offered, since no client
misunderstands it (our choice). Source: m204wiki, COMPRESS (JANUS DEFINE parameter).
"""

from __future__ import annotations

import zlib

from soul.janus.http.message import HttpResponse

SMALLEST = 256  # bytes below which compression makes a response longer
_GZIP_WINDOW = 31
_ZLIB_WINDOW = 15


def compressed(response: HttpResponse, level: int, accept_encoding: str) -> HttpResponse:
    """Compress the body in place when it is worth it and the client takes it; never images."""
    if level <= 0 or len(response.body) < SMALLEST:
        return response
    names = {name.lower(): value for name, value in response.headers}
    if names.get("content-type", "").lower().startswith("image") or "content-encoding" in names:
        return response
    coding = _choose(accept_encoding)
    response.headers.append(("Vary", "Accept-Encoding"))
    if not coding:
        return response
    window = _GZIP_WINDOW if coding == "gzip" else _ZLIB_WINDOW
    strategy = zlib.Z_FIXED if level == 1 else zlib.Z_DEFAULT_STRATEGY
    compressor = zlib.compressobj(1 if level == 1 else 6, zlib.DEFLATED, window, 8, strategy)
    response.body = compressor.compress(response.body) + compressor.flush()
    response.headers.append(("Content-Encoding", coding))
    return response


def _choose(accept_encoding: str) -> str:
    """Return the best coding the client offers: gzip, deflate or ''."""
    offered: set[str] = set()
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    if "gzip" in offered or "*" in offered:
        return "gzip"
    return "deflate" if "deflate" in offered else ""
