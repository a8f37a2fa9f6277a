"""Session $functions: who the user is, parameters, commands, statuses, waiting and terminal input.

What belongs to the Online is reached through `services`.
Source: m204wiki, SOUL $functions; $CommndL; $SirVer; $Read; the pages named at each function.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

from soul.runtime.functions.lists import BAD_LIST, add_lines, lists
from soul.runtime.functions.messages import FAILURE, INVALID_ARGUMENT, invalid
from soul.runtime.functions.registry import Family
from soul.runtime.functions.services import services
from soul.runtime.numbers import FIXED_LIMIT, to_int
from soul.runtime.thread import Thread

FAMILY = Family("session")

FLAGS = ("GETGSYS", "DUMMYSYS")  # switches of $SirParm that are 0 or 1

NO_USERID, NO_ACCOUNT = "NO USERID", "NO ACCOUNT"
WIDTH = 256  # m204wiki, $CommndL
LOBUFF = 3000  # default of the parameter that bounds the width
LONGEST_WAIT = 86_400.0  # seconds of one $WakeUp (our choice)
SLICE = 0.1  # seconds between two looks at a request to stop
VERSIONS = {"SIRMODS": 800, "SOUL": 800, "JANUS": 800, "JANUS WEB": 800, "JANUS SOCKETS": 800, "SIR2000": 800}


@FAMILY.function("$User", page="$User")
def user(thread: Thread) -> int:
    """Return the user number of the thread.

    Arguments: none.
    Result: 0 or more.
    Example: $User -> 0
    Page: m204wiki, $User
    """
    return thread.number


@FAMILY.function("$Userid", "$Acct", page="$Userid")
def userid(thread: Thread) -> str:
    """Return the user id of the login.

    Arguments: none.
    Result: NO USERID when nobody is logged in.
    Example: $Userid -> NO USERID
    Page: m204wiki, $Userid
    """
    return thread.userid


@FAMILY.function("$Account", page="$Account")
def account(thread: Thread) -> str:
    """Return the account of the login.

    Arguments: none.
    Result: NO ACCOUNT when there is none.
    Example: $Account -> NO ACCOUNT
    Page: m204wiki, $Account
    """
    return thread.account


@FAMILY.function("$DaemonMasterNumber", page="$DaemonMasterNumber")
def daemon_master_number(thread: Thread) -> int:
    """Return the user number of the master thread.

    Arguments: none.
    Result: the thread's own number where it is no daemon.
    Example: $DaemonMasterNumber -> 0
    Page: m204wiki, $DaemonMasterNumber
    """
    return thread.parameters.number("DAEMONMASTER", thread.number)


@FAMILY.function("$DaemonParentNumber", page="$DaemonParentNumber")
def daemon_parent_number(thread: Thread) -> int:
    """Return the user number of the parent thread.

    Arguments: none.
    Result: the thread's own number where it is no daemon.
    Example: $DaemonParentNumber -> 0
    Page: m204wiki, $DaemonParentNumber
    """
    return thread.parameters.number("DAEMONPARENT", thread.number)


@FAMILY.function("$UsrPriv", page="$UsrPriv")
def usrpriv(thread: Thread, *privileges: str | None) -> int:
    """Say whether the user has privileges.

    Arguments: privileges, such as SUPERUSER, SYSTEM ADMINISTRATOR or SYSTEM MANAGER.
    Result: 1 when the user has all of them, else 0; 0 without arguments.
    Example: $UsrPriv('SYSTEM MANAGER') -> 0
    Page: m204wiki, $UsrPriv
    """
    wanted = {" ".join(privilege.upper().split()) for privilege in privileges if privilege}
    return int(bool(wanted) and wanted <= services(thread).privileges())


@FAMILY.function("$View", page="$View")
def view(thread: Thread, parameter: str = "") -> str:
    """Return the value of a parameter.

    Arguments: parameter name.
    Result: its value as text; null when there is no such parameter.
    Example: $View('NO.SUCH.PARAMETER') -> (null)
    Page: m204wiki, $View
    """
    return services(thread).parameter(parameter.strip().upper()) or ""


@FAMILY.function("$ResetN", page="$ResetN")
def resetn(thread: Thread, parameter: str = "", value: str | None = None) -> str:
    """Set or view a parameter.

    Arguments: parameter name; value, omitted: only view.
    Result: the value before; null when there is no such parameter.
    Errors: a parameter that cannot be changed gives a counting error.
    Example: $ResetN('NO.SUCH.PARAMETER') -> (null)
    Page: m204wiki, $ResetN
    """
    name = parameter.strip().upper()
    service = services(thread)
    before = service.parameter(name)
    if value is not None and (before is None or not service.set_parameter(name, value)):
        thread.message(INVALID_ARGUMENT, function="$ResetN", detail=f"PARAMETER {name} CANNOT BE SET TO THAT VALUE")
    return before or ""


@FAMILY.function("$SirParm", page="$SirParm")
def sirparm(thread: Thread, name: str = "", value: float | None = None) -> int:
    """Return or set a switch of the products for this user.

    Arguments: name, such as GETGSYS or DUMMYSYS; value, the new value, omitted to leave it as it is: 0 or 1 for
    GETGSYS and DUMMYSYS (any other number acts as 1), else -2147483647 to 2147483647 (any other changes nothing).
    Result: the value, 0 for one that was never set. The switches go back to 0 at logoff; they have no effect here.
    Example: $SirParm('GETGSYS',1) -> 1
    Example: $SirParm('DUMMYSYS') -> 0
    Page: m204wiki, $SirParm
    """
    switch = name.strip().upper()
    key = f"SIRPARM.{switch}"
    if value is not None and abs(value) <= FIXED_LIMIT:
        number = to_int(value)
        thread.parameters[key] = int(number != 0) if switch in FLAGS else number
    return thread.parameters.number(key)


@FAMILY.function("$SirProd", page="$SirProd")
def sirprod(product: str = "") -> int:
    """Say whether a product is available.

    Arguments: product name, such as SIRMODS or JANUS WEB.
    Result: 1 or 0.
    Example: $SirProd('JANUS WEB') -> 1
    Page: m204wiki, $SirProd
    """
    return int(" ".join(product.upper().split()) in VERSIONS)


@FAMILY.function("$SirVer", page="$SirVer")
def sirver(product: str = "SIRMODS") -> int:
    """Return the version of a product.

    Arguments: product name, default SIRMODS.
    Result: version times 100; 0 when there is no such product.
    Example: $SirVer -> 800
    Example: $SirVer('NO.SUCH.PRODUCT') -> 0
    Page: m204wiki, $SirVer
    """
    return VERSIONS.get(" ".join(product.upper().split()), 0)


@FAMILY.function("$Sclass", page="$Sclass")
def sclass(thread: Thread) -> str:
    """Return the user class in the subsystem.

    Arguments: none.
    Result: null outside a subsystem.
    Example: $Sclass -> (null)
    Page: m204wiki, $Sclass
    """
    return services(thread).subsystem_class


@FAMILY.function("$Subsys", page="$Subsys")
def subsys(thread: Thread, name: str | None = None) -> int:
    """Return the status of a subsystem.

    Arguments: name, default the one the request runs in.
    Result: 1 active, 0 defined and not active, -1 not defined.
    Example: $Subsys('NONE') -> -1
    Page: m204wiki, $Subsys
    """
    service = services(thread)
    return service.subsystem_status((name or service.subsystem_name).strip().upper())


@FAMILY.function("$Status", page="$Status")
def status(thread: Thread) -> int:
    """Return the outcome of the last external input or output statement.

    Arguments: none.
    Result: 0 success, 1 end of file, others as the statement documents.
    Example: $Status -> 0
    Page: m204wiki, $Status
    """
    return services(thread).io_status[0]


@FAMILY.function("$StatusD", page="$StatusD")
def statusd(thread: Thread) -> int:
    """Return the detail of $Status.

    Arguments: none.
    Result: 0 after success.
    Example: $StatusD -> 0
    Page: m204wiki, $StatusD
    """
    return services(thread).io_status[1]


@FAMILY.function("$CommndL", page="$CommndL")
def commndl(
    thread: Thread,
    command: str = "",
    control: int | None = None,
    list_: int | None = None,
    file: str | None = None,
    width: int | None = None,
) -> int:
    """Run a command on a thread of its own.

    Arguments: command; MSGCTL for it; list that receives the output, default the audit trail (RK lines); file, the
    default file, taken as part of the command level of that thread; width of the output, 1 to LOBUFF, default 256.
    Result: 0 done, 4 done with errors, 8 thread restarted, 12 more input was wanted; -6 invalid $list.
    Errors: a width out of range cancels the request.
    Example:
        %list is float
        %list = $ListNew
        Print $CommndL('VIEW MAXINCL', , %list) ' ' $UnSpace($ListInf(%list, 1, 1, 10))
    Prints:
        0 MAXINCL 5
    Page: m204wiki, $CommndL
    """
    if width is not None and not 1 <= width <= thread.parameters.number("LOBUFF", LOBUFF):
        raise invalid("$CommndL", "WIDTH MUST BE 1 TO LOBUFF")
    if list_ is not None and lists(thread).get(list_) is None:
        return BAD_LIST
    columns = WIDTH if width is None else width
    code, lines = services(thread).command(command, control, columns)
    cut = [line[at : at + columns] for line in lines for at in range(0, max(len(line), 1), columns)]
    if list_ is not None:
        added = add_lines(thread, list_, cut)
        return added if added < 0 else code
    for line in cut:
        thread.journal.write("RK", line, thread)
    return code


@FAMILY.function("$Command", page="$CommndL")
def command_(thread: Thread, command: str = "", control: int | None = None) -> int:
    """Run a command on a thread of its own; its output goes to the audit trail.

    Arguments: command; MSGCTL for it.
    Result: as for $CommndL. An image for the output is not supported here: use $CommndL with a $list.
    Example:
        Print $Command('VIEW MAXINCL') ' ' $Command('NONSENSE')
    Prints:
        0 4
    Page: m204wiki, $CommndL
    """
    return commndl(thread, command, control)


@FAMILY.function("$CommBg", page="$CommBg")
def commbg(thread: Thread, command: str = "") -> int:
    """Run a command on a thread of its own and do not wait for it.

    Arguments: command.
    Result: 0 started, else a code.
    Example:
        Print $CommBg('VIEW MAXINCL')
    Prints:
        0
    Page: m204wiki, $CommBg
    """
    return services(thread).background(command)


def pause(thread: Thread, seconds: float) -> None:
    """Wait, and stop waiting when the request is stopped."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        thread.begin_wait()
        time.sleep(min(left, SLICE))
    thread.check_stop()


@FAMILY.function("$WakeUp", page="$WakeUp")
def wakeup(thread: Thread, when: str = "0") -> int:
    """Pause for some seconds, or until a time of day.

    Arguments: a number of seconds, at most 86400, or a time as hh:mm or hh:mm:ss, today or else tomorrow.
    Result: 0 after the pause, 1 at once when the argument is neither.
    Example: $WakeUp(0) -> 0
    Example: $WakeUp('NEVER') -> 1
    Page: m204wiki, $WakeUp
    """
    clock = re.fullmatch("([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", when.strip())
    if clock:
        now = thread.clock()
        target = datetime.combine(now.date(), datetime.min.time(), now.tzinfo) + timedelta(
            hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3] or 0)
        )
        seconds = (target - now).total_seconds() % LONGEST_WAIT
    elif re.fullmatch(r"\+?[0-9]{1,9}(?:\.[0-9]{0,9})?", when.strip()):
        seconds = min(float(when), LONGEST_WAIT)
    else:
        return 1
    pause(thread, seconds)
    return 0


def _read(thread: Thread, function: str, prompt: str, option: str, *, echo: bool, keep_case: bool) -> str:
    if thread.responses:
        return thread.responses.popleft()
    transparent = option.strip().upper() == "TRANSPARENT"
    line = services(thread).read_line(prompt, echo=echo, keep_case=keep_case or transparent, whole=transparent)
    if line is None:
        thread.message(FAILURE, function=function, detail="NO INPUT IS LEFT AND THE THREAD HAS NO TERMINAL")
        return ""
    return line[:255] if transparent else line.partition(";")[0].rstrip(" ")[:255]


@FAMILY.function("$Read", page="$Read")
def read(thread: Thread, prompt: str = "", option: str = "") -> str:
    """Read a line: the next INCLUDE response, else from the terminal.

    Arguments: prompt, shown after $$; option TRANSPARENT returns the line untouched.
    Result: the line up to a semicolon, without trailing blanks; at most 255 characters.
    Errors: a thread without terminal gets a counting error and null.
    Example:
        PROCEDURE -1
        Begin
        Print 'AYE, ' $Read('NAME?')
        End
        END PROCEDURE
        Begin
        Print 'THE NAME IS GIVEN TO INCLUDE'
        End
        INCLUDE -1, AHAB
    Prints:
        THE NAME IS GIVEN TO INCLUDE
        AYE, AHAB
    Page: m204wiki, $Read
    """
    return _read(thread, "$Read", prompt, option, echo=True, keep_case=False)


@FAMILY.function("$ReadInv", page="$Read")
def readinv(thread: Thread, prompt: str = "", option: str = "") -> str:
    """Read a line that the terminal does not show.

    Arguments: as for $Read.
    Result: as for $Read.
    Errors: as for $Read.
    Example:
        PROCEDURE -1
        Begin
        Print $Len($ReadInv('PASSWORD?'))
        End
        END PROCEDURE
        INCLUDE -1, WHALE
    Prints:
        5
    Page: m204wiki, $Read
    """
    return _read(thread, "$ReadInv", prompt, option, echo=False, keep_case=False)


@FAMILY.function("$ReadLc", page="$Read")
def readlc(thread: Thread, prompt: str = "", option: str = "") -> str:
    """Read a line and keep its case.

    Arguments: as for $Read.
    Result: as for $Read.
    Errors: as for $Read.
    Example:
        PROCEDURE -1
        Begin
        Print $ReadLc('NAME?')
        End
        END PROCEDURE
        INCLUDE -1, Ahab
    Prints:
        Ahab
    Page: m204wiki, $Read
    """
    return _read(thread, "$ReadLc", prompt, option, echo=True, keep_case=True)
