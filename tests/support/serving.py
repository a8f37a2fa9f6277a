"""`soul serve` as a process of its own, for tests over loopback."""

from __future__ import annotations

import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 30.0  # seconds until a step is given up; nothing waits that long when all is well


class Serving:
    """A running `soul serve DIR` whose ports got free numbers: `numbers` by port name."""

    def __init__(self, directory: Path, ports: list[str], *options: str) -> None:
        self.audit_file = directory / "audit.log"
        arguments = [sys.executable, "-m", "soul.cli.main", "serve", str(directory), "--host", "127.0.0.1"]
        for port in ports:
            arguments += ["--port", f"{port}=0"]
        self.process = subprocess.Popen(
            [*arguments, "--audit", str(self.audit_file), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.output: list[str] = []
        self.numbers: dict[str, int] = {}
        self._read_until_ready()

    def _read_until_ready(self) -> None:
        assert self.process.stdout is not None
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"soul serve ended: {self.output}\n{self.process.communicate()[1]}")
            self.output.append(line.rstrip("\n"))
            found = re.fullmatch(r"port (\S+) listening on (\S+):(\d+)\n", line)
            if found:
                self.numbers[found[1]] = int(found[3])
            if line == "ready\n":
                return

    def audit(self) -> str:
        """Return the text of the audit trail's file."""
        return self.audit_file.read_text(encoding="utf-8")

    def wait_for_audit(self, text: str, count: int = 1, start: int = 0) -> str:
        """Return the audit trail from `start` on as soon as `text` is in it `count` times."""
        deadline = time.monotonic() + PATIENCE
        while (audit := self.audit()[start:]).count(text) < count:
            assert time.monotonic() < deadline, f"{text!r} is not {count} times in:\n{audit}"
            selectors.DefaultSelector().select(0.01)
        return audit

    def stop(self, signal_number: int = signal.SIGTERM) -> tuple[int, str]:
        """Stop the server and return its exit status and what it wrote to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            _, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, errors = self.process.communicate()
        return self.process.returncode, errors

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
