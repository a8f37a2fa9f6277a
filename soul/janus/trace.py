"""JANUS TRACE: which trace setting counts for a connection.

Source: m204wiki, JANUS TRACE; TRACE (JANUS DEFINE parameter).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from soul.janus.addresses import Network
from soul.janus.parameters import default_of
from soul.janus.port import PortDefinition

RULES = 1  # URL rule processing (WEBSERV), SQL requests (SDS)
TRAFFIC = 8
COOKIES = 16
RESPONSE_HEADERS = 32
RESPONSE_TEXT = 64
BELOW_SSL = 128


@dataclass
class PortTrace:
    """The overrides of one port: for the whole port, and for addresses and subnets."""

    everywhere: int | None = None
    networks: dict[tuple[int, int, int], tuple[Network, int]] = field(default_factory=dict)

    def set(self, network: Network | None, value: int | None) -> None:
        """Set the override for `network` (None: the port), or remove it with `value` None."""
        if network is None:
            self.everywhere = value
        elif value is None:
            self.networks.pop((network.version, network.base, network.mask), None)
        else:
            self.networks[network.version, network.base, network.mask] = (network, value)

    def value(self, definition: PortDefinition, address: str) -> int:
        """Return the setting for a connection from `address`.

        An exact address, else the subnet with most bits, else the override without address, else the definition.
        """
        held = [(network.bits, value) for network, value in list(self.networks.values()) if network.holds(address)]
        if held:
            return max(held)[1]
        if self.everywhere is not None:
            return self.everywhere
        value = definition.values.get("TRACE", default_of("TRACE", definition.type))
        return value if isinstance(value, int) else 0
