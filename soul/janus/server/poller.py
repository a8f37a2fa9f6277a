"""Waiting for many sockets at once, with one-shot registrations.

A descriptor that became ready is disarmed until its present owner arms it again: arming *is* handing the connection
back to the polling thread, and needs no lock and no queue. Only listeners stay armed. `EpollPoller` lets the kernel do
this; `PortablePoller` gives the same behaviour on the standard library's selectors, for macOS and Windows.
"""

from __future__ import annotations

import contextlib
import errno
import math
import select
import selectors
import socket
import sys
import threading
import time
from collections.abc import Sequence
from typing import Protocol

READ = 1
WRITE = 2
HANGUP = 4  # the peer has finished sending, or the connection broke; what it sent before may still wait

MOST_EVENTS = 512  # per call, so that one turn stays short
SELECT_GROUP = 500  # sockets that one `select` looks at; Windows refuses more than 512
PAUSE_SECONDS = 0.01  # how long one group is waited for while there are others


class Poller(Protocol):
    """One thread calls `wait`; every other method may be called from any thread.

    Only the owner of a descriptor arms or forgets it: the polling thread while it is armed, whoever was given the
    event afterwards.
    """

    def arm(self, descriptor: int, interest: int) -> None:
        """Report the next time `descriptor` is ready for `interest` (READ, WRITE or both), once."""

    def add(self, descriptor: int, interest: int) -> None:
        """Arm a descriptor that most probably is not known here yet: cheaper than `arm` then, the same otherwise."""

    def keep(self, descriptor: int) -> None:
        """Report each time `descriptor` can be read, until it is forgotten; for listeners."""

    def forget(self, descriptor: int) -> None:
        """Report nothing about `descriptor` any more; call it before closing. Unknown ones are ignored."""

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        """Return (descriptor, READ | WRITE | HANGUP) for what became ready; after `timeout` seconds an empty list."""

    def wake(self) -> None:
        """End the present or the next `wait` at once."""

    def close(self) -> None:
        """Release everything. Nothing may be called afterwards."""


class _Waker:
    """A pair of connected sockets: a byte into one ends a wait on the other."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def wake(self) -> None:
        # A full pipe already wakes; a closed one has nobody to wake.
        with contextlib.suppress(OSError):
            self._writer.send(b"\0")

    def drain(self) -> None:
        with contextlib.suppress(OSError):
            while self._reader.recv(4096):
                pass

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


class GroupSelector(selectors.SelectSelector):
    """`select` for more sockets than one call takes, which on Windows are 512: it asks for them group by group.

    With more than one group, what becomes ready in the later ones is seen after PAUSE_SECONDS at the latest; the first
    socket registered is always in the first group, and ends a wait at once.
    """

    def __init__(self, group: int = SELECT_GROUP) -> None:
        super().__init__()
        self._group = group

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector.select`."""
        keys = list(self.get_map().values())
        if len(keys) <= self._group:
            return _ready(keys, timeout)
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            found: list[tuple[selectors.SelectorKey, int]] = []
            for first in range(0, len(keys), self._group):
                found += _ready(keys[first : first + self._group], 0.0)
            left = deadline - time.monotonic()
            if found or left <= 0:
                return found
            found = _ready(keys[: self._group], min(left, PAUSE_SECONDS))
            if found:
                return found


def _ready(keys: Sequence[selectors.SelectorKey], timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
    """Return which of a group of sockets are ready, and for what; a broken one is ready to write."""
    readers = [key.fd for key in keys if key.events & selectors.EVENT_READ]
    writers = [key.fd for key in keys if key.events & selectors.EVENT_WRITE]
    read, written, broken = select.select(readers, writers, writers, timeout)
    events = dict.fromkeys(read, selectors.EVENT_READ)
    for descriptor in (*written, *broken):
        events[descriptor] = events.get(descriptor, 0) | selectors.EVENT_WRITE
    return [(key, events[key.fd]) for key in keys if key.fd in events]


def portable_selector() -> selectors.BaseSelector:
    """Return the best selector of this platform that takes any number of sockets."""
    if issubclass(selectors.DefaultSelector, selectors.SelectSelector):
        return GroupSelector()
    return selectors.DefaultSelector()


class PortablePoller:
    """One-shot polling on `selectors`.

    Changes are noted under a lock and applied by the polling thread, because selectors are not safe to change while
    another thread waits on them.
    """

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        self._selector = selector or portable_selector()
        self._waker = _Waker()
        self._lock = threading.Lock()
        self._changes: dict[int, int] = {}
        self._armed: set[int] = set()
        self._kept: set[int] = set()  # those that stay armed
        self._poller: int | None = None  # the thread that waits
        self._selector.register(self._waker.fileno(), selectors.EVENT_READ)

    def arm(self, descriptor: int, interest: int) -> None:
        """See `Poller.arm`."""
        with self._lock:
            self._changes[descriptor] = interest
        if threading.get_ident() != self._poller:
            self._waker.wake()

    def add(self, descriptor: int, interest: int) -> None:
        """See `Poller.add`."""
        self.arm(descriptor, interest)

    def keep(self, descriptor: int) -> None:
        """See `Poller.keep`."""
        with self._lock:
            self._kept.add(descriptor)
        self.arm(descriptor, READ)

    def forget(self, descriptor: int) -> None:
        """See `Poller.forget`. What is in the selector belongs to the polling thread, which alone takes it out."""
        with self._lock:
            self._kept.discard(descriptor)
            self._changes.pop(descriptor, None)
            armed = descriptor in self._armed
            self._armed.discard(descriptor)
        if armed:
            with contextlib.suppress(KeyError, ValueError, OSError):
                self._selector.unregister(descriptor)

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        """See `Poller.wait`."""
        self._poller = threading.get_ident()
        self._apply_changes()
        ready: list[tuple[int, int]] = []
        for key, events in self._selector.select(timeout):
            if key.fd == self._waker.fileno():
                self._waker.drain()
                continue
            if key.fd not in self._kept:
                with self._lock:
                    self._armed.discard(key.fd)
                self._selector.unregister(key.fd)
            mask = READ if events & selectors.EVENT_READ else 0
            mask |= WRITE if events & selectors.EVENT_WRITE else 0
            ready.append((key.fd, mask))
        return ready

    def _apply_changes(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, {}
            self._armed.update(changes)
        for descriptor, interest in changes.items():
            events = selectors.EVENT_READ if interest & READ else 0
            events |= selectors.EVENT_WRITE if interest & WRITE else 0
            try:
                self._selector.register(descriptor, events)
            except KeyError:
                self._selector.modify(descriptor, events)
            except (ValueError, OSError):
                with self._lock:
                    self._armed.discard(descriptor)

    def wake(self) -> None:
        """See `Poller.wake`."""
        self._waker.wake()

    def close(self) -> None:
        """See `Poller.close`."""
        self._selector.close()
        self._waker.close()


if sys.platform == "linux":
    _ONE_SHOT = {
        interest: select.EPOLLONESHOT
        | (select.EPOLLIN | select.EPOLLRDHUP if interest & READ else 0)
        | (select.EPOLLOUT if interest & WRITE else 0)
        for interest in (READ, WRITE, READ | WRITE)
    }

    class EpollPoller:
        """One-shot polling by the Linux kernel; arming from another thread needs no wake-up."""

        def __init__(self) -> None:
            self._epoll = select.epoll()
            self._waker = _Waker()
            self._waker_descriptor = self._waker.fileno()
            self._epoll.register(self._waker_descriptor, select.EPOLLIN)

        def arm(self, descriptor: int, interest: int) -> None:
            """See `Poller.arm`."""
            events = _ONE_SHOT[interest]
            try:
                self._epoll.modify(descriptor, events)
            except FileNotFoundError:
                self._epoll.register(descriptor, events)

        def add(self, descriptor: int, interest: int) -> None:
            """See `Poller.add`."""
            try:
                self._epoll.register(descriptor, _ONE_SHOT[interest])
            except FileExistsError:
                self.arm(descriptor, interest)

        def keep(self, descriptor: int) -> None:
            """See `Poller.keep`."""
            self._epoll.register(descriptor, select.EPOLLIN)

        def forget(self, descriptor: int) -> None:
            """See `Poller.forget`."""
            try:
                self._epoll.unregister(descriptor)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.EBADF):
                    raise

        def wait(self, timeout: float) -> list[tuple[int, int]]:
            """See `Poller.wait`."""
            ready: list[tuple[int, int]] = []
            for descriptor, events in self._epoll.poll(timeout, MOST_EVENTS):
                if descriptor == self._waker_descriptor:
                    self._waker.drain()
                    continue
                if events == select.EPOLLIN:  # as nearly always
                    ready.append((descriptor, READ))
                    continue
                mask = READ if events & select.EPOLLIN else 0
                if events & select.EPOLLOUT:
                    mask |= WRITE
                if events & (select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR):
                    mask |= HANGUP
                ready.append((descriptor, mask))
            return ready

        def wake(self) -> None:
            """See `Poller.wake`."""
            self._waker.wake()

        def close(self) -> None:
            """See `Poller.close`."""
            self._epoll.close()
            self._waker.close()


def new_poller() -> Poller:
    """Return the best poller of this platform."""
    if sys.platform == "linux":
        return EpollPoller()
    return PortablePoller()
