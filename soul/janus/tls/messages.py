"""The numbered messages of SSL ports. Source: m204wiki, MSIR.0386, MSIR.0573, MSIR.0646, MSIR.0903."""

from __future__ import annotations

from soul.runtime.messages import Message, MessageClass, MessageTable

TLS_MESSAGES = MessageTable(
    Message("MSIR.0386", "SSL input message too long - increase SSLBSIZE", terminal=False),
    Message("MSIR.0573", "SSL client trying to use unsupported protocol: {reason}", terminal=False),
    Message("MSIR.0646", "Error requesting client certificate - {reason}", terminal=False),
    Message("MSIR.0903", "SSL protocol error: {reason}", terminal=False),
    Message("SOUL.0701", "SSL handshake failed - {reason}", terminal=False),
    Message("SOUL.0702", "SSL handshake with the server failed - {reason}", terminal=False),
    Message("SOUL.0703", "SSL key of port {port}, file {file}, proc {procedure}: {reason}"),
    Message("SOUL.0704", "Port {port} cannot start: {reason}"),
    Message("SOUL.0705", "Port {port}: {reason}", MessageClass.INFORMATION, counts=False),
)
