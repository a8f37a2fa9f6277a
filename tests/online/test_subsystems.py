"""Application subsystems: the loop over the communication global."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Terminal

Make = Callable[..., Terminal]

TOML = '[subsystems.PAY]\nfile = "MYPROC"\nlogin = "PRE.LOGIN"\nerror = "PRE.ERROR"\n'
NEXT = "Begin\n%x is float\nPrint '{name}'\n%x = $Setg('NEXT','{next}')\nEnd"


def procedures(**following: str) -> dict[str, str]:
    files = {"soul.toml": TOML}
    for name, successor in following.items():
        text = NEXT.format(name=name, next=successor.replace("_", "."))
        files[f"MYPROC/{name.replace('_', '.')}.soul"] = text
    return files


def test_the_communication_global_names_the_next_procedure(terminal: Make) -> None:
    t = terminal(procedures(PRE_LOGIN="PRE_ONE", PRE_ONE="PRE_TWO", PRE_TWO="XIT"))
    shown = t.execute("PAY")
    assert shown == [
        "*** SOUL.0220: SUBSYSTEM PAY ENTERED",
        "PRE_LOGIN",
        "PRE_ONE",
        "PRE_TWO",
        "*** SOUL.0220: SUBSYSTEM PAY ENDED",
    ]
    assert t.session.subsystem == ""
    assert list(t.session.files) == []


def test_a_procedure_without_successor_ends_it(terminal: Make) -> None:
    t = terminal({"soul.toml": TOML, "MYPROC/PRE.LOGIN.soul": "Begin\nPrint 'ONCE'\nEnd"})
    assert t.execute("pay").count("ONCE") == 1


def test_a_cancelled_request_goes_to_the_error_procedure(terminal: Make) -> None:
    files = procedures(PRE_LOGIN="PRE_BAD")
    files["MYPROC/PRE.BAD.soul"] = "Begin\nAssert 1 = 2\nEnd"
    files["MYPROC/PRE.ERROR.soul"] = "Begin\nAudit 'CODE ' With $Getg('APSYERR')\nEnd"
    t = terminal(files)
    t.execute("PAY")
    assert [line.text for line in t.online.audit.lines if line.line_type == "US"] == ["CODE CAN"]


def test_an_error_procedure_must_not_use_the_terminal(terminal: Make) -> None:
    files = procedures(PRE_LOGIN="PRE_BAD")
    files["MYPROC/PRE.BAD.soul"] = "Begin\nAssert 1 = 2\nEnd"
    files["MYPROC/PRE.ERROR.soul"] = "Begin\nPrint 'SHOWN'\nEnd"
    shown = terminal(files).execute("PAY")
    assert "SHOWN" not in shown
    assert any(
        "M204.0673: ERROR PROCEDURE NOT DEFINED OR CANCELLED IN SUBSYS PAY - ERROR CODE: CAN" in row for row in shown
    )
