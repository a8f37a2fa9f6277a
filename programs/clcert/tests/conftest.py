"""The tests use a copy of the demonstration with certificates made for them, so that they run in a fresh clone."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demonstration's directory, certificates included."""
    spec = importlib.util.spec_from_file_location("demonstration", HERE / "demonstration.py")
    assert spec is not None
    assert spec.loader is not None
    demonstration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demonstration)
    copy = tmp_path_factory.mktemp("clcert") / "online"
    ignored = shutil.ignore_patterns("*.PKEY", "*.ROOT.CERT", "ISSUING.CERT", "tests", "__pycache__")
    shutil.copytree(HERE, copy, ignore=ignored)
    demonstration.make_certificates(copy)
    return copy


@pytest.fixture
def online_directory(prepared: Path) -> Path:
    return prepared
