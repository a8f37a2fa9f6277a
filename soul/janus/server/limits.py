"""What the live server puts up with: every limit in one place, each with its default.

None of them is a JANUS parameter; MAXCON, TIMEOUT, KEEPALIVE and the others of a port come on top. The figures are
our choice (m204wiki, JANUS DEFINE names no counterpart).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Seconds, counts and bytes; `ServerLimits.from_settings` reads them from the table `[server]` of soul.toml."""

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
    def from_settings(cls, settings: Mapping[str, object]) -> ServerLimits:
        """Return the defaults with `settings` over them.

        Raises ValueError, naming the setting, for an unknown name, a value that is no number, or one below the least
        that makes sense (0 for request_seconds, else anything above 0).
        """
        kinds = {field.name: field.type for field in fields(cls)}
        changes: dict[str, float | int] = {}
        for name, value in settings.items():
            if name not in kinds:
                known = ", ".join(sorted(kinds))
                raise ValueError(f"[server] {name}: unknown setting; known are {known}")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"[server] {name}: {value!r} is not a number")
            if kinds[name] == "int" and not isinstance(value, int):
                raise ValueError(f"[server] {name}: {value!r} is not a whole number")
            if value < 0 or (value == 0 and name != "request_seconds"):
                raise ValueError(f"[server] {name}: {value!r} is out of range")
            changes[name] = value
        return replace(cls(), **changes)  # type: ignore[arg-type]
