"""Runs `soul` as on a system that is no POSIX: `python elsewhere.py run FILE`.

What only POSIX or Linux has is taken away before anything of `soul` is loaded, and what such a system refuses is
refused: names it cannot hold, opening a directory, replacing or removing a file that is open, `select` on anything but
sockets. A text file that is opened without naming its encoding is an error. Tests use it in place of a Windows machine;
it takes no part in the product.
"""

from __future__ import annotations

import importlib.abc
import os
import re
import stat
import sys
import warnings
from collections.abc import Sequence
from types import ModuleType
from typing import Any


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULES = _words("crypt fcntl grp nis ossaudiodev posix_ipc pty pwd readline resource spwd syslog termios tty")
KEPT_OS = frozenset({"O_APPEND", "O_CREAT", "O_EXCL", "O_RDONLY", "O_RDWR", "O_TRUNC", "O_WRONLY"})
MISSING_OS = _words(
    "chown chroot confstr ctermid fchdir fchmod fchown fork forkpty fpathconf getegid geteuid getgid getgrouplist "
    "getgroups getloadavg getpgid getpgrp getpriority getresgid getresuid getsid getuid getxattr initgroups killpg "
    "lchmod lchown listxattr lockf mkfifo mknod nice openpty pathconf posix_fadvise posix_fallocate posix_spawn "
    "posix_spawnp pread preadv pwrite pwritev readv register_at_fork removexattr sched_getaffinity "
    "sched_setaffinity sched_yield sendfile setegid seteuid setgid setgroups setpgid setpriority setregid setresgid "
    "setresuid setreuid setsid setuid setxattr splice statvfs sync sysconf tcgetpgrp tcsetpgrp ttyname uname wait wait3 "
    "wait4 waitid writev"
)
KEPT_SIGNALS = frozenset({"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"})
MISSING_SIGNAL = _words(
    "alarm getitimer pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigtimedwait sigwait "
    "sigwaitinfo"
)
MISSING_SOCKET = re.compile(r"AF_(?!INET6?$|UNSPEC$).*|SO_REUSEPORT|MSG_(?!PEEK$|OOB$).*")
BAD_NAME = re.compile(r'[\x00-\x1f:*?"<>|\\]|[. ]\Z')
DEVICE_NAME = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|con(?:in|out)\$) *(?:\.|\Z)")


class _NotHere(importlib.abc.MetaPathFinder):
    """Says of POSIX modules that they do not exist."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        del path, target
        if fullname in MODULES:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _take(module: ModuleType, names: Sequence[str]) -> None:
    for name in names:
        if hasattr(module, name):
            delattr(module, name)


def _socketpair() -> tuple[Any, Any]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        first = socket.create_connection(listener.getsockname())
        return first, listener.accept()[0]


def _plain_select() -> Any:
    import select

    known = select.select

    def checked(read: Sequence[Any], write: Sequence[Any], other: Sequence[Any], timeout: float | None = None) -> Any:
        if max(len(read), len(write), len(other)) > 512:
            raise ValueError("too many file descriptors in select()")
        for entry in [*read, *write, *other]:
            number = entry if isinstance(entry, int) else entry.fileno()
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                raise OSError(10038, "An operation was attempted on something that is not a socket")
        return known(read, write, other, timeout)

    return checked


def _open_files() -> set[str]:
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            continue
    return found


def _path(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else ""


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what the other system refuses; an audit hook of Python sees every call before it is made."""
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        path = _path(arguments[0])
        if not path.startswith(("/proc/", "/dev/")):
            _check_name(path)
            if arguments[1] is None and os.path.isdir(path):  # os.open
                raise PermissionError(13, "Permission denied", path)
    elif event == "os.mkdir":
        _check_name(_path(arguments[0]))
    elif event in ("os.rename", "os.remove"):
        changed = [_path(entry) for entry in arguments[:2] if isinstance(entry, str | bytes | os.PathLike)]
        for path in changed:
            _check_name(path)
        busy = _open_files()
        for path in changed:
            if os.path.realpath(path) in busy:
                raise PermissionError(13, "The process cannot access the file because it is being used", path)


def _check_name(path: str) -> None:
    name = os.path.basename(path.rstrip("/"))
    if name not in ("", ".", "..") and (BAD_NAME.search(name) or DEVICE_NAME.match(name)):
        raise OSError(22, "Invalid argument", path)


def _is_missing_signal(name: str) -> bool:
    return bool(re.fullmatch(r"SIG[A-Z0-9]+", name)) and name not in KEPT_SIGNALS


def become_another_system() -> None:
    """Take away what only POSIX has. Cannot be undone in this process."""
    sys.platform = "emscripten"  # neither Linux nor POSIX; pytest then asks for no user number
    _take(os, [name for name in dir(os) if name in MISSING_OS or (name.startswith("O_") and name not in KEPT_OS)])
    os.supports_dir_fd = os.supports_fd = os.supports_follow_symlinks = set()
    for name in (MODULES | {"shutil", "tempfile"}) & set(sys.modules):  # those two look for POSIX when they are loaded
        del sys.modules[name]
    sys.meta_path.insert(0, _NotHere())

    import select
    import selectors
    import signal
    import socket
    import tempfile
    import time

    _take(signal, [name for name in dir(signal) if name in MISSING_SIGNAL or _is_missing_signal(name)])
    _take(select, [name for name in dir(select) if "poll" in name.lower() or name.startswith("EPOLL")])
    _take(selectors, ["EpollSelector", "PollSelector", "DevpollSelector", "KqueueSelector"])
    selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[misc]
    select.select = _plain_select()
    selectors.SelectSelector._select = staticmethod(select.select)  # type: ignore[attr-defined]
    _take(socket, [name for name in dir(socket) if MISSING_SOCKET.fullmatch(name)])
    socket.socketpair = _socketpair  # type: ignore[assignment]
    tempfile.TemporaryFile = tempfile.NamedTemporaryFile  # type: ignore[assignment]  # the other needs POSIX
    _take(time, ["tzset", "pthread_getcpuclockid"])
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="cp1252", errors="strict")  # type: ignore[union-attr]
    warnings.simplefilter("ignore", EncodingWarning)  # other people's
    warnings.filterwarnings("error", category=EncodingWarning, module=r"soul(\.|\Z)")
    sys.addaudithook(_refuse)


def main() -> int:
    """Run the command line of `soul` there."""
    become_another_system()
    from soul.cli.main import main as soul

    return soul()


if __name__ == "__main__":
    import io

    assert io.text_encoding(None) == "locale", "run with -X warn_default_encoding and without UTF-8 mode"
    sys.exit(main())
