"""`soul user`: the users of an Online directory, kept in its users.toml."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.online.users import Users

EXAMPLE = """example:
  soul user add programs/clcert ALICE --privilege "system manager"
  echo 'NEW PASSWORD' | soul user passwd programs/clcert ALICE --stdin
  soul user list programs/clcert

Exit status: 0 done, 1 refused with the reason, 2 wrong usage."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `soul user`."""
    parser.epilog = EXAMPLE
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|passwd|delete|list")
    add = actions.add_parser("add", help="add a user; asks for the password")
    _named(add)
    _password_source(add)
    add.add_argument(
        "--privilege",
        action="append",
        default=[],
        metavar="NAME",
        help="a privilege such as 'system manager'; repeatable",
    )
    add.add_argument("--account", default="", help="the user's account")
    add.add_argument("--no-password", action="store_true", help="the user can only log in through a certificate")
    change = actions.add_parser("passwd", help="give a user a new password")
    _named(change)
    _password_source(change)
    _named(actions.add_parser("delete", help="remove a user"))
    listing = actions.add_parser("list", help="show the users")
    listing.add_argument("directory", metavar="DIR", help="the Online directory")


def _named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the Online directory")
    parser.add_argument("userid", metavar="USERID", help="1 to 10 characters")


def _password_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdin", action="store_true", help="read the password from the first line of standard input")


def main(arguments: argparse.Namespace) -> int:
    """Do the action; return the exit status."""
    from soul.online.online import Online, OnlineError
    from soul.online.users import UserError

    actions = {"add": _add, "passwd": _change, "delete": _delete, "list": _list}
    try:
        return actions[arguments.action](Online(Path(arguments.directory)).users, arguments)
    except OnlineError as error:
        for problem in error.problems:
            print(f"soul user: {problem}", file=sys.stderr)
        return 2
    except UserError as error:
        print(f"soul user: {error}", file=sys.stderr)
        return 1


CASE_NOTE = (
    "note: web ports make passwords upper case unless they are defined with NOUPCASE, so this one, which has small\n"
    "letters, opens none of the others"
)


def _password(arguments: argparse.Namespace) -> str:
    """Return the password that was typed or sent, and tell of one that most ports will never accept."""
    password = _asked(arguments)
    if password != password.upper():
        print(CASE_NOTE, file=sys.stderr)
    return password


def _asked(arguments: argparse.Namespace) -> str:
    from soul.online.users import UserError

    if arguments.stdin:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise UserError(f"standard input is not a text ({sys.stdin.encoding})") from None
    if not sys.stdin.isatty():
        raise UserError("standard input is no terminal: give the password with --stdin")
    import getpass

    first = getpass.getpass(f"Password for {arguments.userid.upper()}: ")
    if getpass.getpass("Again: ") != first:
        raise UserError("the two passwords differ")
    return first


def _add(users: Users, arguments: argparse.Namespace) -> int:
    from soul.online.users import User, UserError, checked_userid, hash_password, privileges_from

    userid = checked_userid(arguments.userid)
    if users.get(userid) is not None:
        raise UserError(f"user {userid} exists already; soul user passwd changes the password")
    privileges = privileges_from(arguments.privilege)
    hashed = "" if arguments.no_password else hash_password(_password(arguments))
    users.store.put(User(userid, hashed, privileges, arguments.account.upper()))
    print(f"user {userid} added")
    return 0


def _change(users: Users, arguments: argparse.Namespace) -> int:
    from soul.online.users import UserError

    if users.get(arguments.userid) is None:
        raise UserError(f"there is no user {arguments.userid.upper()}")
    users.change_password(arguments.userid, _password(arguments))
    print(f"password of {arguments.userid.upper()} changed")
    return 0


def _delete(users: Users, arguments: argparse.Namespace) -> int:
    from soul.online.users import UserError

    if not users.store.remove(arguments.userid):
        raise UserError(f"there is no user {arguments.userid.upper()}")
    print(f"user {arguments.userid.upper()} deleted")
    return 0


def _list(users: Users, arguments: argparse.Namespace) -> int:
    from soul.online.users import privilege_names

    for user in users.store.all():
        words = ", ".join(privilege_names(user.privileges)) or "no privileges"
        note = "" if user.password_hash else " (no password)"
        print(f"{user.userid:<10} {user.account or '-':<10} {words}{note}")
    return 0
