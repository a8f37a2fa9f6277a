"""The live server: makes started ports reachable over TCP, and stops them.

One process: a fixed set of sdaemons, one of which at a time drives the I/O loop, and the watchdog that sees to it that
one does; the thread that created the server supervises them. Every connection has one owner at any moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from soul.janus.http.connection import HttpConnection, HttpLimits
from soul.janus.parameters import CLIENT_TYPES, STARTABLE
from soul.janus.port import Port, PortState, PortType
from soul.janus.server.connection import Owner
from soul.janus.server.ioloop import IoLoop
from soul.janus.server.jobs import JobQueue
from soul.janus.server.limits import ServerLimits
from soul.janus.server.listening import ALL_ADDRESSES, CannotListen, listen
from soul.janus.server.messages import SERVER_MESSAGES, Reporter
from soul.janus.server.poller import Poller, new_poller
from soul.janus.server.sdaemon import Job, Sdaemon
from soul.janus.server.served import GenerationSource, ServedPort, SocketHandler, WebHandler
from soul.janus.stream import Address
from soul.online.command import CommandError
from soul.runtime.thread import Journal

FORCED = "the port was forced"
LISTENER_SECONDS = 2.0  # how long a command waits until the I/O loop has closed a listener
STACK_BYTES = 512 * 1024
SDAEMON_STACK_BYTES = 16 * 1024 * 1024  # virtual; SOUL procedures may call each other deeply

Announce = Callable[[Port, str, int], None]


class LiveServer:
    """A `PortHost` over TCP. `start`, `drain` and `force` may be called from any thread.

    `web` and `sockets` give the service of a port, `tls` its TLS settings (or raise CommandError), `admits` says
    whether an address may connect. `host` replaces BINDADDR, `default_host` is for ports without it; `numbers` replace
    the port numbers of definitions, by upper-case port name (0: any free one). `clock` counts seconds, from any
    moment. `announce` is told of each listening port.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        web: Callable[[Port], WebHandler],
        sockets: Callable[[Port], SocketHandler],
        tls: Callable[[Port, str | None], GenerationSource],
        admits: Callable[[Port, Address], bool] = lambda port, address: True,
        limits: ServerLimits | None = None,
        http_limits: HttpLimits | None = None,
        host: str | None = None,
        default_host: str = ALL_ADDRESSES,
        numbers: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
        poller: Callable[[], Poller] = new_poller,
        announce: Announce = lambda port, host, number: None,
    ) -> None:
        self.limits = limits or ServerLimits()
        self.announce = announce
        self.on_change: Callable[[], None] = lambda: None  # called when a port has stopped
        self._web = web
        self._sockets = sockets
        self._tls = tls
        self._admits = admits
        self._http_limits = http_limits or HttpLimits()
        self._host = host
        self._default_host = default_host
        self._numbers = dict(numbers or {})
        self._clock = clock
        self._reporter = Reporter(journal)
        self._lock = threading.Lock()
        self._served: dict[str, ServedPort] = {}
        self._client_ports: set[Port] = set()
        self._running = False
        self._jobs = JobQueue(self.limits.queue_length, self.limits.sdaemons)
        self._poller = poller()
        self._io = IoLoop(self._poller, self.limits, clock, self._jobs, self._reporter)
        self._watchdog = threading.Thread(target=self._jobs.watch, name="janus watchdog", daemon=True)
        self._sdaemons: list[Sdaemon] = []

    # PortHost.

    def start(self, port: Port, password: str | None) -> None:
        """See `PortHost.start`."""
        definition = port.definition
        if definition.type not in STARTABLE:
            raise self._refused(port, f"{definition.type} ports are not available off the mainframe")
        with self._lock:
            if port.state is not PortState.STOPPED:
                raise self._refused(port, f"it is {port.state}")
            if definition.type in CLIENT_TYPES:
                if definition.ssl:
                    self._tls(port, password)  # a key that cannot be used must fail START, not the first call
                self._client_ports.add(port)
                port.state = PortState.STARTED
                return
            served = self._serve(port, password)
            self._served[port.name.upper()] = served
            self._run_threads()
            port.state = PortState.STARTED
            self._io.acceptor.add(served)
        self.announce(port, *served.listener.getsockname()[:2])

    def drain(self, port: Port) -> None:
        """See `PortHost.drain`."""
        served = self._begin_stop(port, PortState.DRAINING)
        if served is not None:
            self._io.drain(served)
            served.settle()

    def force(self, port: Port) -> None:
        """See `PortHost.force`."""
        with port.lock:
            outgoing = list(port.outgoing)
        served = self._begin_stop(port, PortState.FORCING)
        for stream in outgoing:
            stream.interrupt()
        if served is None:
            return
        for job in self._jobs_of(served):
            job.stop.append(FORCED)  # also programs that go on after their page was sent
        for connection in served.snapshot():
            connection.sever(FORCED)
            if connection.change_owner(Owner.QUEUE, Owner.IO):
                self._io.again(connection)
        served.settle()

    # Supervision.

    @property
    def ports(self) -> list[Port]:
        """The ports that are not stopped."""
        with self._lock:
            ports = [served.port for served in self._served.values()] + list(self._client_ports)
        return [port for port in ports if port.state is not PortState.STOPPED]

    @property
    def stopped(self) -> bool:
        """Say whether every port that listens has stopped, and every program with it."""
        with self._lock:
            ports_stopped = all(served.finished.is_set() for served in self._served.values())
        return ports_stopped and not self._jobs_of(None)

    def tick(self) -> None:
        """Cancel requests whose time is over, and stop drained client ports. Call it a few times a second."""
        limit, now = self.limits.request_seconds, self._clock()
        for sdaemon in self._sdaemons:
            job = sdaemon.job
            if job is not None and job.limited and limit and now - job.started > limit and not job.stop:
                job.stop.append(f"the run time limit of {limit:g} seconds is reached")
        with self._lock:
            drained = [p for p in self._client_ports if p.state is not PortState.STARTED and not p.counters.active]
            self._client_ports.difference_update(drained)
        for port in drained:
            port.state = PortState.STOPPED

    def look_at_clock(self) -> None:
        """Act on the deadlines that have passed; for tests with a clock of their own."""
        self._io.wake()
        self.tick()

    def drain_all(self) -> None:
        """Drain every port."""
        for port in self.ports:
            self.drain(port)

    def force_all(self) -> None:
        """Force every port; programs that run are cancelled."""
        for port in self.ports:
            self.force(port)
        for job in self._jobs_of(None):
            if not job.stop:
                job.stop.append(FORCED)

    def _jobs_of(self, served: ServedPort | None) -> list[Job]:
        """Return what the sdaemons are doing, for one port or (None) for all that listen."""
        jobs = [job for sdaemon in self._sdaemons if (job := sdaemon.job) is not None]
        return [job for job in jobs if served is None or job.served is served]

    def running(self) -> list[str]:
        """Return what the sdaemons are doing, for the journal."""
        return [job.title for job in self._jobs_of(None)]

    def report_stuck(self) -> list[str]:
        """Journal what still runs although it was cancelled, and return it."""
        names = self.running()
        if names:
            self._reporter.report("SOUL.0769", names="; ".join(names))
        return names

    def close(self) -> None:
        """End the threads. Call it when the ports have stopped; a stuck sdaemon is left behind as a daemon thread."""
        if not self._running:
            self._poller.close()
            return
        for _ in self._sdaemons:
            self._jobs.end_worker()
        self._jobs.end()
        deadline = time.monotonic() + LISTENER_SECONDS
        for thread in (self._watchdog, *self._sdaemons):
            thread.join(max(0.0, deadline - time.monotonic()))
        if not self._jobs.polling:
            self._poller.close()

    # Inside.

    def _serve(self, port: Port, password: str | None) -> ServedPort:
        definition = port.definition
        web = definition.type is PortType.WEBSERV
        tls = self._tls(port, password) if definition.ssl else None
        host = self._host or definition.string("BINDADDR") or self._default_host
        number = self._numbers.get(port.name.upper(), definition.number or 0)
        try:
            listener = listen(host, number)
        except CannotListen as error:
            raise self._refused(port, str(error)) from None
        try:
            served = ServedPort(
                port,
                listener,
                web=self._web(port) if web else None,
                sockets=None if web else self._sockets(port),
                tls=tls,
                admits=lambda address: self._admits(port, address),
                stopped=self._stopped,
                new_http=_http_factory(port, self._http_limits),
            )
        except BaseException:
            listener.close()
            raise
        port.bound = listener.getsockname()[1]
        return served

    def _begin_stop(self, port: Port, state: PortState) -> ServedPort | None:
        """Set the state and close the listener; None when there is nothing to stop."""
        with self._lock:
            served = self._served.get(port.name.upper())
            with port.lock:
                if port.state is PortState.STOPPED:
                    return None
                if port in self._client_ports:
                    port.state = state if port.counters.active else PortState.STOPPED
                    return None
                port.state = state
        if served is None:
            return None
        closed = self._io.acceptor.remove(served)
        thread = threading.current_thread()
        if isinstance(thread, Sdaemon):
            thread.leave()  # a program stops the port: it may hold the place of who is to close the listener
        closed.wait(LISTENER_SECONDS)
        return served

    def _stopped(self, served: ServedPort) -> None:
        self._reporter.report("SOUL.0767", port=served.name)
        self.on_change()

    def _run_threads(self) -> None:
        """Start the threads with the first port that listens."""
        if self._running:
            return
        self._running = True
        before = threading.stack_size(STACK_BYTES)
        try:
            self._watchdog.start()
            threading.stack_size(SDAEMON_STACK_BYTES)
            # One more than may run programs: see soul.janus.server.jobs.
            for number in range(1, self.limits.sdaemons + 2):
                sdaemon = Sdaemon(number, self._jobs, self._io.turn, self._io.exchange, self._reporter, self._clock)
                self._sdaemons.append(sdaemon)
                sdaemon.start()
        finally:
            threading.stack_size(before)

    def _refused(self, port: Port, reason: str) -> CommandError:
        return CommandError(SERVER_MESSAGES["SOUL.0770"], port=port.name, reason=reason)


def _http_factory(port: Port, limits: HttpLimits) -> Callable[[], HttpConnection]:
    version = port.definition.string("HTTPVERSION") or "1.0"
    keep = port.definition.integer("KEEPALIVE") > 0
    return lambda: HttpConnection(limits, version, keep)
