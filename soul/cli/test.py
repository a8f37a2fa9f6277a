"""`soul test`: runs the tests of an Online directory, offline.

SOUL programs in DIR/tests/*.soul and pytest functions in DIR/tests/test_*.py, through real TLS handshakes in memory.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

EXAMPLE = """example:
  soul test programs/clcert
  soul test programs/clcert -k certificate     only tests whose name holds the word

Exit status: 0 every test passed and there was one, 1 a test failed or there was none, 2 wrong usage."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul test`."""
    parser.epilog = EXAMPLE
    parser.add_argument(
        "directory", nargs="?", default=".", metavar="DIR", help="the Online directory (default: the current one)"
    )
    parser.add_argument("-k", metavar="WORDS", default="", help="run only tests whose name matches")
    parser.add_argument("-x", "--first", action="store_true", help="stop at the first failure")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line per test")


class _Summary:
    """Counts the outcomes and shows what failed."""

    def __init__(self, root: Path, *, verbose: bool) -> None:
        self.passed = 0
        self.failed = 0
        self._root = root
        self._verbose = verbose

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test when its outcome is known."""
        name = report.nodeid.rpartition("/")[2].replace("::", " ")
        if report.failed:
            self.failed += 1
            print(f"FAILED {name}\n{report.longreprtext}\n")
        elif report.when == "call" and report.passed:
            self.passed += 1
            if self._verbose:
                print(f"passed {name}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a test file that cannot be read as a failure."""
        if report.failed:
            self.failed += 1
            print(f"FAILED {report.nodeid}\n{report.longreprtext}\n")


def main(arguments: argparse.Namespace) -> int:
    """Run the tests; the last line is `N passed, N failed`. Return 0 when at least one passed and none failed."""
    directory = Path(arguments.directory).resolve()
    tests = directory / "tests"
    if not directory.is_dir():
        print(f"soul test: {arguments.directory} is not a directory", file=sys.stderr)
        return 2
    if not tests.is_dir():
        print(f"soul test: {directory} has no folder tests", file=sys.stderr)
        return 2
    import pytest

    summary = _Summary(directory, verbose=arguments.verbose)
    options = [
        str(tests),
        "--rootdir",
        str(directory),
        "-c",
        str(directory / "pytest.ini") if (directory / "pytest.ini").is_file() else os.devnull,
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
    ]
    if arguments.k:
        options += ["-k", arguments.k]
    if arguments.first:
        options.append("-x")
    plugins: list[object] = [summary]
    if not _plugin_is_installed():
        from soul.testing import plugin

        plugins.append(plugin)
    status = pytest.main(options, plugins=plugins)
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        summary.failed = max(1, summary.failed)
    print(f"{summary.passed} passed, {summary.failed} failed")
    return 0 if summary.passed and not summary.failed else 1


def _plugin_is_installed() -> bool:
    from importlib.metadata import entry_points

    return any(entry.value == "soul.testing.plugin" for entry in entry_points(group="pytest11"))
