"""Procedure files: names, endings, changes, and everything that must be refused."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from soul.online.names import composed, file_name_error, from_disk, temporary_number, to_disk
from soul.online.procedures import MemoryProcedureFile, ProcedureError, ProcedureFiles, ProcedureNotFound


def files_in(root: Path, **texts: str) -> ProcedureFiles:
    directory = root / "MYPROC"
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    return ProcedureFiles(root)


@pytest.mark.parametrize(
    ("on_disk", "name"),
    [
        ("MISSING CERTIFICATE ERROR.soul", "MISSING CERTIFICATE ERROR"),
        ("A.m204", "A"),
        ("A.proc", "A"),
        ("A.SOUL", "A"),
        ("ROOT.CERT", "ROOT.CERT"),
        ("A.soul.soul", "A.soul"),
        ("A%2FB.soul", "A/B"),
        ("100%", "100%"),
        ("%C3%A9", "é"),
        (".soul", ".soul"),
        ("%FFX.soul", "%FFX"),
        ("%C3%A9%FF", "%C3%A9%FF"),
        ("e\u0301.soul", "é"),
    ],
)
def test_a_name_on_disk_stands_for_a_procedure(on_disk: str, name: str) -> None:
    assert from_disk(on_disk) == name


@given(st.text(st.characters(blacklist_categories=("Cs",)), min_size=1))
def test_every_name_survives_the_way_to_disk_and_back(name: str) -> None:
    coded = to_disk(name)
    assert from_disk(coded) == composed(name)
    assert not set(coded) & set('/\\:*?"<>|\0\n')
    assert not coded.startswith(".")


@pytest.mark.parametrize(
    "name", ["CON", "nul.x", "COM1", "lpt¹", "con .x", "CONIN$", "conout$.y", "a*b", "a:b\\c", "x. ", "../x", ".hidden"]
)
def test_names_no_file_system_takes_are_coded(name: str) -> None:
    coded = to_disk(name)
    assert from_disk(coded) == name
    assert not re.match(r"(?i)(con|nul|com1|lpt¹|conin\$|conout\$) *(\.|$)", coded)
    assert not set(coded) & set("*:\\/")
    assert not coded.endswith((".", " "))


@pytest.mark.parametrize("name", ["MYPROC", "A", "@#$", "A2345678"])
def test_good_file_names(name: str) -> None:
    assert file_name_error(name) == ""


@pytest.mark.parametrize(
    "name", ["", "TOOLONGNAME", "1A", "FILE", "GROUP", "CCAX", "OUTX", "TAPE1", "SYSX", "A-B", "../A"]
)
def test_bad_file_names(name: str) -> None:
    assert file_name_error(name) != ""


@pytest.mark.parametrize(
    ("name", "number"),
    [("0", 0), ("000", 0), ("-1", -1), ("-001", -1), ("0123", None), ("-1myproc", None), ("A", None)],
)
def test_temporary_numbers_follow_release_7_7(name: str, number: int | None) -> None:
    assert temporary_number(name) == number


def test_look_up_is_exact_first_then_without_case(tmp_path: Path) -> None:
    files = files_in(tmp_path, **{"Page.soul": "one", "PAGE.soul": "two", "Other.soul": "three"})
    file = files.get("myproc")
    assert file.procedure("Page").text == "one"
    assert file.procedure("PAGE").text == "two"
    assert file.procedure("oTHER").text == "three"
    with pytest.raises(ProcedureError, match="ambiguous"):
        file.procedure("page")


def test_a_changed_procedure_is_read_again_and_a_held_one_keeps_its_text(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"A.soul": "old"}).get("MYPROC")
    held = file.procedure("A")
    (tmp_path / "MYPROC" / "A.soul").write_text("new text", encoding="utf-8")
    assert file.procedure("A").text == "new text"
    assert held.text == "old"


def test_the_same_text_gives_the_same_object(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"A.soul": "text"}).get("MYPROC")
    assert file.procedure("A") is file.procedure("A")


def test_new_and_deleted_procedures_are_seen(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"A.soul": "a"}).get("MYPROC")
    assert file.names() == ["A"]
    (tmp_path / "MYPROC" / "B.soul").write_text("b", encoding="utf-8")
    assert file.names() == ["A", "B"]
    (tmp_path / "MYPROC" / "A.soul").unlink()
    with pytest.raises(ProcedureNotFound):
        file.procedure("A")


def test_a_name_that_exists_twice_is_refused(tmp_path: Path) -> None:
    files = files_in(tmp_path, **{"A.soul": "1", "A.m204": "2"})
    with pytest.raises(ProcedureError, match="exists twice"):
        files.get("MYPROC").procedure("A")
    assert any("exists twice" in problem for problem in files.problems())


@pytest.mark.parametrize(
    ("place", "name"), [("SUB", "SUB"), ("sub", "SUB"), ("sub", "OTHER"), ("my-procedures", "SUB")]
)
def test_a_sub_directory_that_the_settings_name_is_one_file(tmp_path: Path, place: str, name: str) -> None:
    (tmp_path / place).mkdir()
    (tmp_path / place / "A.soul").write_text("text", encoding="utf-8")
    files = ProcedureFiles(tmp_path, {name: tmp_path / place})
    assert files.problems() == []
    assert files.names() == [name]
    assert files.get(name).procedure("A").text == "text"


def test_two_directories_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "online" / "SUB").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    files = ProcedureFiles(tmp_path / "online", {"SUB": tmp_path / "elsewhere"})
    assert any("exists twice" in problem for problem in files.problems())


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_out_of_the_directory_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "online"
    (root / "MYPROC").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (root / "MYPROC" / "A.soul").symlink_to(tmp_path / "secret")
    with pytest.raises(ProcedureError, match="escapes"):
        ProcedureFiles(root).get("MYPROC").procedure("A")


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_linked_directory_outside_is_refused_but_a_configured_one_is_not(tmp_path: Path) -> None:
    root, outside = tmp_path / "online", tmp_path / "shared"
    root.mkdir()
    outside.mkdir()
    (outside / "A.soul").write_text("shared", encoding="utf-8")
    (root / "LINKED").symlink_to(outside)
    with pytest.raises(ProcedureError, match="escapes"):
        ProcedureFiles(root).get("LINKED")
    (root / "LINKED").unlink()
    assert ProcedureFiles(root, {"SHARED": outside}).get("SHARED").procedure("A").text == "shared"


@pytest.mark.parametrize("name", ["../secret", "..", ".", "/etc/passwd", "A/../A", "", "A\0", "%2e%2e%2fsecret"])
def test_a_name_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    file = files_in(tmp_path, **{"A.soul": "a"}).get("MYPROC")
    with pytest.raises(ProcedureNotFound):
        file.procedure(name)
    with pytest.raises(ProcedureError):
        ProcedureFiles(tmp_path).get(name)


@pytest.mark.parametrize("raw", [b"\x00\x01", b"\xff\xfe", b"a\xe9b"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, raw: bytes) -> None:
    file = files_in(tmp_path).get("MYPROC")
    (tmp_path / "MYPROC" / "A.soul").write_bytes(raw)
    with pytest.raises(ProcedureError, match="not a text"):
        file.procedure("A")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"B.soul": "b"}).get("MYPROC")
    os.mkfifo(tmp_path / "MYPROC" / "A.soul")
    with pytest.raises(ProcedureError, match="pipe or device"):
        file.procedure("A")
    assert file.procedure("B").text == "b"


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"B.soul": "b"}).get("MYPROC")
    (tmp_path / "MYPROC" / "A.soul").symlink_to("NOWHERE")
    with pytest.raises(ProcedureError, match="link to a file that is not there"):
        file.procedure("A")
    assert file.procedure("B").text == "b"


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_that_is_turned_outside_later_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "online"
    for place in (root / "MYPROC", root / "inner", tmp_path / "outer"):
        place.mkdir(parents=True)
        (place / "text").write_text(place.name, encoding="utf-8")
    (root / "way").symlink_to("inner")
    (root / "MYPROC" / "A.soul").symlink_to("../way/text")
    file = ProcedureFiles(root).get("MYPROC")
    assert file.procedure("A").text == "inner"
    (root / "way").unlink()
    (root / "way").symlink_to(tmp_path / "outer")
    with pytest.raises(ProcedureError, match="escapes"):
        file.procedure("A")


@pytest.mark.skipif(os.name == "nt", reason="file names are Unicode on Windows")
def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = files_in(tmp_path).get("MYPROC")
    (tmp_path / "MYPROC" / os.fsdecode(b"\xff.soul")).write_text("", encoding="utf-8")
    with pytest.raises(ProcedureError, match="not UTF-8"):
        file.names()


def test_a_letter_taken_apart_is_the_same_letter(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"CAFE\u0301.soul": "1"}).get("MYPROC")
    assert file.procedure("CAF\u00c9").text == "1"
    file.store("CAFE\u0301", "2")
    assert file.names() == ["CAF\u00c9"]
    assert file.procedure("CAF\u00c9").text == "2\n"


def test_a_name_too_long_for_the_file_system_is_refused_without_its_place(tmp_path: Path) -> None:
    file = files_in(tmp_path).get("MYPROC")
    with pytest.raises(ProcedureError, match="cannot be stored in MYPROC") as failure:
        file.store(":" * 200, "x")
    assert str(tmp_path) not in str(failure.value)
    assert os.listdir(tmp_path / "MYPROC") == []


def test_a_byte_order_mark_and_dos_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = files_in(tmp_path).get("MYPROC")
    (tmp_path / "MYPROC" / "A.soul").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert [line.text for line in file.procedure("A").lines] == ["one", "two"]


def test_store_replaces_and_creates_and_delete_removes(tmp_path: Path) -> None:
    file = files_in(tmp_path, **{"A.m204": "old"}).get("MYPROC")
    file.store("A", "new")
    file.store("X/Y", "slash")
    assert sorted(path.name for path in (tmp_path / "MYPROC").iterdir()) == ["A.m204", "X%2FY.soul"]
    assert file.procedure("A").text == "new\n"
    assert file.procedure("X/Y").text == "slash\n"
    file.delete("A")
    assert file.names() == ["X/Y"]
    with pytest.raises(ProcedureNotFound):
        file.delete("A")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 256])
def test_store_refuses_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProcedureError):
        files_in(tmp_path).get("MYPROC").store(name, "text")
    with pytest.raises(ProcedureError):
        MemoryProcedureFile("MEM").store(name, "text")


def test_a_directory_that_cannot_be_a_file_is_an_error_only_when_it_holds_procedures(tmp_path: Path) -> None:
    (tmp_path / "my documents").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.soul").write_text("", encoding="utf-8")
    assert ProcedureFiles(tmp_path).names() == []
    (tmp_path / "my documents" / "a.soul").write_text("", encoding="utf-8")
    with pytest.raises(ProcedureError, match="cannot be a procedure file"):
        ProcedureFiles(tmp_path).names()


def test_a_memory_file_behaves_alike() -> None:
    files = ProcedureFiles()
    files.add(MemoryProcedureFile("mem", {"A": "text"}))
    file = files.get("MEM")
    assert file.procedure("a").text == "text"
    file.store("a", "other")
    assert file.names() == ["A"]
    file.delete("A")
    assert not file.has("A")
