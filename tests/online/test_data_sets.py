"""Data sets: Open Dataset, Read Image, Write Image, Close Dataset. m204wiki, Images; Accessing BSAM and VSAM files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from soul.online.online import Online, OnlineError

from .conftest import Terminal

Make = Callable[..., Terminal]
IMAGE = "Image P\nID Is String Len 3\nN Is String Len 3\nEnd Image\n"
PEOPLE = "A1 001\nB2 002\n"


def request(*lines: str) -> str:
    return "Begin\n" + IMAGE + "\n".join(lines) + "\nEnd"


def test_records_are_copied_line_by_line(terminal: Make, tmp_path: Path) -> None:
    t = terminal({"DATASETS/PEOPLE.txt": PEOPLE})
    shown = t.run(
        request(
            "Open Dataset PEOPLE For Input",
            "Open COPY For Output",
            "Repeat",
            "Read Image P From PEOPLE",
            "If $Status Then Loop End",
            "End If",
            "Print %P:id '/' %P:n",
            "%P:n = %P:n + 10",
            "Write Image P On COPY",
            "End Repeat",
            "Print $Status ' ' $StatusD",
            "Close Dataset PEOPLE",
            "Close COPY",
            "Print $Status",
        )
    )
    assert shown == ["A1/001", "B2/002", "1 0", "0"]
    assert (tmp_path / "DATASETS" / "COPY.txt").read_text() == "A1 11 \nB2 12 \n"


def test_a_name_of_a_device_becomes_a_file(terminal: Make, tmp_path: Path) -> None:
    t = terminal()
    lines = ["Open AUX For Output", "Prepare Image P", "%P:id = 'A1'", "Write Image P On AUX", "Print $Status"]
    assert t.run(request(*lines)) == ["0"]
    assert (tmp_path / "DATASETS" / "%41UX.txt").read_text(encoding="utf-8").startswith("A1")


def test_the_name_may_be_in_a_variable(terminal: Make) -> None:
    t = terminal({"DATASETS/PEOPLE.txt": PEOPLE})
    shown = t.run(
        request("%d = 'people'", "Open Dataset %d For Input", "Read Image P From %d", "Print %P:id", "Close %d")
    )
    assert shown == ["A1"]


def test_fixed_records_are_bytes(terminal: Make, tmp_path: Path) -> None:
    toml = '[datasets.PAY]\npath = "DATASETS/pay.bin"\nrecfm = "F"\nlrecl = 6\n'
    t = terminal({"soul.toml": toml})
    image = "Image B\nK Is String Len 2\nN Is Packed Len 3\nEnd Image\nPrepare Image B\n"
    write = "Open Dataset PAY For Output\n%B:k = 'A'\n%B:n = -12\nWrite Image B To PAY\n"
    assert t.run(f"Begin\n{image}{write}End") == []
    assert (tmp_path / "DATASETS" / "pay.bin").read_bytes() == bytes.fromhex("C14000012D40")
    read = "Open Dataset PAY For Input\nRead Image B From PAY\nPrint %B:k %B:n\nRead Image B From PAY\nPrint $Status\n"
    assert t.run(f"Begin\n{image}{read}End") == ["A-12", "1"]


def test_a_short_record_leaves_initial_values(terminal: Make) -> None:
    t = terminal({"DATASETS/PEOPLE.txt": "A1\n\n"})
    lines = ["Open Dataset PEOPLE For Input", "Read Image P From PEOPLE", "Print '<' %P:id %P:n '>'"]
    assert t.run(request(*lines, "Read Image P From PEOPLE", "Print '<' %P:id '>' $Status")) == ["<A1>", "<>0"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["Read Image P From PEOPLE"], "PEOPLE: IS NOT OPEN"),
        (["Prepare P", "Write Image P On PEOPLE"], "PEOPLE: IS NOT OPEN"),
        (["Close Dataset PEOPLE"], "PEOPLE: IS NOT OPEN"),
        (["Open Dataset NONE For Input"], "NONE: DOES NOT EXIST"),
        (["Open Dataset PEOPLE For Input", "Open Dataset PEOPLE For Input"], "PEOPLE: IS OPEN ALREADY"),
        (["Prepare P", "Open PEOPLE For Input", "Write Image P On PEOPLE"], "PEOPLE: IS OPEN FOR INPUT"),
        (["Open NEW For Output", "Read Image P From NEW"], "NEW: IS OPEN FOR OUTPUT"),
        (["Open BAD For Input", "Read Image P From BAD"], "BAD: RECORD 1 IS NO TEXT"),
        (["%x = '../PEOPLE'", "Open %x For Input"], "../PEOPLE: A NAME HAS 1 TO 8"),
        (["%x = ''", "Open %x For Output"], ": A NAME HAS 1 TO 8"),
        (["%x = 'A/B'", "Open %x For Output"], "A/B: A NAME HAS 1 TO 8"),
        (["Open LINK For Input"], "LINK: ITS FILE IS OUTSIDE THE ONLINE DIRECTORY"),
    ],
)
def test_failures_are_counted_and_set_the_status(terminal: Make, tmp_path: Path, lines: list[str], reason: str) -> None:
    t = terminal({"DATASETS/PEOPLE.txt": PEOPLE})
    (tmp_path / "DATASETS" / "BAD.txt").write_bytes(b"\xff\xfe\n")
    outside = tmp_path.parent / f"{tmp_path.name}-outside.txt"
    outside.write_text("secret\n")
    (tmp_path / "DATASETS" / "LINK.txt").symlink_to(outside)
    shown = t.run(request(*lines, "Print $Status"))
    assert shown[0].startswith(f"*** 1 SOUL.0015: DATA SET {reason}")
    assert shown[1].startswith("*** M204.2967: Error at line ")
    assert shown[2:] == ["12"]


def test_a_record_that_is_no_text(terminal: Make) -> None:
    lines = ["Prepare P", "Open NEW For Output", "%P:id = $X2C('15')", "Write Image P On NEW", "Print $Status"]
    shown = terminal().run(request(*lines))
    assert shown[0] == "*** 1 SOUL.0015: DATA SET NEW: THE RECORD IS NO TEXT: RECFM F IS FOR BYTES"
    assert shown[-1] == "12"


def test_data_sets_are_closed_with_the_request(terminal: Make, tmp_path: Path) -> None:
    t = terminal()
    assert t.run(request("Prepare P", "%P:id = 'X'", "Open NEW For Output", "Write Image P On NEW")) == []
    assert (tmp_path / "DATASETS" / "NEW.txt").read_text() == "X     \n"
    assert "IS NOT OPEN" in t.run(request("Read Image P From NEW"))[0]
    assert t.run(request("Open NEW For Input", "Read Image P From NEW", "Print %P:id")) == ["X"]


def test_an_online_in_memory_has_no_data_sets() -> None:
    from soul.online.online import ListOutput

    online = Online()
    output = ListOutput()
    online.session(online.new_thread(output)).run(request("Open X For Output"))
    assert "THERE IS NO ONLINE DIRECTORY" in output.lines[0]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('path = "../x.txt"', "must lie inside the Online directory"),
        ('recfm = "Q"', "recfm in [datasets.PAY] must be F or V"),
        ("lrecl = 0", "lrecl in [datasets.PAY] must be 1 to 32767"),
        ('color = "red"', "unknown key color"),
    ],
)
def test_mistakes_in_soul_toml(tmp_path: Path, toml: str, words: str) -> None:
    (tmp_path / "soul.toml").write_text(f"[datasets.PAY]\n{toml}\n")
    with pytest.raises(OnlineError) as caught:
        Online(tmp_path)
    assert words in "\n".join(caught.value.problems)


def test_the_folder_is_no_procedure_file(terminal: Make) -> None:
    t = terminal({"DATASETS/PEOPLE.txt": PEOPLE, "MYPROC/A.soul": ""})
    assert t.online.files.names() == ["MYPROC"]


def test_images_stay_after_end_more(terminal: Make) -> None:
    first = "Begin\n" + IMAGE + "Prepare P\n%P:id = 'A'\nEnd More\n"
    assert terminal().run(first + "More\nPrint %P:id $ImgInf('P:ID')\nEnd") == ["AA"]


def test_global_images_stay_from_request_to_request(terminal: Make) -> None:
    image = IMAGE.replace("Image P\n", "Image P Global\n", 1)
    t = terminal()
    t.run("Begin\n" + image + "Prepare P\n%P:id = 'A'\nEnd")
    assert t.run("Begin\n" + image + "Identify P\nPrint %P:id\nEnd") == ["A"]
    assert t.run(request("Identify P", "Print '<' %P:id '>'")) == ["<>"]
    assert t.run("Begin\n" + image + "Prepare P\nPrint '<' %P:id '>'\nEnd") == ["<>"]
    t.run("LOGOUT")
    assert t.run("Begin\n" + image + "Identify P\nPrint '<' %P:id '>'\nEnd") == ["<>"]
