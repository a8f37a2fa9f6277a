"""Users: who may log in, with what password, and what they may do.

Passwords are kept as argon2id hashes. Failed attempts delay, and then lock for a while. A check for a userid that does
not exist takes as long as one for a user that does. Another store can stand behind the `UserStore` protocol.

Sources: m204wiki, LOGIN or LOGON command; $Sir_Login. Lockout is this project's own.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Protocol

from soul.online.command import Privilege
from soul.online.replacing import put_in_place

PASSWORD_LENGTH = 127  # release 7.7 and later
FREE_ATTEMPTS = 5  # failures in a row before a login is refused for a while
FIRST_DELAY = 1.0  # seconds; doubles with every further failure
LONGEST_DELAY = 900.0
REMEMBERED_FAILURES = 10_000  # userids; the oldest is forgotten

_USERID = re.compile(r"[A-Z0-9@#$._-]{1,10}")


class UserError(Exception):
    """A change of the users is refused; the text is fit for people."""


class Verdict(Enum):
    """How a login went."""

    GOOD = "logged in"
    UNKNOWN = "unknown user"
    WRONG_PASSWORD = "wrong password"
    DELAYED = "delayed after failed attempts"


@dataclass(frozen=True, slots=True)
class User:
    """One user. `password_hash` is '' for a user that can only log in through a trusted login."""

    userid: str
    password_hash: str = field(default="", repr=False)
    privileges: Privilege = Privilege.NONE
    account: str = ""


class UserStore(Protocol):
    """Where users are kept."""

    def get(self, userid: str) -> User | None:
        """Return the user (any case), or None."""

    def put(self, user: User) -> None:
        """Add or replace a user, or raise UserError."""

    def remove(self, userid: str) -> bool:
        """Remove a user; say whether there was one. Raises UserError where users cannot be removed."""

    def all(self) -> Sequence[User]:
        """Return all users in order."""


def checked_userid(userid: str) -> str:
    """Return the userid in upper case, or raise UserError: 1 to 10 letters, digits, @ # $ . _ -"""
    upper = userid.upper()
    if not _USERID.fullmatch(upper):
        raise UserError(f"userid {userid!r} must have 1 to 10 letters, digits or @ # $ . _ -")
    return upper


def hash_password(password: str) -> str:
    """Return an argon2id hash, or raise UserError for an empty or too long password."""
    if not 1 <= len(password) <= PASSWORD_LENGTH:
        raise UserError(f"a password has 1 to {PASSWORD_LENGTH} characters")
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def password_matches(hashed: str, password: str) -> bool:
    """Check a password against an argon2 hash."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def privileges_from(names: Iterable[str]) -> Privilege:
    """Return the privileges that words like `system manager` name, or raise UserError."""
    known = {privilege.title.lower(): privilege for privilege in Privilege if privilege}
    total = Privilege.NONE
    for name in names:
        found = known.get(name.strip().lower().replace("_", " ").replace("-", " "))
        if found is None:
            raise UserError(f"unknown privilege {name!r}; the privileges are {', '.join(known)}")
        total |= found
    return total


def privilege_names(privileges: Privilege) -> list[str]:
    """Return the words for a set of privileges."""
    return [privilege.title.lower() for privilege in Privilege if privilege and privilege in privileges]


class MemoryUserStore:
    """Users in memory."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._users = {user.userid.upper(): user for user in users}

    def get(self, userid: str) -> User | None:
        """Return the user, or None."""
        return self._users.get(userid.upper())

    def put(self, user: User) -> None:
        """Add or replace a user."""
        self._users[checked_userid(user.userid)] = user

    def remove(self, userid: str) -> bool:
        """Remove a user."""
        return self._users.pop(userid.upper(), None) is not None

    def all(self) -> Sequence[User]:
        """Return all users in order."""
        return [self._users[userid] for userid in sorted(self._users)]


class TomlUserStore:
    """Users in `users.toml` (readable by its owner only), above those that soul.toml defines. Read again on change."""

    def __init__(self, path: Path, fixed: Iterable[User] = ()) -> None:
        """Keep users in `path`, which need not exist; `fixed` ones come from soul.toml and cannot be changed here."""
        self._path = path
        self._place = str(path)
        self._fixed = {user.userid: user for user in fixed}
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._users: dict[str, User] = {}

    def get(self, userid: str) -> User | None:
        """Return the user, or None."""
        upper = userid.upper()
        return self._read().get(upper) or self._fixed.get(upper)

    def put(self, user: User) -> None:
        """Add or replace a user."""
        userid = checked_userid(user.userid)
        if userid in self._fixed:
            raise UserError(f"user {userid} is defined in soul.toml: change it there")
        users = dict(self._read())
        users[userid] = replace(user, userid=userid)
        self._write(users)

    def remove(self, userid: str) -> bool:
        """Remove a user."""
        upper = userid.upper()
        if upper in self._fixed:
            raise UserError(f"user {upper} is defined in soul.toml: remove it there")
        users = dict(self._read())
        if users.pop(upper, None) is None:
            return False
        self._write(users)
        return True

    def all(self) -> Sequence[User]:
        """Return all users in order."""
        users = {**self._fixed, **self._read()}
        return [users[userid] for userid in sorted(users)]

    def _read(self) -> dict[str, User]:
        with self._lock:
            try:
                status = os.stat(self._place)
            except FileNotFoundError:
                self._users, self._stamp = {}, None
                return self._users
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                self._users = read_users(self._path)
                self._stamp = stamp
            return self._users

    def _write(self, users: dict[str, User]) -> None:
        import tempfile

        with self._lock:
            temporary = ""
            try:
                # mkstemp makes the file readable by its owner only.
                handle, temporary = tempfile.mkstemp(prefix=".users", dir=self._path.parent)
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(users_text(users.values()))
                put_in_place(temporary, self._path)
            except OSError as error:
                if temporary:
                    with contextlib.suppress(OSError):
                        os.unlink(temporary)
                raise UserError(f"{self._path} cannot be written: {error.strerror}") from None
            self._stamp = None


def users_text(users: Iterable[User]) -> str:
    """Return the text of a users.toml."""
    import json

    rows = ["# Users of this Online. Kept by `soul user`; passwords are argon2 hashes."]
    for user in sorted(users, key=lambda user: user.userid):
        names = ", ".join(f'"{name}"' for name in privilege_names(user.privileges))
        rows += ["", f'["{user.userid}"]', f'password = "{user.password_hash}"']
        if names:
            rows.append(f"privileges = [{names}]")
        if user.account:
            rows.append(f"account = {json.dumps(user.account, ensure_ascii=False)}")
    return "\n".join(rows) + "\n"


def read_users(path: Path) -> dict[str, User]:
    """Return the users of a users.toml, or raise UserError."""
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {error}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    return {user.userid: user for user in (user_from(name, row, str(path)) for name, row in data.items())}


_USER_KEYS = frozenset({"password", "privileges", "account"})


def user_from(userid: str, row: object, place: str) -> User:
    """Return the user that one table of a settings file describes, or raise UserError."""
    upper = checked_userid(userid)
    if not isinstance(row, dict):
        raise UserError(f"{place}: user {userid} must be a table")
    for key in row:
        if key not in _USER_KEYS:
            raise UserError(
                f"{place}: user {userid} has an unknown key {key!r}; keys are {', '.join(sorted(_USER_KEYS))}"
            )
    password, privileges, account = row.get("password", ""), row.get("privileges", []), row.get("account", "")
    if not isinstance(password, str) or (password and not password.startswith("$argon2")):
        raise UserError(f"{place}: user {userid}: the password must be a hash made by `soul user`")
    if not isinstance(privileges, list) or not all(isinstance(name, str) for name in privileges):
        raise UserError(f"{place}: user {userid}: privileges must be a list of words")
    if not isinstance(account, str):
        raise UserError(f"{place}: user {userid}: account must be a text")
    return User(upper, password, privileges_from(privileges), account.upper())


@dataclass(slots=True)
class _Failures:
    count: int = 0
    until: float = 0.0


class Users:
    """The users of an Online: looks them up, checks passwords, slows down guessing."""

    def __init__(self, store: UserStore, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._now = monotonic
        self._lock = threading.Lock()
        self._failures: dict[str, _Failures] = {}
        self._decoy = ""

    def get(self, userid: str) -> User | None:
        """Return the user (any case), or None."""
        return self.store.get(userid)

    def find(self, userid: str) -> Verdict:
        """Say whether a trusted login as `userid` is possible: GOOD or UNKNOWN."""
        return Verdict.GOOD if self.store.get(userid) is not None else Verdict.UNKNOWN

    def verify(self, userid: str, password: str) -> Verdict:
        """Check a password. Tell a client only whether the verdict is GOOD."""
        key = userid.upper()
        if self._delayed(key):
            return Verdict.DELAYED
        user = self.store.get(key)
        hashed = user.password_hash if user is not None and user.password_hash else self._decoy_hash()
        matches = 0 < len(password) <= PASSWORD_LENGTH and password_matches(hashed, password)
        if user is not None and user.password_hash and matches:
            with self._lock:
                self._failures.pop(key, None)
            return Verdict.GOOD
        self._failed(key)
        return Verdict.UNKNOWN if user is None else Verdict.WRONG_PASSWORD

    def change_password(self, userid: str, password: str) -> None:
        """Give a user a new password, or raise UserError."""
        user = self.store.get(userid)
        if user is None:
            raise UserError(f"there is no user {userid.upper()}")
        self.store.put(replace(user, password_hash=hash_password(password)))

    def _delayed(self, key: str) -> bool:
        with self._lock:
            failures = self._failures.get(key)
            return failures is not None and failures.until > self._now()

    def _failed(self, key: str) -> None:
        with self._lock:
            failures = self._failures.setdefault(key, _Failures())
            failures.count += 1
            over = failures.count - FREE_ATTEMPTS
            if over >= 0:
                failures.until = self._now() + min(FIRST_DELAY * 2 ** min(over, 20), LONGEST_DELAY)
            while len(self._failures) > REMEMBERED_FAILURES:
                del self._failures[next(iter(self._failures))]

    def _decoy_hash(self) -> str:
        if not self._decoy:
            self._decoy = hash_password("no user has this password")
        return self._decoy
