"""EBCDIC: strings as the bytes of code page 1047, and their collating order.

A SOUL string is a string of bytes; its characters here are those of Latin-1, which code page 1047 maps one to one.
Python has no codec for it, so the table is that of code page 037 with the six characters that differ. Blank sorts
first, then punctuation, lower-case letters, upper-case letters, digits.

Source: m204wiki, StringToBase64 (String function): the results show EBCDIC bytes; code page 1047 is our choice.
"""

from __future__ import annotations

SUBSTITUTE = 0x3F  # the EBCDIC substitute character, for what code page 1047 cannot hold

_DIFFERENCES = {0x5F: "^", 0xAD: "[", 0xB0: "¬", 0xBA: "Ý", 0xBB: "¨", 0xBD: "]"}


def _decoding_table() -> bytes:
    """Return the Latin-1 byte of every EBCDIC byte."""
    characters = list(bytes(range(256)).decode("cp037"))
    for byte, character in _DIFFERENCES.items():
        characters[byte] = character
    return "".join(characters).encode("latin-1")


FROM_EBCDIC = _decoding_table()
TO_EBCDIC = bytes(FROM_EBCDIC.index(byte) for byte in range(256))


def to_ebcdic(text: str) -> bytes:
    """Return the EBCDIC bytes of `text`; a character outside Latin-1 becomes the substitute character."""
    try:
        return text.encode("latin-1").translate(TO_EBCDIC)
    except UnicodeEncodeError:
        return bytes(TO_EBCDIC[ord(c)] if ord(c) < 256 else SUBSTITUTE for c in text)


def from_ebcdic(data: bytes) -> str:
    """Return the text whose EBCDIC bytes are `data`."""
    return data.translate(FROM_EBCDIC).decode("latin-1")


def sort_key(text: str) -> bytes:
    """Return a key that puts strings in EBCDIC order; characters outside Latin-1 sort last, by code point."""
    try:
        return text.encode("latin-1").translate(TO_EBCDIC)
    except UnicodeEncodeError:
        return b"".join(
            TO_EBCDIC[ord(c) : ord(c) + 1] if ord(c) < 256 else b"\xff" + ord(c).to_bytes(3, "big") for c in text
        )
