"""HTTP over one connection, for whichever thread owns it: read, queue, answer, write, wait again, end.

The I/O loop calls `turn` when a socket is ready and `expire` when a deadline has passed; a sdaemon calls `respond`.
Each call ends with the connection handed on (to the poller, to the queue) or closed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from soul.janus.http.connection import HttpConnection, HttpRefusal, Phase
from soul.janus.http.message import HttpRequest, HttpResponse
from soul.janus.http.response import plain_page
from soul.janus.server.channel import WantRead, WantWrite
from soul.janus.server.connection import Connection, Flushed, Owner
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.messages import Reporter
from soul.janus.server.poller import READ, WRITE
from soul.janus.stream import StreamError
from soul.janus.tls.verdicts import TlsRefused

READ_BYTES = 16384  # one TLS record
# Looking a member of an Enum up takes Python 3.11 as long as a call.
_IDLE, _BODY, _BUSY = Phase.IDLE, Phase.BODY, Phase.BUSY
_QUEUE = Owner.QUEUE


class Waiting(Protocol):
    """Where a connection goes when it cannot go on: the I/O loop."""

    def hand_back(self, connection: Connection, interest: int) -> None:
        """Own the connection again as soon as its socket is ready."""

    def again(self, connection: Connection) -> None:
        """Own the connection again on the next turn: input waits where no poller sees it."""


class Exchange:
    """Moves connections of WEBSERV ports along. Has no state of its own; safe on every thread."""

    def __init__(
        self,
        limits: ServerLimits,
        clock: Callable[[], float],
        jobs: JobQueue,
        reporter: Reporter,
        waiting: Waiting,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._jobs = jobs
        self._reporter = reporter
        self._waiting = waiting

    def begin(self, connection: Connection) -> None:
        """Begin with a connection whose handshake has just ended: its first request must begin to come in time."""
        connection.http = connection.served.new_http()
        self._set_deadline(connection, connection.http)

    def turn(self, connection: Connection) -> None:
        """Go on with a connection whose socket is ready."""
        if connection.severed:
            connection.release()
        elif connection.discarding:
            self._discard(connection)
        elif connection.output:
            self.write(connection, self._limits.write_budget)
        else:
            self._read(connection)

    def respond(self, connection: Connection, response: HttpResponse) -> None:
        """Answer the connection's request and send as much as the socket takes."""
        if connection.severed:
            connection.release()
            return
        request, http = connection.request, _http(connection)
        assert request is not None
        if not connection.served.open:
            response.close = True
        connection.request = connection.stop = None  # the program may go on, but no more for this connection
        try:
            sent = connection.send_now(http.render(request, response))
        except StreamError:
            connection.release()
            return
        if sent:
            self._sent(connection, http)
        else:
            self.write(connection)

    def _sent(self, connection: Connection, http: HttpConnection) -> None:
        """Everything is sent: end the connection or wait for the next request."""
        if http.closing:
            self.end(connection)
        else:
            self._go_on(connection)

    def write(self, connection: Connection, budget: float = math.inf) -> None:
        """Send from the output; when all is sent, end the connection or wait for the next request."""
        try:
            state = connection.flush(self._limits.write_slice, budget)
        except StreamError:
            connection.release()
            return
        if state is Flushed.DONE:
            self._sent(connection, _http(connection))
            return
        connection.deadline = self._clock() + self._limits.write_seconds
        self._waiting.hand_back(connection, READ if state is Flushed.WANT_READ else WRITE)

    def end(self, connection: Connection) -> None:
        """Say good-bye; read on for a moment where closing at once could destroy what was just sent.

        The kernel answers unread input with RST, which may overtake the last bytes of the response.
        """
        assert connection.channel is not None
        connection.channel.finish()
        if not connection.linger and not _has_unread_input(connection):
            connection.release()
            return
        connection.discarding = True
        connection.deadline = self._clock() + self._limits.linger_seconds
        self._waiting.hand_back(connection, READ)

    def end_idle(self, connection: Connection) -> None:
        """The port drains: end the connection unless a request has begun to arrive. For the I/O loop."""
        if connection.discarding or connection.output:
            return
        if _http(connection).phase is _IDLE:
            self._read(connection)  # the client may have sent a request a moment ago

    def expire(self, connection: Connection) -> None:
        """The deadline has passed while the I/O loop or the queue owned the connection."""
        if connection.change_owner(Owner.QUEUE, Owner.IO):
            self._no_sdaemon(connection)
            return
        if connection.owner is not Owner.IO:
            return
        if connection.discarding:
            connection.release()
        elif connection.output:
            self._report_end(connection, "the client does not read the response")
            connection.release()
        elif _http(connection).phase is _IDLE:
            self.end(connection)
        else:
            self._refuse(connection, HttpRefusal(408, "The request took too long to arrive"))

    def _read(self, connection: Connection) -> None:
        http, channel = _http(connection), connection.channel
        assert channel is not None
        budget = self._limits.read_budget
        interest = READ
        while budget > 0:
            try:
                data = channel.receive(READ_BYTES)
            except WantRead:
                break
            except WantWrite:
                interest = WRITE
                break
            except TlsRefused as error:
                text = f"{error.refusal.text} (port {connection.served.name}, client {connection.address.host})"
                self._reporter.write(error.refusal.message, text)
                connection.release()
                return
            except StreamError:
                connection.release()
                return
            repeated = http.again(data)
            if repeated is not None:
                self._dispatch(connection, repeated)
                return
            http.receive(data)
            budget -= len(data)
            if self._take_request(connection, http):
                return
            if not data:
                self.end(connection)
                return
        if budget <= 0 and channel.pending():
            self._set_deadline(connection, http)
            self._waiting.again(connection)
        else:
            self._wait_for_input(connection, http, interest)

    def _take_request(self, connection: Connection, http: HttpConnection) -> bool:
        """Pass on a request that is complete, or answer what is no request; False when more must be read."""
        try:
            request = http.next_request()
        except HttpRefusal as refusal:
            self._refuse(connection, refusal)
            return True
        if request is not None:
            self._dispatch(connection, request)
            return True
        early = http.pending_output()
        if early:
            connection.queue_output([early])
            self.write(connection)
            return True
        return False

    def _go_on(self, connection: Connection) -> None:
        """Everything is sent: take the request that came ahead, or wait for one."""
        http, channel = connection.http, connection.channel
        assert http is not None
        assert channel is not None
        phase = http.phase
        if phase is _IDLE and connection.served.open and not channel.pending():  # as nearly always
            connection.phase = phase
            connection.deadline = self._clock() + connection.served.idle_seconds
            self._waiting.hand_back(connection, READ)
            return
        if phase is not _IDLE and self._take_request(connection, http):
            return
        if channel.pending():
            self._set_deadline(connection, http)
            self._waiting.again(connection)
            return
        self._wait_for_input(connection, http, READ)

    def _wait_for_input(self, connection: Connection, http: HttpConnection, interest: int) -> None:
        if http.phase is _IDLE and not connection.served.open:
            connection.linger = True  # a request may be on its way
            self.end(connection)
            return
        self._set_deadline(connection, http)
        self._waiting.hand_back(connection, interest)

    def _set_deadline(self, connection: Connection, http: HttpConnection) -> None:
        """Note until when the next bytes must come.

        A head has its time in total, counted from its first byte, or the one-byte-at-a-time client would stay for ever;
        a body must show progress, and a least rate on average.
        """
        limits, now, phase = self._limits, self._clock(), http.phase
        began = phase is not connection.phase
        connection.phase = phase
        if phase is _BODY:
            if began:
                connection.body_started = now
            earned = http.body_received / limits.body_rate
            deadline = min(now, connection.body_started + earned) + limits.body_seconds
        elif not began:
            return
        elif phase is _IDLE and http.requests:
            deadline = now + connection.served.idle_seconds
        else:
            deadline = now + limits.head_seconds
        if connection.served.inactivity:
            deadline = min(deadline, now + connection.served.inactivity)
        connection.deadline = deadline

    def _dispatch(self, connection: Connection, request: HttpRequest) -> None:
        connection.request = request
        connection.phase = _BUSY
        connection.deadline = self._clock() + self._limits.queue_seconds
        if self._jobs.full:
            self._no_sdaemon(connection)
        else:
            connection.owner = _QUEUE  # by its owner: nobody else closes it meanwhile
            self._jobs.put(connection)

    def _no_sdaemon(self, connection: Connection) -> None:
        """Janus refuses the connection; once connections outlive requests, the request is the nearest (our choice)."""
        self._reporter.report("MSIR.0023", address=connection.address.host, port=connection.served.name)
        response = plain_page(503, "The server is busy")
        response.close = True
        connection.linger = True
        self.respond(connection, response)

    def _refuse(self, connection: Connection, refusal: HttpRefusal) -> None:
        self._reporter.report(
            "SOUL.0762",
            address=connection.address.host,
            port=connection.served.name,
            status=refusal.status,
            reason=refusal.text,
        )
        connection.linger = True
        connection.queue_output(_http(connection).refuse(refusal))
        self.write(connection)

    def _discard(self, connection: Connection) -> None:
        assert connection.channel is not None
        while connection.discarded <= self._limits.linger_bytes:
            try:
                data = connection.channel.receive(READ_BYTES)
            except WantRead:
                self._waiting.hand_back(connection, READ)
                return
            except WantWrite:
                self._waiting.hand_back(connection, WRITE)
                return
            except StreamError:
                break
            if not data:
                break
            connection.discarded += len(data)
        connection.release()

    def _report_end(self, connection: Connection, reason: str) -> None:
        self._reporter.report("SOUL.0761", address=connection.address.host, port=connection.served.name, reason=reason)


def _http(connection: Connection) -> HttpConnection:
    assert connection.http is not None
    return connection.http


def _has_unread_input(connection: Connection) -> bool:
    assert connection.channel is not None
    try:
        return bool(connection.channel.receive(READ_BYTES))
    except (WantRead, WantWrite, StreamError):
        return False
