"""What the live server puts up with: every limit in one place, each with its default.

None of them is a JANUS parameter; MAXCON, TIMEOUT, KEEPALIVE and the others of a port come on top. The figures are
our choice (m204wiki, JANUS DEFINE names no counterpart).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.online.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Seconds, counts and bytes; `ServerLimits.of` reads some of them from soul.toml."""

    sdaemons: int = 32  # workers: requests and socket programs that run at the same time
    handshakes: int = 256  # in progress on all ports together; above it the listeners wait in the kernel's backlog
    handshake_seconds: float = 10.0  # in total, so that one byte at a time gains nothing
    head_seconds: float = 10.0  # in total
    body_seconds: float = 10.0  # without progress
    body_rate: int = 512  # bytes per second, on average, once body_seconds have passed
    write_seconds: float = 30.0  # without progress
    linger_seconds: float = 2.0  # reading on after an early answer, so that the peer gets to see it
    linger_bytes: int = 256 * 1024
    queue_length: int = 1000  # complete requests that wait for a sdaemon; more are answered with 503
    queue_seconds: float = 30.0  # longest wait for a sdaemon
    request_seconds: float = 300.0  # run time of one request; 0 for no limit
    drain_seconds: float = 20.0  # after SIGTERM, before running requests are cancelled
    force_seconds: float = 5.0  # after cancelling, before the process ends with requests still stuck
    read_budget: int = 256 * 1024  # bytes per connection and turn
    write_budget: int = 1024 * 1024
    write_slice: int = 64 * 1024

    @classmethod
    def of(cls, settings: Settings, sdaemons: int | None = None) -> ServerLimits:
        """Return the limits that soul.toml sets, with the defaults for the others; `sdaemons` wins over its setting."""
        return cls(
            sdaemons=sdaemons or settings.number("limits", "sdaemons"),
            handshake_seconds=settings.number("limits", "handshake_seconds"),
            head_seconds=settings.number("limits", "head_seconds"),
            body_seconds=settings.number("limits", "body_seconds"),
            write_seconds=settings.number("limits", "write_seconds"),
            request_seconds=settings.number("limits", "request_seconds"),
            drain_seconds=settings.number("serve", "drain_seconds"),
        )
