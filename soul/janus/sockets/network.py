"""Where CLSOCK connections go: the real network of a live Online, or the in-memory one of the offline tests."""

from __future__ import annotations

from typing import Protocol

from soul.janus.stream import ByteStream
from soul.runtime.slots import Slot


class Network(Protocol):
    """Makes outgoing connections."""

    def connect(self, host: str, port: int, timeout: float | None) -> ByteStream:
        """Connect within `timeout` seconds (None: the network's own limit). Raises StreamTimeout, StreamError."""


NETWORK: Slot[Network] = Slot("network")
