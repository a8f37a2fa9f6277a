"""The numbered messages of the command level, logins and procedure files.

Numbers `M204.nnnn` are documented (m204wiki, message pages; Terminal session; UTABLE command; USE PROC command).
Where no number could be found the message is ours and starts with `SOUL.02`.
"""

from __future__ import annotations

from soul.runtime.messages import Message, MessageClass, MessageTable

_INFORMATION = MessageClass.INFORMATION


def _information(number: str, text: str, *, terminal: bool = True, code: str = "") -> Message:
    return Message(number, text, _INFORMATION, counts=False, terminal=terminal, code=code)


ONLINE_MESSAGES = MessageTable(
    Message("M204.1030", "INVALID MODEL 204 COMMAND"),
    Message("M204.0347", "PASSWORD", MessageClass.PROMPT, counts=False, audit=False),
    Message("M204.0349", "LOGIN FAILED"),
    _information("M204.0353", "{userid} {account} {what} {when}"),
    _information("M204.0620", "FILE {name} OPENED{clause}"),
    Message(
        "M204.0673",
        "ERROR PROCEDURE NOT DEFINED OR CANCELLED IN SUBSYS {subsystem} - ERROR CODE: {code}",
        counts=False,
        code="AD",
    ),
    Message("M204.0946", "INVALID FILE SPECIFICATION{detail}"),
    _information("M204.1024", "USER RESTARTED{how}"),
    _information("M204.1144", "DEFINE PROCEDURE {name}"),
    _information("M204.1146", "PROCEDURE {name} DEFINITION ENDED"),
    Message("M204.1172", "PREVIOUS REQUEST NOT DEFINED{detail}"),
    Message("M204.2478", "'USE PROC' REJECTED, WOULD OVERWRITE CURRENTLY ACTIVE PROC"),
    Message("M204.2740", "INVALID PARAMETER {detail}"),
    Message("SOUL.0201", "PROCEDURE {name} NOT FOUND{where}"),
    Message("SOUL.0202", "NO DEFAULT FILE: OPEN A PROCEDURE FILE FIRST, OR SAY IN FILE name"),
    _information("SOUL.0203", "FILE {name} CLOSED"),
    Message("SOUL.0204", "FILE {name} IS NOT OPEN"),
    Message("SOUL.0205", "INCLUDE NESTING EXCEEDS MAXINCL={limit}"),
    Message("SOUL.0206", "{command} NEEDS {privilege} PRIVILEGES"),
    Message("SOUL.0207", "{command} IS NOT ALLOWED WITHIN A PROCEDURE"),
    Message("SOUL.0208", "{detail}"),
    Message("SOUL.0209", "INPUT ENDED BEFORE {expected}"),
    Message("SOUL.0210", "PROCEDURE FILE PROBLEM: {detail}"),
    Message("SOUL.0211", "PASSWORD NEEDED OR WRONG FOR FILE {name}"),
    _information("SOUL.0212", "GROUP {name} OPENED"),
    Message("SOUL.0213", "PARAMETER {name} CANNOT BE RESET{detail}"),
    _information("SOUL.0214", "PROCEDURE {name} DELETED"),
    _information("SOUL.0215", "PROCEDURE {old} {what} {new}"),
    Message("SOUL.0216", "INTERNAL ERROR: {detail}"),
    _information("SOUL.0220", "SUBSYSTEM {name} {what}"),
    _information("SOUL.0221", "{text}"),
    Message("SOUL.0222", "MORE CONTINUES A REQUEST THAT ENDED WITH END MORE: NONE IS OUTSTANDING"),
)
