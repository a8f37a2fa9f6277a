"""Users, passwords, LOGIN and LOGOUT, and the files that ask for a password."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from soul.online.command import Privilege
from soul.online.users import (
    FREE_ATTEMPTS,
    MemoryUserStore,
    TomlUserStore,
    User,
    UserError,
    Users,
    Verdict,
    hash_password,
    privileges_from,
)

from .conftest import Terminal

Make = Callable[..., Terminal]


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password("secret")


def with_alice(t: Terminal, hashed: str) -> Terminal:
    t.online.users.store.put(User("ALICE", hashed, Privilege.SYSTEM_MANAGER, "PAY"))
    return t


def test_login_takes_the_password_from_the_next_line(terminal: Make, hashed: str) -> None:
    t = with_alice(terminal(privileges=Privilege.NONE), hashed)
    assert t.run("LOGIN alice\nsecret") == ["*** M204.0347: PASSWORD", "*** M204.0353: ALICE PAY LOGIN 26 NOV 25 10:28"]
    assert t.session.thread.userid == "ALICE"
    assert t.session.privileges == Privilege.SYSTEM_MANAGER
    assert t.run("LOGOUT") == ["*** M204.0353: ALICE PAY LOGOUT 26 NOV 25 10:28"]
    assert t.session.thread.userid == "NO USERID"
    assert t.session.privileges == Privilege.NONE


@pytest.mark.parametrize("text", ["LOGIN ALICE\nwrong", "LOGIN NOBODY\nsecret", "LOGON ALICE\n", "LOGIN ALICE"])
def test_a_failed_login_says_no_more_than_that(terminal: Make, hashed: str, text: str) -> None:
    t = with_alice(terminal(), hashed)
    assert t.run(text) == ["*** M204.0347: PASSWORD", "*** 1 M204.0349: LOGIN FAILED"]
    assert not t.session.logged_in


def test_a_password_reaches_no_log(terminal: Make, hashed: str) -> None:
    t = with_alice(terminal(), hashed)
    t.run("LOGIN ALICE\nsecret\nLOGIN ALICE\nwr0ng!\nLOGON ALICE PAY secret\nlogincp alice pay wr0ng!")
    everything = "\n".join(line.render() for line in t.online.audit.lines) + "\n".join(t.output.lines)
    assert "secret" not in everything
    assert "wr0ng!" not in everything
    assert all("secret" not in problem.render() and "wr0ng!" not in problem.render() for problem in t.problems)


def test_old_and_new_password_change_it(terminal: Make, hashed: str) -> None:
    t = with_alice(terminal(), hashed)
    assert t.run("LOGIN ALICE\nsecret:better")[-1] == "*** SOUL.0221: PASSWORD CHANGED"
    assert t.session.login("ALICE", "better") is Verdict.GOOD


def test_login_changing_asks_for_the_new_password(terminal: Make, hashed: str) -> None:
    t = with_alice(terminal(), hashed)
    assert t.run("LOGINCP ALICE\nsecret\nne,w")[-1] == "*** SOUL.0221: PASSWORD CHANGED"
    assert t.session.login("ALICE", "ne,w") is Verdict.GOOD


def test_logout_leaves_nothing_behind(terminal: Make, hashed: str) -> None:
    t = with_alice(terminal({"MYPROC/A.soul": ""}), hashed)
    t.run("LOGIN ALICE\nsecret\nOPEN MYPROC\nRESET MSGCTL 2\nPROC 0\nEND PROC")
    t.session.thread.globals["G"] = "1"
    t.run("LOGOUT")
    assert t.session.thread.globals == {}
    assert list(t.session.files) == []
    assert t.session.temporary.numbers() == []
    assert t.session.thread.parameters["MSGCTL"] == 0


def test_failures_delay_and_a_pause_ends_the_delay(hashed: str) -> None:
    now = [0.0]
    users = Users(MemoryUserStore([User("ALICE", hashed)]), monotonic=lambda: now[0])
    for _ in range(FREE_ATTEMPTS):
        assert users.verify("ALICE", "wrong") is Verdict.WRONG_PASSWORD
    assert users.verify("ALICE", "secret") is Verdict.DELAYED
    now[0] += 2
    assert users.verify("ALICE", "secret") is Verdict.GOOD
    assert users.verify("ALICE", "wrong") is Verdict.WRONG_PASSWORD


def test_an_unknown_user_costs_a_hash_too(hashed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from soul.online import users as module

    checked: list[str] = []

    def count(stored: str, password: str) -> bool:
        checked.append(stored)
        return False

    monkeypatch.setattr(module, "password_matches", count)
    users = Users(MemoryUserStore([User("ALICE", hashed), User("CERT", "")]))
    for userid in ("ALICE", "NOBODY", "CERT"):
        assert users.verify(userid, "x") is not Verdict.GOOD
    assert len(checked) == 3
    assert all(stored.startswith("$argon2id$") for stored in checked)


def test_a_user_without_a_password_cannot_use_one() -> None:
    users = Users(MemoryUserStore([User("CERT", "")]))
    assert users.verify("CERT", "") is Verdict.WRONG_PASSWORD
    assert users.find("cert") is Verdict.GOOD


def test_users_toml_is_private_and_read_again(tmp_path: Path, hashed: str) -> None:
    path = tmp_path / "users.toml"
    store = TomlUserStore(path)
    store.put(User("alice", hashed, privileges_from(["System Manager", "superuser"]), "PAY"))
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    again = TomlUserStore(path).get("ALICE")
    assert again == User("ALICE", hashed, Privilege.SYSTEM_MANAGER | Privilege.SUPERUSER, "PAY")
    assert store.remove("alice")
    assert store.all() == []
    assert not store.remove("alice")


def test_users_of_soul_toml_cannot_be_changed_elsewhere(tmp_path: Path, hashed: str) -> None:
    store = TomlUserStore(tmp_path / "users.toml", [User("ROOT", hashed)])
    with pytest.raises(UserError, match=r"soul\.toml"):
        store.put(User("ROOT"))
    with pytest.raises(UserError, match=r"soul\.toml"):
        store.remove("root")
    assert [user.userid for user in store.all()] == ["ROOT"]


@pytest.mark.parametrize("userid", ["", "ELEVENCHARS", "A B", "A'", "A\n", "Ä"])
def test_userids_are_checked(userid: str) -> None:
    with pytest.raises(UserError):
        MemoryUserStore().put(User(userid))


@pytest.mark.parametrize(
    "text",
    [
        '[A]\npasswort = ""',
        '[A]\npassword = "plain"',
        "[A]\nprivileges = [1]",
        '[A]\nprivileges = ["king"]',
        "A = 1",
        "[A",
    ],
)
def test_a_wrong_users_toml_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "users.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError):
        TomlUserStore(tmp_path / "users.toml").all()


# Files with a password


def private(hashed: str, opening: str) -> dict[str, str]:
    return {"MYPROC/A.soul": "", "soul.toml": f'[files.MYPROC]\nopening = "{opening}"\npassword = "{hashed}"\n'}


def test_a_private_file_needs_its_password(terminal: Make, hashed: str) -> None:
    t = terminal(private(hashed, "private"))
    assert t.run("OPEN MYPROC\nsecret") == ["*** M204.0347: PASSWORD", "*** M204.0620: FILE MYPROC OPENED"]
    assert t.run("CLOSE\nOPEN MYPROC\n* comment\n")[-1].startswith("*** 1 SOUL.0211")
    assert list(t.session.files) == []


def test_a_semi_public_file_opens_with_any_answer(terminal: Make, hashed: str) -> None:
    t = terminal(private(hashed, "semi-public"))
    assert t.run("OPENC MYPROC\n* comment line as answer")[-1] == "*** M204.0620: FILE MYPROC OPENED"


def test_open_and_close(terminal: Make) -> None:
    t = terminal({"ONE/A.soul": "", "TWO/A.soul": "", "soul.toml": '[groups]\nBOTH = ["ONE", "TWO"]\n'})
    assert t.run("OPEN FILE ONE\nOPEN BOTH\nCLOSE GROUP BOTH") == [
        "*** M204.0620: FILE ONE OPENED",
        "*** SOUL.0212: GROUP BOTH OPENED",
        "*** SOUL.0203: FILE BOTH CLOSED",
    ]
    assert t.run("CLOSE TWO")[0] == "*** 1 SOUL.0204: FILE TWO IS NOT OPEN"
    t.run("OPEN TWO\nCLOSE ALL")
    assert list(t.session.files) == []


@pytest.mark.parametrize("line", ["OPEN", "OPEN NOPE", "OPEN ../X", "OPEN A B C", "OPEN 1X", "OPEN GROUP ONE", "CLOSE"])
def test_open_refuses(terminal: Make, line: str) -> None:
    t = terminal({"ONE/A.soul": ""})
    assert t.execute(line)[0].startswith("*** 1 ")
    assert list(t.session.files) == []


def test_a_group_searches_its_files_in_order(terminal: Make) -> None:
    files = {"ONE/A.soul": "Begin\nPrint 1\nEnd", "TWO/A.soul": "", "TWO/B.soul": "Begin\nPrint 2\nEnd"}
    t = terminal({**files, "soul.toml": '[groups]\nBOTH = ["ONE", "TWO"]\n'}, open_file="BOTH")
    assert t.run("I A\nI B") == ["1", "2"]
