"""The numbered messages of the live server; all go to the audit trail alone.

The documentation names MSIR.0019, MSIR.0020, MSIR.0023 and MSIR.0026 as the reasons of refused connections without
saying which is which (m204wiki, JANUS LIMITS); the assignment here follows the order of the list.
"""

from __future__ import annotations

from soul.runtime.messages import Message, MessageClass, MessageTable
from soul.runtime.thread import Journal


def _journal(number: str, text: str) -> Message:
    return Message(number, text, terminal=False)


def _information(number: str, text: str) -> Message:
    return Message(number, text, MessageClass.INFORMATION, counts=False, terminal=False)


SERVER_MESSAGES = MessageTable(
    _journal("MSIR.0020", "Connection from {address} to port {port} refused - all {limit} port threads are in use"),
    _journal("MSIR.0023", "Connection from {address} to port {port} refused - no sdaemon is available"),
    _journal("MSIR.0026", "Connection from {address} to port {port} refused - no storage for buffers: {reason}"),
    _journal("SOUL.0760", "Connection from {address} to port {port} refused - the address is not allowed"),
    _journal("SOUL.0761", "Connection from {address} to port {port} ended - {reason}"),
    _journal("SOUL.0762", "Request from {address} on port {port} answered with {status} - {reason}"),
    _journal("SOUL.0763", "Request from {address} on port {port} cancelled - {reason}"),
    _journal("SOUL.0764", "Port {port}: internal error while serving {address}: {reason}"),
    _information("SOUL.0765", "Port {port} started on {host}:{number}"),
    _information("SOUL.0766", "Port {port} is draining, connections left: {left}"),
    _information("SOUL.0767", "Port {port} stopped"),
    _journal("SOUL.0768", "Port {port} cannot accept connections for a moment: {reason}"),
    _journal("SOUL.0769", "Shutdown: still running after cancellation: {names}"),
    Message("SOUL.0770", "Port {port} cannot start: {reason}"),
)


class Reporter:
    """Writes messages to the audit trail of an Online, where no thread of a user is concerned."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def report(self, number: str, **fields: object) -> None:
        """Write the server message `number`."""
        message = SERVER_MESSAGES[number]
        self.write(message, message.text.format(**fields))

    def write(self, message: Message, text: str) -> None:
        """Write a message whose text is already made."""
        self._journal.write(message.line_type, f"*** {message.number}: {text}")
