"""The live server of an Online: its services, TLS, rules and network put together."""

from __future__ import annotations

from collections.abc import Mapping

from soul.janus.http.connection import HttpLimits
from soul.janus.server.limits import ServerLimits
from soul.janus.server.server import Announce, LiveServer
from soul.janus.sockets.network import NETWORK
from soul.janus.sockets.service import SocketService
from soul.janus.sockets.tcp import TcpNetwork
from soul.janus.state import janus_of
from soul.janus.tls.starting import start_tls
from soul.janus.web.service import WebService
from soul.online.online import Online


def attach_live_server(
    online: Online,
    *,
    announce: Announce,
    host: str | None = None,
    numbers: Mapping[str, int] | None = None,
    sdaemons: int | None = None,
) -> LiveServer:
    """Make the ports of `online` reachable over TCP once JANUS START starts them, and return the server.

    `host` is listened on whatever BINDADDR says, None: BINDADDR, else the setting [serve] host. `numbers` are TCP port
    numbers by upper-case port name that replace those of the definitions, 0 for any free one. `sdaemons` replaces the
    setting of that name.
    """
    settings = online.settings
    state = janus_of(online)
    state.numbers.update(numbers or {})
    server = LiveServer(
        online.audit,
        web=lambda port: WebService(online, port),
        sockets=lambda port: SocketService(online, port),
        tls=lambda port, password: start_tls(online, port, password),
        admits=lambda port, address: port.rules.socket_rules.accepts(
            address.host, port.definition.string("PRELOGINUSER") or "NO USERID"
        ),
        limits=ServerLimits.of(settings, sdaemons),
        http_limits=HttpLimits(body_bytes=settings.number("limits", "body_bytes")),
        host=host,
        default_host=settings.text("serve", "host"),
        numbers=numbers,
        announce=announce,
    )
    state.host = server
    online.slots.put(NETWORK, TcpNetwork())
    return server
