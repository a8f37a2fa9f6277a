"""Sequential data sets for Read Image and Write Image; the layer above knows where they are.

$Status is 0 when a statement did its work, 1 at the end of the data, 12 after an error (our choice).
Source: m204wiki, Images; Accessing BSAM and VSAM files.
"""

from __future__ import annotations

from typing import Protocol

from soul.runtime.collation import to_ebcdic
from soul.runtime.functions.services import services
from soul.runtime.images import Image
from soul.runtime.messages import RUNTIME_MESSAGES
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

DONE, END_OF_DATA, FAILED = 0, 1, 12
FAILURE = RUNTIME_MESSAGES["SOUL.0015"]


class DataSetError(Exception):
    """A data set cannot be used; the text says why, in upper case."""


class DataSets(Protocol):
    """The data sets of one thread. Records are EBCDIC bytes. Every method raises DataSetError."""

    def open(self, name: str, mode: str) -> None:
        """Open a data set for INPUT or OUTPUT; OUTPUT begins it anew."""

    def read(self, name: str) -> bytes | None:
        """Return the next record, or None at the end."""

    def write(self, name: str, record: bytes) -> None:
        """Add a record."""

    def close(self, name: str) -> None:
        """Close a data set."""


DATA_SETS: Slot[DataSets] = Slot("data sets")


class DataSetStatements:
    """What the statements of data sets do on one thread. A failure is counted and sets $Status (our choice)."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread

    def open(self, name: str, mode: str) -> None:
        """`Open Dataset name For mode`."""
        try:
            self._found().open(self._name(name), mode)
            self._thread.io_status = (DONE, 0)
        except DataSetError as error:
            self._failed(name, error)

    def read(self, image: Image, name: str, values: dict[str, float]) -> None:
        """`Read Image image From name`: at the end the image stays as it is."""
        try:
            record = self._found().read(self._name(name))
        except DataSetError as error:
            self._failed(name, error)
            return
        if record is not None:
            image.load(record, values)
        self._thread.io_status = (END_OF_DATA if record is None else DONE, 0)

    def read_terminal(self, image: Image, prompt: str, values: dict[str, float]) -> None:
        """`Read Image image From Terminal`: the next line as it is typed; at the end the image stays as it is."""
        line = services(self._thread).read_line(prompt, echo=True, keep_case=True, whole=True)
        if line is not None:
            image.load(to_ebcdic(line), values)
        self._thread.io_status = (END_OF_DATA if line is None else DONE, 0)

    def write(self, image: Image, name: str) -> None:
        """`Write Image image On name`."""
        record = image.record()
        try:
            self._found().write(self._name(name), record)
            self._thread.io_status = (DONE, 0)
        except DataSetError as error:
            self._failed(name, error)

    def close(self, name: str) -> None:
        """`Close Dataset name`."""
        try:
            self._found().close(self._name(name))
            self._thread.io_status = (DONE, 0)
        except DataSetError as error:
            self._failed(name, error)

    def _name(self, name: str) -> str:
        return name.strip().upper()

    def _found(self) -> DataSets:
        found = self._thread.slots.get(DATA_SETS)
        if found is None:
            raise DataSetError("THIS THREAD HAS NO DATA SETS")
        return found

    def _failed(self, name: str, error: DataSetError) -> None:
        self._thread.io_status = (FAILED, 0)
        self._thread.message(FAILURE, name=self._name(name), reason=error)
