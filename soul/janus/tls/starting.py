"""The TLS side of JANUS START: loads key and certificates, makes the first generation, tells what is odd.

Source: m204wiki, Verifying a client certificate; SSLCLCERT and SSLCLCERTR; SSLOPT (JANUS DEFINE parameters).
"""

from __future__ import annotations

import time

from soul.janus.certificates.keys import KeyMaterialError, load_key_material, procedure_reader
from soul.janus.port import Port
from soul.janus.tls.generation import Clock, PortTls
from soul.janus.tls.messages import TLS_MESSAGES
from soul.janus.tls.protocols import NothingLeft
from soul.online.command import CommandError
from soul.online.online import Online
from soul.runtime.messages import Message
from soul.runtime.slots import Slot

PORT_TLS: Slot[dict[str, PortTls]] = Slot("TLS of started ports")


def start_tls(online: Online, port: Port, password: str | None, clock: Clock = time.time) -> PortTls:
    """Return the TLS settings of an SSL port that starts, and remember them for `started_tls`.

    `password` opens an encrypted private key. Odd things (an expired server certificate, protocols without effect) are
    written to the audit trail. Raises CommandError with the reason; the key's text is never quoted.
    """
    location = port.definition.key_location
    try:
        keys = load_key_material(procedure_reader(online.files), *location, password) if location else None
    except KeyMaterialError as error:
        file, procedure = location or ("", "")
        raise CommandError(
            TLS_MESSAGES["SOUL.0703"], port=port.name, file=file, procedure=procedure, reason=str(error)
        ) from None
    try:
        tls = PortTls(port, keys, clock)
    except (KeyMaterialError, NothingLeft) as error:
        raise CommandError(TLS_MESSAGES["SOUL.0704"], port=port.name, reason=str(error)) from None
    for notice in tls.notices:
        _journal(online, TLS_MESSAGES["SOUL.0705"], port=port.name, reason=notice)
    known = online.slots.get(PORT_TLS)
    if known is None:
        known = {}
        online.slots.put(PORT_TLS, known)
    known[port.name.upper()] = tls
    return tls


def started_tls(online: Online, port: Port) -> PortTls:
    """Return what `start_tls` made for a started port. Raises LookupError when it was not started."""
    known = online.slots.get(PORT_TLS) or {}
    return known[port.name.upper()]


def _journal(online: Online, message: Message, **fields: object) -> None:
    online.audit.write(message.line_type, f"*** {message.number}: {message.text.format(**fields)}")
