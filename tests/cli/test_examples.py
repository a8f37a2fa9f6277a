"""The manual: every example of several lines is run, every $function and method that is there has an example."""

from __future__ import annotations

import importlib.util
import inspect
import shutil
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from soul.assembly import library
from soul.cli.reference import class_description
from soul.language.library import Builtin
from tests.support.examples import Example, examples, play

KNOWN = library()
DEMONSTRATION = Path(__file__).resolve().parents[2] / "programs" / "clcert"


def builtins() -> list[Builtin]:
    """Return the $functions and methods that are there, each once."""
    functions = (KNOWN.function(name) for name in KNOWN.function_names())
    methods = (KNOWN.intrinsic(name) for name in KNOWN.intrinsic_names())
    found = {each.function: each for each in (*functions, *methods) if each is not None and each.available}
    return list(found.values())


BUILTINS = builtins()
DOCS = {each.name: inspect.getdoc(each.function) or "" for each in BUILTINS}
CLASSES = {name: class_description(found) for name in KNOWN.class_names() if (found := KNOWN.system_class(name))}
EXAMPLES = [example for name, doc in (*DOCS.items(), *CLASSES.items()) for example in examples(name, doc)]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Give a directory with the certificates of the demonstration, made when first asked for."""

    @cache
    def made() -> Path:
        spec = importlib.util.spec_from_file_location("demonstration", DEMONSTRATION / "demonstration.py")
        assert spec is not None
        assert spec.loader is not None
        demonstration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(demonstration)
        copy = tmp_path_factory.mktemp("examples") / "online"
        ignored = shutil.ignore_patterns("*.PKEY", "*.CERT", "*.soul", "tests", "__pycache__")
        shutil.copytree(DEMONSTRATION, copy, ignore=ignored)
        demonstration.make_certificates(copy)
        return copy

    return made


@pytest.fixture
def gmt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let local time be GMT."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.function)
def test_example(example: Example, tmp_path: Path, certificates: Callable[[], Path], gmt: None) -> None:
    shown = play(example, tmp_path, certificates)
    for label, rows in example.expected.items():
        if label == "Response:":
            assert not set(rows) - set(shown[label]), shown[label]
        else:
            assert shown[label] == rows


@pytest.mark.parametrize("builtin", BUILTINS, ids=lambda builtin: builtin.name)
def test_the_manual_page_is_complete(builtin: Builtin) -> None:
    doc = DOCS[builtin.name]
    assert doc.splitlines()[0].endswith("."), "one line of purpose"
    for label in ("Arguments:", "Result:", "Page: m204wiki, ", "Example"):
        assert f"\n{label}" in doc, label


@pytest.mark.parametrize("name", CLASSES)
def test_the_manual_of_a_class_is_complete(name: str) -> None:
    assert "Page: m204wiki, " in CLASSES[name]
    found = KNOWN.system_class(name)
    assert found is not None
    for member in found.names():
        builtin = found.constructor(member) or found.method(member)
        if builtin is not None:
            doc = inspect.getdoc(builtin.function) or ""
            wanted = ("Arguments:", "Result:") if builtin.result.value != "none" else ("Arguments:",)
            assert all(f"\n{label}" in doc for label in wanted), member


def test_a_malformed_example_is_noticed() -> None:
    with pytest.raises(ValueError, match="no result"):
        list(examples("$X", "Do.\nExample:\n    Print 1\nPage: m204wiki, $X"))
