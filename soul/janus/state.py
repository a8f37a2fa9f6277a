"""What the Janus layer keeps for one Online: ports, groups, name settings, and what makes ports reachable."""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.janus.groups import Groups
from soul.janus.port import Port, PortHost, PortState, PortTable, PortType
from soul.janus.trace import PortTrace
from soul.janus.wildcards import Pattern
from soul.online.online import Online
from soul.runtime.slots import Slot


@dataclass
class JanusState:
    """One Online's Janus layer. `host` is attached by the live server or the offline tests, None without ports.

    `numbers` are TCP port numbers that replace those of definitions (`--port NAME=NUMBER`), by port name.
    """

    ports: PortTable = field(default_factory=PortTable)
    groups: Groups = field(default_factory=Groups)
    host: PortHost | None = None
    domain: str = ""
    name_server: str = ""  # the operands of JANUS NAMESERVER; lookups use the system's resolver
    traces: dict[str, PortTrace] = field(default_factory=dict)  # by port name
    numbers: dict[str, int] = field(default_factory=dict)
    start_order: dict[str, int] = field(default_factory=dict)  # port name -> number of its last START

    def number(self, port: Port) -> int | None:
        """Return the TCP port number that `port` listens on or would listen on, None when it is any or none."""
        if port.bound is not None:
            return port.bound
        return self.numbers.get(port.name, port.definition.number) or None

    def matching(self, pattern: str) -> list[Port]:
        """Return the ports whose names match `pattern`, in order of definition."""
        compiled = Pattern(pattern)
        return [port for port in self.ports if compiled.match(port.name) is not None]

    def master(self, port_type: PortType = PortType.CLSOCK) -> Port | None:
        """Return the started MASTER port of a type, the most recently started one of several (our choice)."""
        masters = [
            port
            for port in self.ports
            if port.definition.type is port_type and port.definition.flag("MASTER") and port.state is PortState.STARTED
        ]
        return max(masters, key=lambda port: self.start_order.get(port.name, 0), default=None)

    def trace(self, port: Port, address: str) -> int:
        """Return the trace setting for a connection of `port` from `address`."""
        return self.traces.get(port.name, PortTrace()).value(port.definition, address)

    def qualified(self, host: str) -> str:
        """Return `host` with the default domain appended when it has no dot (m204wiki, JANUS DOMAIN)."""
        return f"{host}.{self.domain}" if self.domain and host and "." not in host and ":" not in host else host


JANUS: Slot[JanusState] = Slot("janus")


def janus_of(online: Online) -> JanusState:
    """Return the Janus layer of an Online, made on first use."""
    state = online.slots.get(JANUS)
    if state is None:
        state = JanusState()
        online.slots.put(JANUS, state)
    return state
