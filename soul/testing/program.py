"""Runs a SOUL program as a test."""

from __future__ import annotations

from pathlib import Path

from soul.online.online import ListOutput
from soul.testing.offline import Offline


def run_test_program(offline: Offline, path: Path) -> str:
    """Run the text at `path` as command-level input of a system manager; return why it failed, '' when it passed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return f"{path} cannot be read as text: {error}"
    output = ListOutput()
    session = offline.online.startup_session(output)
    thread = session.thread
    try:
        problems = session.run(text, title=path.name)
        counted = thread.error_count
    finally:
        thread.finish_login()
        offline.online.release(thread)
    if not problems and not counted:
        return ""
    reason = "" if problems else "the program issued a counting error\n"
    return f"{reason}{output.text}"
