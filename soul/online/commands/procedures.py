"""PROCEDURE, DELETE, DISPLAY, COPY, RENAME, ASSIGN, DEASSIGN, USE PROC: the procedures of open files.

Source: m204wiki, PROCEDURE command; DELETE PROCEDURE command; Procedures; USE PROC command; Terminal session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from soul.language.source import SourceLine
from soul.online.command import CommandError, CommandTable, Word, words
from soul.online.feed import Feed
from soul.online.messages import ONLINE_MESSAGES
from soul.online.names import procedure_name_error, temporary_number
from soul.online.problem import ProblemKind
from soul.online.procedures import ProcedureError, ProcedureFile
from soul.online.session import Session
from soul.runtime.pager import Pager, Spool
from soul.runtime.thread import Output

_END = re.compile(r"\s*END\s+PROC(?:EDURE)?(?:\s+(?P<name>\S.*?))?\s*$", re.IGNORECASE)


def register(table: CommandTable) -> None:
    """Add the commands of this family."""
    table.add("PROCEDURE", procedure, abbreviation="PROC")
    table.add("DELETE", delete)
    table.add("DELETE PROCEDURE", delete, abbreviation="DELETE PROC")
    table.add("DISPLAY PROCEDURE", display, abbreviation=("DISPLAY PROC", "D PROCEDURE", "D PROC"))
    table.add("DISPLAY LIST", display_list, abbreviation="D LIST")
    table.add("COPY PROCEDURE", copy, abbreviation="COPY PROC")
    table.add("RENAME PROCEDURE", rename, abbreviation="RENAME PROC", in_procedure=False)
    table.add("USE", use, abbreviation="U")


def _refused(detail: str, *, offset: int | None = None, hint: str = "") -> CommandError:
    return CommandError(ONLINE_MESSAGES["SOUL.0208"], detail=detail, offset=offset, hint=hint)


def _storage(session: Session, name: str) -> ProcedureFile | None:
    """Return the file that procedure `name` is or would be stored in; None for a temporary one."""
    return None if temporary_number(name) is not None else session.procedure_file()


def store(session: Session, name: str, text: str) -> None:
    """Store a permanent or temporary procedure, or refuse."""
    number = temporary_number(name)
    if number is not None:
        session.temporary.store(number, text)
        return
    try:
        session.procedure_file().store(name, text)
    except ProcedureError as error:
        raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None


@dataclass
class DefinitionMode:
    """Stores lines unexamined until END PROCEDURE, without a name or with the same name."""

    session: Session
    name: str
    file: ProcedureFile | None
    at: SourceLine
    lines: list[str] = field(default_factory=list)

    @property
    def expected(self) -> str:
        """What would end the mode."""
        return "END PROCEDURE"

    @property
    def whole_lines(self) -> bool:
        """Whether a semicolon is text."""
        return True

    def take(self, line: SourceLine, feed: Feed) -> None:
        """Take one line of the text, or its end."""
        match = _END.match(line.text)
        if match is None or not self._ends(match["name"]):
            self.lines.append(line.text)
            return
        session = self.session
        session.mode = None
        text = "".join(row + "\n" for row in self.lines)
        try:
            if self.file is not None:
                self.file.store(self.name, text)
            else:
                session.temporary.store(temporary_number(self.name) or 0, text)
        except ProcedureError as error:
            session.problems.report(ONLINE_MESSAGES["SOUL.0210"], ProblemKind.COMMAND, self.at, detail=str(error))
            return
        session.inform("M204.1146", name=self.name)

    def _ends(self, name: str | None) -> bool:
        if name is None:
            return True
        bare = name[1:-1].replace("''", "'") if name.startswith("'") and name.endswith("'") else name
        return bare.upper() == self.name.upper()

    def input_ended(self) -> None:
        """Drop the definition."""
        self.session.problems.report(ONLINE_MESSAGES["SOUL.0209"], ProblemKind.COMMAND, self.at, expected=self.expected)


def procedure(session: Session, operands: str, at: SourceLine) -> None:
    """`PROCEDURE {number | name} [ALIAS=a[,a]...] [PCLASS=n]`: begins the definition of a procedure."""
    given = words(operands, " ")
    if not given:
        raise _refused("PROCEDURE NEEDS A NAME OR NUMBER")
    name = given[0]
    for option in given[1:]:
        keyword = option.upper.partition("=")[0]
        if keyword not in {"ALIAS", "PCLASS"}:
            raise _refused(
                "PROCEDURE OPTIONS ARE ALIAS= AND PCLASS=",
                offset=option.offset,
                hint="a name with blanks is put in single quotes",
            )
        session.online.audit.write("AD", f"{keyword} of procedure {name.text} has no effect here", session.thread)
    _check_name(name)
    file = _storage(session, name.text)
    session.mode = DefinitionMode(session, name.text, file, at)
    session.inform("M204.1144", name=name.text)


def _check_name(name: Word) -> None:
    problem = procedure_name_error(name.text)
    if not problem and not name.quoted and re.search(r"[,=;']", name.text):
        problem = "a procedure name with , = ; or a quote is put in single quotes"
    if problem:
        raise _refused(problem.upper(), offset=name.offset)


def delete(session: Session, operands: str, at: SourceLine) -> None:
    """`DELETE [[PROCEDURE] name]`: without a name, temporary procedure 0."""
    given = words(operands)
    if given and given[0].upper in {"PROCEDURE", "PROC"}:
        given = given[1:]
    if len(given) > 1:
        raise _refused("DELETE TAKES ONE PROCEDURE NAME", offset=given[1].offset)
    name = given[0].text if given else "0"
    number = temporary_number(name)
    if number is not None:
        session.temporary.delete(number)
    else:
        session.find_procedure(name)
        if session.files.default is not None and len(session.files.default.members) > 1 and session.context is None:
            raise _refused("DELETE PROCEDURE IS NOT ALLOWED IN A GROUP OF SEVERAL PROCEDURE FILES")
        try:
            session.procedure_file().delete(name)
        except ProcedureError as error:
            raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None
    session.inform("SOUL.0214", name=name)


def display(session: Session, operands: str, at: SourceLine) -> None:
    """`DISPLAY PROCEDURE name[, name]...`: shows the text."""
    given = words(operands) or [Word("0", False, 0)]
    for name in given:
        for line in session.find_procedure(name.text).lines:
            session.thread.output.line(line.text)


def display_list(session: Session, operands: str, at: SourceLine) -> None:
    """`DISPLAY LIST`: one procedure name a line, temporary procedures last."""
    names: list[str] = []
    if session.context or session.files.default:
        try:
            names += session.procedure_file().names()
        except ProcedureError as error:
            raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None
    for name in names + [str(number) for number in session.temporary.numbers()]:
        session.thread.output.line(name)


def _two_names(operands: str, command: str) -> tuple[Word, Word]:
    given = [word for word in words(operands) if word.upper != "TO"]
    if len(given) != 2:
        raise _refused(f"{command} PROCEDURE NEEDS old, new")
    _check_name(given[1])
    return given[0], given[1]


def copy(session: Session, operands: str, at: SourceLine) -> None:
    """`COPY PROCEDURE old, new` or `old TO new` (syntax unconfirmed)."""
    old, new = _two_names(operands, "COPY")
    store(session, new.text, session.find_procedure(old.text).text)
    session.inform("SOUL.0215", old=old.text, what="COPIED TO", new=new.text)


def rename(session: Session, operands: str, at: SourceLine) -> None:
    """`RENAME PROCEDURE old, new`: not from within a procedure."""
    old, new = _two_names(operands, "RENAME")
    text = session.find_procedure(old.text).text
    if session.has_procedure(new.text):
        raise _refused(f"PROCEDURE {new.text} EXISTS ALREADY", offset=new.offset)
    store(session, new.text, text)
    number = temporary_number(old.text)
    if number is not None:
        session.temporary.delete(number)
    else:
        session.procedure_file().delete(old.text)
    session.inform("SOUL.0215", old=old.text, what="RENAMED TO", new=new.text)


class ProcedureOutput:
    """Collects output for USE PROC, and stores it when the request that printed it is over."""

    def __init__(self, session: Session, name: str, mode: str, terminal: Output) -> None:
        self._session = session
        self._name = name
        self._mode = mode
        self.terminal = terminal
        self._lines: list[str] = []

    def line(self, text: str) -> None:
        """Take one line of output."""
        self._lines.append(text)

    def message(self, text: str) -> None:
        """Show messages on the terminal as ever."""
        self.terminal.message(text)

    def close(self) -> None:
        """Store the lines and direct output to the terminal again."""
        old = ""
        if self._mode == "APPEND" and self._session.has_procedure(self._name):
            old = self._session.find_procedure(self._name).text
        new = "".join(row + "\n" for row in self._lines)
        kept = self._session.thread.parameters.number("NORQS", 5)
        if self._mode == "SHIFT":
            self._session.temporary.remember(new, kept)
        elif self._mode == "INSERT":
            self._session.temporary.insert(int(self._name), new, kept)
        else:
            store(self._session, self._name, old + new)
        self._session.thread.redirect(self.terminal)


_PAGE_OPTIONS = ("HDRS", "CC")
_USE_OPTIONS = (*_PAGE_OPTIONS, "APPEND", "INSERT", "REPL", "SHIFT")


def use(session: Session, operands: str, at: SourceLine) -> None:
    """`USE PROC n [HDRS] [CC] [APPEND|INSERT|REPL|SHIFT]`: the next request's output becomes a temporary procedure.

    HDRS prints headers and trailers, CC begins each line with a control character; both have pages of OUTLPP lines
    (our choice). APPEND adds to procedure n, REPL (default) replaces it; INSERT makes a new procedure n before it, and
    SHIFT a new procedure 0: the present one and those after it move down. Options may be shortened, to one letter.
    """
    given = words(operands)
    if not given:
        end_use(session)
        return
    if given[0].upper not in {"PROC", "PROCEDURE"} or len(given) < 2:
        raise _refused("ONLY USE PROC IS AVAILABLE: THERE ARE NO OUTPUT DEVICES", offset=given[0].offset)
    number = temporary_number(given[1].text)
    if number is None:
        raise _refused("USE PROC WRITES TEMPORARY PROCEDURES: 0, -1 ...", offset=given[1].offset)
    modes = ["REPL"]
    pages: set[str] = set()
    for option in given[2:]:
        name = next((each for each in _USE_OPTIONS if each.startswith(option.upper)), None)
        if name is None:
            raise _refused(f"UNKNOWN OPTION {option.text}", offset=option.offset)
        if name in _PAGE_OPTIONS and len(modes) > 1:
            raise _refused(f"{name} IS GIVEN BEFORE {modes[-1]}", offset=option.offset)
        pages.add(name) if name in _PAGE_OPTIONS else modes.append(name)
    if any(feed.procedure is not None and feed.procedure.title == f"({number})" for feed in session.feeds):
        raise CommandError(ONLINE_MESSAGES["M204.2478"])
    end_use(session)
    thread = session.thread
    output = ProcedureOutput(session, str(number), modes[-1], thread.output)
    spool = Spool(headers="HDRS" in pages, carriage="CC" in pages)
    thread.redirect(Pager(output, thread.parameters, thread.clock, spool=spool) if pages else output)


def end_use(session: Session) -> None:
    """End a USE that is in effect: its procedure is stored."""
    output = session.thread.output
    if isinstance(output, Pager):
        output = output.device
    if isinstance(output, ProcedureOutput):
        output.close()
