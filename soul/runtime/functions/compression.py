"""Compression $functions: RFC 1951 data and the RFC 1952 container, over EBCDIC bytes.

What is unpacked is limited, so that a small string cannot fill the memory of the Online.
Source: m204wiki, $Deflate; Gzip (String function).
"""

from __future__ import annotations

import zlib

from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.functions.limits import INFLATED
from soul.runtime.functions.messages import failed, invalid
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("compression")

_RAW = -15  # no container
_GZIP = 31  # RFC 1952


def compress(string: str, *, gzip: bool = False, fixed: bool = False) -> str:
    """Return the compressed bytes of `string`; `fixed` asks for the fixed codes of RFC 1951."""
    strategy = zlib.Z_FIXED if fixed else zlib.Z_DEFAULT_STRATEGY
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP if gzip else _RAW, 9, strategy)
    return from_ebcdic(packer.compress(to_ebcdic(string)) + packer.flush())


def decompress(function: str, string: str, *, gzip: bool = False) -> str:
    """Undo `compress`. Cancels the request when the bytes are not valid, cut off or unpack to too much."""
    unpacker = zlib.decompressobj(_GZIP if gzip else _RAW)
    try:
        data = unpacker.decompress(to_ebcdic(string), INFLATED)
    except zlib.error:
        raise invalid(function, "NOT COMPRESSED DATA") from None
    if unpacker.unconsumed_tail:
        raise failed(function, f"RESULT LONGER THAN {INFLATED} BYTES")
    if not unpacker.eof:
        raise invalid(function, "COMPRESSED DATA IS INCOMPLETE")
    return from_ebcdic(data)


@FAMILY.function("$Deflate", page="$Deflate")
def deflate(thread: Thread, longstring: str, option: str | None = None) -> str:
    """Compress a longstring as RFC 1951 says.

    Arguments: longstring; option FIXED or DYNAMIC (default): the kind of codes. Short strings do better with FIXED.
    Result: the compressed bytes.
    Errors: another option, or parameter NCMPBUF set to 0, cancels the request.
    Example: $Inflate($Deflate('AHOY AHOY AHOY','FIXED')) -> AHOY AHOY AHOY
    Page: m204wiki, $Deflate
    """
    kind = (option or "DYNAMIC").strip().upper()
    if kind not in ("FIXED", "DYNAMIC"):
        raise invalid("$Deflate", "OPTION MUST BE FIXED OR DYNAMIC")
    if thread.parameters.number("NCMPBUF", 1) == 0:
        raise failed("$Deflate", "NCMPBUF IS 0")
    return compress(longstring, fixed=kind == "FIXED")


@FAMILY.function("$Inflate", page="$Deflate")
def inflate(longstring: str) -> str:
    """Undo $Deflate.

    Arguments: longstring, RFC 1951 data.
    Result: the original; at most 67108864 bytes.
    Errors: data that is not valid, incomplete or too large cancels the request.
    Example: $Inflate($Deflate('AHOY')) -> AHOY
    Page: m204wiki, $Deflate
    """
    return decompress("$Inflate", longstring)


@FAMILY.function("$GZip", page="$GZip")
def gzip(longstring: str) -> str:
    """Compress a longstring into a gzip container.

    Arguments: longstring.
    Result: RFC 1952 data without a file name.
    Example: $GunZip($GZip('AHOY')) -> AHOY
    Page: m204wiki, Gzip (String function)
    """
    return compress(longstring, gzip=True)


@FAMILY.function("$GunZip", page="$GunZip")
def gunzip(longstring: str) -> str:
    """Undo $GZip.

    Arguments: longstring, RFC 1952 data.
    Result: the original; at most 67108864 bytes.
    Errors: data that is not valid, incomplete or too large cancels the request.
    Example: $GunZip($GZip('THAR SHE BLOWS')) -> THAR SHE BLOWS
    Page: m204wiki, Gzip (String function)
    """
    return decompress("$GunZip", longstring, gzip=True)
