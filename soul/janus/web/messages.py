"""The numbered messages of web requests.

M204.0564 is documented (m204wiki, $Web_Done); where no number could be found the message is ours: `SOUL.24nn`.
Messages of rules and passwords (MSIR.0535 ...) are in `soul.janus.messages`.
"""

from __future__ import annotations

from soul.runtime.messages import Message, MessageClass, MessageTable


def _journal(number: str, text: str) -> Message:
    """Return an error that is journaled and counted, but never shown to the browser."""
    return Message(number, text, terminal=False)


def _note(number: str, text: str) -> Message:
    """Return information for the audit trail alone."""
    return Message(number, text, MessageClass.INFORMATION, counts=False, terminal=False)


WEB_MESSAGES = MessageTable(
    _journal("M204.0564", "CONNECTION TO USER LOST (PHONE WAS HUNG UP)"),
    _journal("SOUL.2402", "{port} {address} {method} {url}: {what}"),
    Message(
        "SOUL.2403",
        "The page is larger than {limit} bytes (MAXTEMP of the ON rule, or output_bytes in [limits] of soul.toml)",
        cancels=True,
        terminal=False,
    ),
    _journal("SOUL.2404", "{port} {address}: login of {userid} failed: {reason}"),
    _journal("SOUL.2405", "{port}: internal error in a web request: {detail}"),
    Message("SOUL.2406", "{function} is valid only while NEWSESCMD runs", cancels=True),
    Message("SOUL.2407", "$Sir_Login: {userid} is logged in already", cancels=True),
    Message("SOUL.2408", "$Web_Form_Done: {reason}", cancels=True),
    _journal("SOUL.2409", "Response header refused: {reason}"),
    Message("SOUL.2412", "{function}: {reason}", terminal=False),
    _note("SOUL.2414", "Port {port}: COMPRESS has no effect while the parameter NCMPBUF is 0"),
)
