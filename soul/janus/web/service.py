"""The web server of one port: requests in, responses out, without any connection.

    service = WebService(online, port)
    response = service.handle(request, peer, stop)

One service lives as long as its port is started: it holds the login sessions. Source: m204wiki, JANUS WEB.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.web.exchange import Exchange
from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.options import port_options
from soul.janus.web.rule_work import RuleWork
from soul.janus.web.sessions import LoginSessions, MemoryLoginSessions, session_cookie_name
from soul.janus.web.statistics import WEB_STATISTICS, WebStatistics
from soul.online.session import NO_USERID

if TYPE_CHECKING:
    from soul.janus.peer import Peer
    from soul.janus.port import Port
    from soul.janus.rules import OnMatch
    from soul.online.online import Online

_LOG = logging.getLogger("soul.janus.web")

Sender = Callable[[HttpResponse], None]


class WebService:
    """Answers the requests of one port. `handle` may be called from several threads at a time."""

    def __init__(self, online: Online, port: Port, sessions: LoginSessions | None = None) -> None:
        """Serve `port`. `sessions` is where SESCOOKIE logins are kept: in memory by default."""
        definition = port.definition
        self.online = online
        self.port = port
        self.upper_case = not definition.flag("NOUPCASE")
        self.prelogin_user = definition.string("PRELOGINUSER") or NO_USERID
        self.web_user = definition.string("WEBUSER") or "WEBUSER"
        self.log_cookie = definition.string("WEBLOGCOOKIE")
        self.logs_public = definition.flag("WEBPUBLOG")
        self.session_seconds = 60.0 * definition.integer("SESTIMEOUT")
        self.session_cookie = session_cookie_name(definition)
        self.sessions = sessions or MemoryLoginSessions(self.session_seconds)
        compression = int(online.user_parameters().get("NCMPBUF", 0)) > 0
        self.options = port_options(definition, online.settings.number("limits", "output_bytes"), compression)
        if definition.integer("COMPRESS") and not compression:
            online.audit.write("MS", "SOUL.2414: " + WEB_MESSAGES["SOUL.2414"].text.format(port=port.name))
        self._works: dict[int, RuleWork] = {}
        self.statistics = online.slots.get(WEB_STATISTICS) or WebStatistics()
        online.slots.put(WEB_STATISTICS, self.statistics)

    def work_of(self, on: OnMatch) -> RuleWork:
        """Return what an ON rule does, worked out once for each rule."""
        known = self._works.get(id(on.rule))
        if known is None:
            known = self._works[id(on.rule)] = RuleWork(self.online, self.port.definition, self.options, on)
        return known

    def handle(self, request: HttpRequest, peer: Peer, stop: list[str], sent: Sender | None = None) -> HttpResponse:
        """Answer one request; never raises.

        Something appended to `stop` ends the handler soon. `sent` is called with the response at $Web_Done, while the
        program goes on; the same response is returned in the end.
        """
        try:
            response = Exchange(self, request, peer, stop, sent).answer()
        except Exception as error:
            _LOG.debug("web request failed", exc_info=True)
            detail = f"{type(error).__name__}: {error}"
            text = WEB_MESSAGES["SOUL.2405"].text.format(port=self.port.name, detail=detail)
            self.online.audit.write("ER", f"SOUL.2405: {text}")
            response = plain_page(500)
            response.close = True
        if request.method not in ("GET", "POST", "HEAD") and response.status in (400, 413):
            response.close = True
        self.statistics.count(response.status)
        self._journal(request, peer, response)
        return response

    def _journal(self, request: HttpRequest, peer: Peer, response: HttpResponse) -> None:
        """Write one line for the request; the query is left out, since forms put passwords there."""
        self.online.audit.write(
            "AD",
            f"{self.port.name} {peer.address.host} {request.method} {request.raw_path} {response.status}, "
            f"{len(response.body)} bytes, run as {response.userid or 'nobody'}",
        )
