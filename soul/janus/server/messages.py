"""The numbered messages of the live server that are not documented ones; most go to the audit trail alone."""

from __future__ import annotations

from soul.janus.messages import JANUS_MESSAGES
from soul.runtime.messages import Message, MessageClass, MessageTable
from soul.runtime.thread import Journal


def _journal(number: str, text: str) -> Message:
    return Message(number, text, terminal=False)


def _information(number: str, text: str) -> Message:
    return Message(number, text, MessageClass.INFORMATION, counts=False, terminal=False)


SERVER_MESSAGES = MessageTable(
    _journal("SOUL.0760", "Connection from {address} to port {port} refused - the address is not allowed"),
    _journal("SOUL.0761", "Connection from {address} to port {port} ended - {reason}"),
    _journal("SOUL.0762", "Request from {address} on port {port} answered with {status} - {reason}"),
    _journal("SOUL.0763", "Request from {address} on port {port} cancelled - {reason}"),
    _journal("SOUL.0764", "Port {port}: internal error: {reason}"),
    _journal("SOUL.0765", "Internal error while waiting for the sockets: {reason}"),
    _information("SOUL.0767", "Port {port} has stopped"),
    _journal("SOUL.0768", "Port {port} cannot accept connections for a moment: {reason}"),
    _journal("SOUL.0769", "Shutdown: still running after cancellation: {names}"),
    Message("SOUL.0770", "Port {port} cannot start: {reason}"),
)


class Reporter:
    """Writes messages to the audit trail of an Online, where no thread of a user is concerned."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def report(self, number: str, **fields: object) -> None:
        """Write message `number` of this table or of `JANUS_MESSAGES`."""
        message = (SERVER_MESSAGES if number in SERVER_MESSAGES else JANUS_MESSAGES)[number]
        self.write(message, message.text.format(**fields))

    def write(self, message: Message, text: str) -> None:
        """Write a message whose text is already made."""
        self._journal.write(message.line_type, f"*** {message.number}: {text}")
