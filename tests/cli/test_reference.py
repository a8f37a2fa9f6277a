"""The generated pages are what the code says now; `make docs` makes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from soul.assembly import library
from soul.cli.coverage import (
    CoverageError,
    Form,
    Row,
    Verdict,
    diagnostics_of,
    function_rows,
    judge,
    page,
    read_forms,
    read_names,
)
from soul.cli.main import main
from soul.cli.reference import compile_messages, message_tables, reference
from soul.janus.parameter_meanings import MEANINGS
from soul.janus.parameters import PARAMETERS
from soul.language import machine, statement_actions, tables

ROOT = Path(__file__).resolve().parents[2]
FORMS = tables.grammar_path().with_name("statements.toml")
NAMES = ROOT / "tests" / "conformance" / "functions.txt"
DEVIATIONS = ROOT / "docs" / "deviations.md"
STALE = "run `make docs`: the code says something else now"


@pytest.mark.parametrize("name", reference(library()))
def test_reference_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == reference(library())[name], STALE


def test_conformance_page_is_current() -> None:
    wanted = page(library(), FORMS, NAMES, DEVIATIONS)
    assert (ROOT / "docs" / "conformance.md").read_text("utf-8") == wanted, STALE


def test_pages_are_written_where_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doc", "--write", str(tmp_path / "reference")]) == 0
    assert {path.name for path in (tmp_path / "reference").iterdir()} == set(reference(library()))
    target = tmp_path / "conformance.md"
    arguments = ["--functions", str(NAMES), "--deviations", str(DEVIATIONS)]
    assert main(["doc", "--conformance", str(target), *arguments]) == 0
    assert target.read_text("utf-8").startswith("# Conformance")
    capsys.readouterr()
    assert main(["doc", "--conformance", str(tmp_path / "none" / "c.md"), *arguments]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert main(["doc", "--conformance", str(target), "--functions", str(tmp_path / "none")]) == 1
    assert "soul doc: " in capsys.readouterr().err


def test_every_statement_of_the_grammar_has_a_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()
    known = library()

    def note(name: str):  # type: ignore[no-untyped-def]
        action = statement_actions.ACTIONS[name]

        def noted(children):  # type: ignore[no-untyped-def]
            used.add(name)
            return action(children)

        return noted

    # The machine holds the actions themselves, so another one is made around the noted ones.
    monkeypatch.setattr(statement_actions, "ACTIONS", {name: note(name) for name in statement_actions.ACTIONS})
    machine.machine.cache_clear()
    try:
        for form in read_forms(FORMS):
            for probe in form.probes:
                diagnostics_of(probe, known)
    finally:
        monkeypatch.undo()
        machine.machine.cache_clear()
    assert set(statement_actions.ACTIONS) - used == set()


def test_core_and_useful_functions_are_not_refused() -> None:
    documented = read_names(NAMES)
    rows = function_rows(library(), documented, frozenset())
    refused = {row.name for row in rows if row.verdict is Verdict.REFUSED}
    needed = {name for name, (_, need) in documented.items() if need != "mainframe"}
    assert refused & needed == set()
    assert {need for _, need in documented.values()} == {"core", "useful", "mainframe"}


@pytest.mark.parametrize(
    ("form", "verdict", "remark"),
    [
        (Form("A", "x", ("print 'a'",)), Verdict.DONE, ""),
        (Form("A", "x", ("print 'a'",), "differs"), Verdict.DEVIATES, "differs"),
        (Form("A", "x", ("commit", "backout")), Verdict.REFUSED, "Commit belongs to record processing"),
    ],
)
def test_verdicts(form: Form, verdict: Verdict, remark: str) -> None:
    row = judge(form, library())
    assert isinstance(row, Row)
    assert (row.verdict, row.remark[: len(remark)]) == (verdict, remark)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (Form("A", "x", ("prnt 'a'",)), "the probe does not compile: SOUL.1001"),
        (Form("A", "x", ("print 'a'", "commit")), "done, refused"),
        (Form("A", "x", ("commit",), "differs"), "cannot deviate"),
    ],
)
def test_wrong_rows_are_reported(form: Form, says: str) -> None:
    with pytest.raises(CoverageError, match=says):
        judge(form, library())


def test_no_message_number_has_two_texts() -> None:
    numbers = [each.number for table in message_tables().values() for each in table]
    assert len(numbers) == len(set(numbers))
    assert set(compile_messages()).isdisjoint(numbers)


def test_every_parameter_has_a_meaning() -> None:
    assert set(MEANINGS) == {row.name for row in PARAMETERS.values()}


def test_an_example_of_several_lines_is_a_block_of_code() -> None:
    text = reference(library())["functions.md"]
    entry = text[text.index("\n## $Web_Form_Parm\n") :].split("\n## ", 2)[1]
    assert "\n\nRequest:\n\n    POST /order\n    Content-Type: application/x-www-form-urlencoded\n\n    item=" in entry
    assert "\n\nPrints:\n\n    3\n    Rope\n    Harp\n\nPage: " in entry
    assert entry.index("Synonyms: $Web_Parm") < entry.index("Request:")
    assert "\n## $Web_Parm\n\nAnother name of [$Web_Form_Parm](#web_form_parm).\n" in text


def test_links_of_the_manual_lead_somewhere() -> None:
    for name in ("functions.md", "methods.md"):
        text = reference(library())[name]
        heads = {row[3:].lower().lstrip("$") for row in text.splitlines() if row.startswith("## ")}
        assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= heads
