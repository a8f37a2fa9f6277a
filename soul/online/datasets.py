"""Data sets as ordinary files inside the Online directory.

A data set NAME is the file `DATASETS/NAME.txt` (`%41UX.txt` for AUX, which Windows takes for a device), one line of
text a record, unless soul.toml says otherwise:

    [datasets.PAYIN]
    path = "DATASETS/payin.bin"      # inside the Online directory
    recfm = "F"                      # F: records of lrecl EBCDIC bytes; V (the default): lines of text
    lrecl = 80

Source: m204wiki, Images; Accessing BSAM and VSAM files (the mapping to files is our choice).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from soul.online.names import portable
from soul.runtime.collation import from_ebcdic, to_ebcdic
from soul.runtime.datasets import DataSetError
from soul.runtime.slots import Slot

if TYPE_CHECKING:
    from soul.online.online import Online
    from soul.online.session import Session

FOLDER = "DATASETS"
MAX_OPEN = 50  # data sets one thread may have open
MAX_RECORD = 32_767
_NAME = re.compile(r"[A-Z@#$][A-Z0-9@#$]{0,7}")
_LINE_ENDS = re.compile(r"[\n\r\x85\x0b\x0c]")
_OUTPUTS: Slot[set[Path]] = Slot("data sets open for output")


@dataclass(slots=True)
class _Open:
    file: IO[bytes]
    path: Path
    mode: str
    length: int  # LRECL of fixed records, 0 for lines of text
    records: int = 0


class OnlineDataSets:
    """The data sets of one session. Those that are open are closed when a request ends (our choice)."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: dict[str, _Open] = {}
        session.thread.at_request_end.append(self.close_all)

    def open(self, name: str, mode: str) -> None:
        """Open a data set for INPUT or OUTPUT."""
        if name in self._open:
            raise DataSetError("IS OPEN ALREADY")
        if len(self._open) >= MAX_OPEN:
            raise DataSetError(f"TOO MANY DATA SETS ARE OPEN: AT MOST {MAX_OPEN}")
        path, length = self._path(name)
        outputs = _outputs(self._session.online)
        if path in outputs:
            raise DataSetError("IS OPEN FOR OUTPUT ALREADY")
        try:
            if mode == "OUTPUT":
                path.parent.mkdir(exist_ok=True)
            file: IO[bytes] = open(path, "wb" if mode == "OUTPUT" else "rb")  # noqa: SIM115 - closed with the request
        except OSError as error:
            raise DataSetError(_reason(error)) from None
        self._open[name] = _Open(file, path, mode, length)
        if mode == "OUTPUT":
            outputs.add(path)

    def read(self, name: str) -> bytes | None:
        """Return the next record, or None at the end."""
        found = self._found(name, "INPUT")
        try:
            raw = found.file.read(found.length) if found.length else found.file.readline(4 * MAX_RECORD + 2)
        except OSError as error:
            raise DataSetError(_reason(error)) from None
        if not raw:
            return None
        found.records += 1
        if found.length:
            if len(raw) < found.length:
                raise DataSetError(f"RECORD {found.records} HAS {len(raw)} BYTES INSTEAD OF {found.length}")
            return raw
        try:
            text = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise DataSetError(f"RECORD {found.records} IS NO TEXT (UTF-8): RECFM F IS FOR BYTES") from None
        if len(text) > MAX_RECORD:
            raise DataSetError(f"RECORD {found.records} IS LONGER THAN {MAX_RECORD}")
        return to_ebcdic(text)

    def write(self, name: str, record: bytes) -> None:
        """Add a record."""
        found = self._found(name, "OUTPUT")
        if found.length:
            if len(record) > found.length:
                raise DataSetError(f"A RECORD OF {len(record)} BYTES IS LONGER THAN LRECL {found.length}")
            data = record.ljust(found.length, b"\x40")
        else:
            text = from_ebcdic(record)
            if _LINE_ENDS.search(text):
                raise DataSetError("THE RECORD IS NO TEXT: RECFM F IS FOR BYTES")
            data = text.encode("utf-8") + b"\n"
        try:
            found.file.write(data)
        except OSError as error:
            raise DataSetError(_reason(error)) from None
        found.records += 1

    def close(self, name: str) -> None:
        """Close a data set."""
        found = self._open.pop(name, None)
        if found is None:
            raise DataSetError("IS NOT OPEN")
        _outputs(self._session.online).discard(found.path)
        try:
            found.file.close()
        except OSError as error:
            raise DataSetError(_reason(error)) from None

    def close_all(self) -> None:
        """Close what is open: the request is over."""
        for name in list(self._open):
            try:
                self.close(name)
            except DataSetError as error:
                self._session.online.audit.write("ER", f"Data set {name}: {error}", self._session.thread)

    def _found(self, name: str, mode: str) -> _Open:
        found = self._open.get(name)
        if found is None:
            raise DataSetError("IS NOT OPEN")
        if found.mode != mode:
            raise DataSetError(f"IS OPEN FOR {found.mode}")
        return found

    def _path(self, name: str) -> tuple[Path, int]:
        """Return where a data set is, and its LRECL; never a place outside the Online directory."""
        if not _NAME.fullmatch(name):
            raise DataSetError("A NAME HAS 1 TO 8 LETTERS, DIGITS, @ # $, AND DOES NOT START WITH A DIGIT")
        directory = self._session.online.directory
        if directory is None:
            raise DataSetError("THERE IS NO ONLINE DIRECTORY THAT COULD HOLD IT")
        settings = self._session.online.settings.datasets.get(name)
        relative = settings.path if settings is not None and settings.path else f"{FOLDER}/{portable(name)}.txt"
        path = (directory / relative).resolve()
        if not path.is_relative_to(directory.resolve()):
            raise DataSetError("ITS FILE IS OUTSIDE THE ONLINE DIRECTORY")
        return path, settings.lrecl if settings is not None and settings.recfm == "F" else 0


def _outputs(online: Online) -> set[Path]:
    found = online.slots.get(_OUTPUTS)
    if found is None:
        found = set()
        online.slots.put(_OUTPUTS, found)
    return found


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "DOES NOT EXIST"
    return (error.strerror or "INPUT/OUTPUT ERROR").upper()
