"""Names of files and procedures, and how procedure names are spelled on disk.

Sources: m204wiki, Model 204 naming conventions; PROCEDURE command; M204.0946 (Invalid file specification).
"""

from __future__ import annotations

import re
import unicodedata

from soul.language.whole import whole_number

PROCEDURE_NAME_LENGTH = 255
TEXT_ENDINGS = (".soul", ".m204", ".proc")

_FILE_NAME = re.compile(r"[A-Z@#$][A-Z0-9@#$]{0,7}")
_RESERVED_FILE_NAMES = frozenset({"FILE", "GROUP"})
_RESERVED_PREFIXES = ("CCA", "SYS", "OUT", "TAPE")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_NOT_PORTABLE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|%]')
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?=\.|$)")  # of Windows
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")  # Python's way to write file names that are no UTF-8
_TEMPORARY = re.compile(r"-?\d+")


def file_name_error(name: str) -> str:
    """Return what is wrong with the (upper-case) file or group name, '' when nothing is."""
    if not 1 <= len(name) <= 8:
        return "a file name has 1 to 8 characters"
    if name in _RESERVED_FILE_NAMES:
        return "FILE and GROUP are keywords and cannot name a file"
    for prefix in _RESERVED_PREFIXES:
        if name.startswith(prefix):
            return f"a file name must not start with {prefix}"
    if not _FILE_NAME.fullmatch(name):
        return "a file name has letters, digits, @ # $, and does not start with a digit"
    return ""


def procedure_name_error(name: str) -> str:
    """Return what is wrong with a procedure name, '' when nothing is.

    The rules are those of CUSTOM=(42), which allows blanks and most special characters in quoted names.
    """
    if not name or not name.strip():
        return "a procedure name must not be empty"
    if len(name) > PROCEDURE_NAME_LENGTH:
        return f"a procedure name has at most {PROCEDURE_NAME_LENGTH} characters"
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        return "a procedure name must not hold control characters"
    if _HALF_CHARACTER.search(name):
        return "the name is not UTF-8"
    return ""


def composed(name: str) -> str:
    """Return `name` in the one Unicode form that names are compared in; some file systems take letters apart."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def temporary_number(name: str) -> int | None:
    """Return the number of the temporary procedure that `name` means, or None for a permanent name.

    All zeros is 0; `-1` and `-001` are -1; `0123` is a permanent name (release 7.7 rules).
    """
    if name[:1].isalpha() or not _TEMPORARY.fullmatch(name):
        return None
    number = whole_number(name.removeprefix("-"))
    return None if number is None or (number and name[0] != "-") else -number


def to_disk(name: str) -> str:
    """Return the file name under which a procedure is stored: percent-encoded, ending in `.soul`."""
    return portable(name) + TEXT_ENDINGS[0]


def portable(name: str) -> str:
    """Return `name` percent-encoded so that it can begin a file name, before an ending, on every system."""
    coded = _NOT_PORTABLE.sub(lambda match: f"%{ord(match[0]):02X}", composed(name))
    if coded[0] == "." or _DEVICE.match(coded):
        coded = f"%{ord(coded[0]):02X}" + coded[1:]
    return coded


def from_disk(file_name: str) -> str:
    """Return the procedure name a file on disk stands for; the inverse of `to_disk`.

    A percent sign that does not begin a two-digit code stands for itself. Codes are the bytes of UTF-8 text; those that
    are none stand for themselves, too.
    """
    stem = file_name
    for ending in TEXT_ENDINGS:
        if stem.lower().endswith(ending) and len(stem) > len(ending):
            stem = stem[: -len(ending)]
            break

    def decode(match: re.Match[str]) -> str:
        raw = bytes(int(code, 16) for code in _ESCAPE.findall(match[0]))
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return match[0]

    return composed(_ESCAPES.sub(decode, stem))
