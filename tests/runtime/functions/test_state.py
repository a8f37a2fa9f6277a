"""Functions that keep state on a thread or between threads: globals, lists, sessions, semaphores, procedures, seeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from soul.runtime.errors import RequestCancelled, Stopped
from soul.runtime.functions import limits, list_names, lists, longstring_globals, random, semaphores, sessions
from soul.runtime.functions.globals_ import SharedGlobals
from soul.runtime.functions.procedures import PROCEDURES, ProcedureFacts
from soul.runtime.functions.services import SESSION_SERVICES, BareServices
from soul.runtime.functions.shared import SharedTables
from soul.runtime.values import Array, Cell

from .conftest import Evaluator


class Administrator(BareServices):
    system_administrator = True
    subsystem_name = "PAYROLL"

    def privileges(self):
        return frozenset(("SYSTEM ADMINISTRATOR", "SUPERUSER"))


@pytest.fixture
def administrator(soul_):
    soul_.thread.slots.put(SESSION_SERVICES, Administrator(soul_.thread))
    return soul_


@pytest.fixture
def crew():
    """Two threads of one Online."""
    tables = SharedTables()
    pair = Evaluator(), Evaluator()
    for number, evaluator in enumerate(pair, 1):
        tables.attach(evaluator.thread)
        evaluator.thread.number = number
        evaluator.thread.userid = "AHAB"
    return pair


# Globals


def test_system_globals_are_seen_by_all(crew):
    first, second = crew
    assert first.text("$Setg_Sys('SHIP','Pequod')") == "1"
    first.thread.slots.put(SESSION_SERVICES, Administrator(first.thread))
    assert first.text("$Setg_Sys('SHIP','Pequod')") == "0"
    assert second.text("$Getg('SHIP')") == "Pequod"
    second.run("%r = $Setg('SHIP','own')")
    assert second.text("$Getg('SHIP')") == "own"
    assert first.text("$Delg_Sys('SHIP')") == "0"
    assert first.text("$Getg('SHIP')") == ""


def test_subsystem_globals_come_before_system_globals(administrator):
    for call in ("$Setg_Sys('X','system')", "$Setg_Subsys('X','mine')", "$Setg_Subsys('X','other','OTHER')"):
        assert administrator.text(call) == "0"
    assert administrator.text("$Getg('X')") == "mine"
    assert administrator.text("$Delg_Subsys('X')") == "0"
    assert administrator.text("$Getg('X')") == "system"


def test_system_globals_into_a_list(administrator):
    administrator.run("%r = $Setg_Sys('B','2')")
    administrator.run("%r = $Setg_Sys('A','1')")
    administrator.run("%l = $ListNew")
    assert administrator.text("$Setg_Sys_List(%l)") == "2"
    assert administrator.text("$ListInf(%l,1)") == "A=1"


def test_shared_globals_have_a_limit():
    shared = SharedGlobals(limit=1)
    assert shared.set("", "A", "1")
    assert shared.set("", "A", "2")
    assert not shared.set("", "B", "1")


@pytest.mark.parametrize(
    ("old", "call", "new"),
    [
        ("1.50", "", "2.5"),
        ("-1", ",-1", "-2"),
        (" 12 ", ",1", "13"),
        ("1", ",1,2", "2.00"),
        ("-1.29", ",0,1", "-1.2"),
        ("0", ",-0.55,1", "-0.5"),
    ],
)
def test_incrg(soul_, old, call, new):
    soul_.run(f"%r = $Setg('C','{old}')")
    assert soul_.text(f"$Incrg('C'{call})") == "0"
    assert soul_.text("$Getg('C')") == new


def test_incrg_refuses_text(soul_):
    soul_.run("%r = $Setg('C','twelve')")
    assert soul_.text("$Incrg('C')") == "1"
    assert soul_.text("$Getg('C')") == "twelve"


# Global and session longstrings


def test_bound_longstring_goes_both_ways(soul_):
    variable = Cell("")
    longstring_globals.lstr_global_set(soul_.thread, "POLLY", "stored")
    assert longstring_globals.lstr_global(soul_.thread, "POLLY", variable) == 0
    assert variable.value == "stored"
    longstring_globals.lstr_global_set(soul_.thread, "POLLY", "cracker")
    assert variable.value == "cracker"
    variable.set("wants")
    assert longstring_globals.lstr_global_get(soul_.thread, "POLLY") == "wants"
    longstring_globals.lstr_global(soul_.thread, None, variable)
    assert variable.value == ""
    assert longstring_globals.lstr_global_get(soul_.thread, "POLLY") == "wants"


def test_binding_ends_with_the_request(soul_):
    variable = Cell("")
    longstring_globals.lstr_global(soul_.thread, "POLLY", variable)
    variable.set("kept")
    soul_.thread.finish_request()
    variable.set("lost")
    assert longstring_globals.lstr_global_get(soul_.thread, "POLLY") == "kept"


def test_session_longstring_needs_a_session(soul_):
    with pytest.raises(RequestCancelled, match="NO SESSION"):
        longstring_globals.lstr_session_get(soul_.thread, "POLLY")


# $lists


def filled(soul_, *items):
    soul_.run("%l = $ListNew")
    for item in items:
        soul_.run(f"%r = $ListAdd(%l,'{item}')")
    return int(soul_.variables["%l"])


def content(soul_, list_):
    return list(lists.lists(soul_.thread).get(list_))


def test_removing_the_last_item_deletes_the_list(soul_):
    filled(soul_, "a")
    assert soul_.text("$ListRem(%l,1)") == "0"
    assert soul_.text("$ListChk(%l)") == "0"


def test_one_call_place_makes_one_list(soul_):
    source = "first = new(thread)\nadd(thread, first, 'x')\nfor _ in range(2):\n    again = new(thread)\n    add(thread, again, 'y')\n"
    names = {"new": lists.listnew, "add": lists.listadd, "thread": soul_.thread}
    exec(compile(source, "P", "exec"), names)
    assert names["first"] != names["again"]
    assert content(soul_, names["first"]) == ["x"]
    assert content(soul_, names["again"]) == ["y"]
    assert len(lists.lists(soul_.thread)) == 2


def test_lists_end_with_the_request_and_global_ones_stay(soul_):
    plain = filled(soul_, "a")
    named = list_names.list_global(soul_.thread, "CREW")
    lists.listadd(soul_.thread, named, "Queequeg")
    soul_.thread.finish_request()
    assert soul_.text(f"$ListChk({plain})") == "0"
    assert content(soul_, list_names.list_global(soul_.thread, "CREW")) == ["Queequeg"]


@pytest.mark.parametrize(
    ("call", "result", "left"),
    [
        ("$ListIns(%l,2,'x')", "4", ["c", "x", "a", "b"]),
        ("$ListIns(%l,9,'x')", "-7", ["c", "a", "b"]),
        ("$ListRep(%l,1,'xyz',2)", "0", ["xy", "a", "b"]),
        ("$ListAdd(%l,'x',3)", "4", ["c", "a", "b", "x  "]),
        ("$ListOvl(%l,1,'xy',3)", "0", ["c xy", "a", "b"]),
        ("$ListAdj(%l,1,3,'*')", "0", ["c**", "a", "b"]),
        ("$ListSort(%l)", "3", ["a", "b", "c"]),
        ("$ListSort(%l,'1,1,CH,D')", "3", ["c", "b", "a"]),
        ("$ListFind(%l,'b')", "3", ["c", "a", "b"]),
        ("$ListLoc(%l,'a',3)", "0", ["c", "a", "b"]),
        ("$ListLup(%l,'a')", "2", ["c", "a", "b"]),
        ("$List_Add_Unique(%l,'a')", "2", ["c", "a", "b"]),
        ("$List_Conv_Item(%l,'-')", "c-a-b", ["c", "a", "b"]),
        ("$List_MaxIL(%l)", "1", ["c", "a", "b"]),
    ],
)
def test_list_changes(soul_, call, result, left):
    list_ = filled(soul_, "c", "a", "b")
    assert soul_.text(call) == result
    assert content(soul_, list_) == left


def test_sort_by_several_keys_is_stable_and_in_ebcdic_order(soul_):
    list_ = filled(soul_, "2b", "1a", "1B", "11")
    soul_.text("$ListSort(%l,'1,1,NU,D,2,1,CH,A')")
    assert content(soul_, list_) == ["2b", "1a", "1B", "11"]


def test_ordered_adds(soul_):
    list_ = filled(soul_)
    for item in ("b", "a", "1", "a"):
        soul_.text(f"$List_Add_Unique_Ordered(%l,'{item}')")
    assert content(soul_, list_) == ["a", "b", "1"]


def test_differences_can_be_applied(soul_):
    first = filled(soul_, "a", "b", "c", "d")
    soul_.variables["%first"] = float(first)
    filled(soul_, "b", "x", "d", "e")
    soul_.variables["%second"] = soul_.variables["%l"]
    soul_.run("%diff = $ListNew")
    assert soul_.text("$ListCmp(%first,%second,%diff)") == "4"
    assert soul_.text("$ListUpd(%first,%diff)") == "4"
    assert content(soul_, first) == content(soul_, int(soul_.variables["%second"]))


def test_list_limits(soul_, monkeypatch):
    monkeypatch.setattr(limits, "LIST_ITEMS", 2)
    filled(soul_, "a", "b")
    assert soul_.text("$ListAdd(%l,'c')") == "-3"
    assert soul_.text("$ListAdd_Lstr(%l,'c')") == "-3"


@pytest.mark.parametrize("call", ["$ListAdd_Lstr(-99,'x')", "$ListAdd_Lstr($ListNew)", "$ListInf_Lstr(-99,1)"])
def test_longstring_list_functions_cancel(soul_, call):
    with pytest.raises(RequestCancelled):
        soul_.text(call)


def test_capture(soul_):
    list_ = filled(soul_)
    soul_.text("$List_Capture(%l)")
    soul_.thread.output.line("caught")
    soul_.text("$List_Capture")
    soul_.thread.output.line("printed")
    assert content(soul_, list_) == ["caught"]
    assert soul_.terminal.lines == ["printed"]


# Sessions


def test_session_codes(crew):
    first, second = crew
    first.thread.parameters["SESUMAX"] = 2
    assert first.text("$Session_Create('S1')") == "0"
    assert [first.text(f"$Session_{name}") for name in ("Id", "Owner", "Timeout")] == ["S1", "AHAB", "900"]
    assert first.text("$Session_Delete($Session_Id)") == "2"
    assert second.text("$Session_Open('S1')") == "1"
    assert first.text("$Session_Close") == "0"
    assert first.text("$Session_Close") == "-1"
    assert first.text("$Session_Create('S2',,,'NOOPEN')") == "0"
    assert first.text("$Session_Create('S2',,,'NOOPEN')") == "1"
    assert first.text("$Session") == "0"
    assert second.text("$Session_Open('S2')") == "0"
    assert first.text("$Session_Open('S2')") == "2"
    assert first.text("$Session_Create('S3',,,'NOOPEN')") == "0"
    assert first.text("$Session_Create('S4',,,'NOOPEN')") == "3"
    assert second.text("$Session_Close('S3')") == "1"
    assert second.text("$Session_Close('S5')") == "0"
    assert first.text("$Session_Open('S5')") == "0"
    with pytest.raises(RequestCancelled, match="A SESSION IS OPEN"):
        first.text("$Session_Open('S3')")


def test_session_limits(crew):
    first, _ = crew
    first.thread.parameters["SESNPUB"] = 1
    assert first.text("$Session_Create('P','*',,'NOOPEN')") == "0"
    assert first.text("$Session_Create('Q','*',,'NOOPEN')") == "2"
    with pytest.raises(RequestCancelled, match="ADMINISTRATOR"):
        first.text("$Session_Create('X','STARBUCK')")


def test_session_contents_travel(crew):
    first, second = crew
    first.run("%r = $Session_Create('S1')")
    first.run("%r = $ListAdd($List_Session('CREW'),'Queequeg')")
    first.run("%r = $Lstr_Session_Set('SHIP','Pequod')")
    first.thread.finish_request()
    first.run("%r = $Session_Close")
    with pytest.raises(RequestCancelled):
        first.text("$List_Session('CREW')")
    second.run("%r = $Session_Open('S1')")
    assert second.text("$ListInf($List_Session('CREW'),1)") == "Queequeg"
    assert second.text("$Lstr_Session_Get('SHIP')") == "Pequod"


def test_logoff_closes_the_session_and_timeout_ends_it(crew):
    first, second = crew
    first.run("%r = $Session_Create('S1',,60)")
    first.thread.finish_login()
    second.now += timedelta(seconds=59)
    assert second.text("$Session_Open('S1')") == "0"
    second.run("%r = $Session_Close")
    second.now += timedelta(seconds=61)
    assert second.text("$Session_Open('S1')") == "1"


# Semaphores, waiting


def test_semaphores(crew):
    first, second = crew
    assert first.text("$Bind('ORDERS')") == "-20"
    assert first.text("$Bind('ORDERS')") == "-10"
    assert second.text("$Bind('ORDERS')") == "1"
    assert second.text("$Bind('ORDERS', 1)") == "1"
    assert second.text("$Unbind('ORDERS')") == "1"
    second.run("%l = $ListNew")
    assert first.text("$Unbind('ORDERS')") == "0"
    assert second.text("$Bind('ORDERS')") == "-20"
    assert second.text("$Bind_List(%l)") == "1"
    second.thread.finish_request()
    assert first.text("$Bind('ORDERS')") == "2"
    second.thread.finish_login()
    assert first.text("$Bind('ORDERS')") == "-20"


def test_waits_can_be_stopped(crew):
    first, second = crew
    first.run("%r = $Bind('ORDERS')")
    second.thread.stop.append("BUMP")
    with pytest.raises(Stopped):
        semaphores.bind(second.thread, "ORDERS", 60_000.0)
    with pytest.raises(Stopped):
        second.text("$WakeUp(60)")
    first.run("%r = $Session_Create('S','*')")
    with pytest.raises(Stopped):
        sessions.session_open(second.thread, "S", "*", 60.0)


# Procedures


class Library:
    def __init__(self):
        self.written = None

    def read(self, name, file):
        return ["one ??A", "", "three"] if name == "P" else 2

    def substitute(self, lines, responses):
        return [line.replace("??A", responses.split(",")[1]) for line in lines]

    def list(self, file):
        return [ProcedureFacts("MYPROC", "P", 12, "20261125140509"), ProcedureFacts("MYPROC", "Q")]

    def touch(self, name, file):
        return name == "P"

    def write_temporary(self, lines):
        self.written = list(lines)


@pytest.fixture
def library(soul_):
    access = Library()
    soul_.thread.slots.put(PROCEDURES, access)
    return access


def test_reading_a_procedure(soul_, library):
    assert soul_.text("$ProcOpn('NOPE')") == "2"
    assert soul_.text("$ProcOpn('P',,',whale')") == "0"
    assert [soul_.text("$ProcGet") for _ in range(4)] == ["one whale", " ", "three", ""]
    soul_.run("%l = $ListNew")
    assert soul_.text("$ProcDat(%l)") == "3"
    assert soul_.text("$ListInf(%l,1)") == "one ??A"
    assert soul_.text("$ProcLoc('three')") == "3"
    assert [soul_.text("$ProcCls") for _ in range(2)] == ["0", "-1"]
    for _ in range(5):
        assert soul_.text("$ProcOpn('P')") == "0"
    assert soul_.text("$ProcOpn('P')") == "5"


def test_rdproc(soul_, library):
    soul_.run("%id = $RdProc('OPEN','MYPROC','P')")
    assert soul_.text("$RdProc('GET',%id)") == "one ??A"
    assert soul_.text("$RdProc('LINEND',%id)") == "0"
    soul_.run("%x = $RdProc('GET',%id)")
    soul_.run("%x = $RdProc('GET',%id)")
    assert soul_.text("$RdProc('LINEND',%id)") == "1"
    assert soul_.text("$RdProc('CLOSE',%id)") == "0"
    with pytest.raises(RequestCancelled):
        soul_.text("$RdProc('GET',%id)")


def test_listing_and_writing_procedures(soul_, library):
    soul_.run("%l = $ListNew")
    assert soul_.text("$Proc_List(%l,,'P*')") == "1"
    assert soul_.text("$ListInf(%l,1)") == "P 12 20261125140509"
    assert soul_.text("$LstProc('Q')") == "MYPROC Q 0"
    assert soul_.text("$Proc_Touch('P')") == "0"
    assert soul_.text("$BldProc('Begin','End')") == "2"
    assert soul_.text("$BldProc('* more')") == "3"
    assert library.written == ["Begin", "End", "* more"]


# Errors, parameters, input, arrays, seeds


def test_error_functions(soul_):
    soul_.text("$Sqrt(-1)")
    assert soul_.terminal.messages[0].startswith("*** 1 SOUL.0105: $Sqrt")
    assert soul_.text("$ErrSet('SECOND')") == "2"
    assert soul_.text("$FstErr").startswith("SOUL.0105")
    assert soul_.text("$ErrMsg") == "SECOND"
    soul_.run("%r = $ErrClr")
    assert soul_.text("$ErrMsg With $FstErr") == ""
    assert soul_.thread.error_count == 2
    assert soul_.text("$ErrSet") == "0"


@pytest.mark.parametrize(
    ("call", "result"),
    [("$Exp(175)", "0"), ("$Log(0)", "0"), ("$ArcSin(2)", "0"), ("$Gamma(-1)", "0"), ("$Round(12.5,-1)", "12.5"), ("$Unbin('ABC')", ""),
     ("$Square(1E200)", "0"), ("$IxpI(0,-1)", "0"), ("$RxpR(-8,0.5)", "0"), ("$Unpack('ABC')", ""), ("$Binary(70000,15)", "")],
)  # fmt: skip
def test_counting_errors(soul_, call, result):
    assert soul_.text(call) == result
    assert soul_.thread.error_count == 1


@pytest.mark.parametrize(
    "call",
    ["$Base64_Encode($Pad('A','B',190))", "$Deflate('abc','BOGUS')", "$Inflate('abc')", "$GunZip('abc')", "$Random(0)",
     "$CommndL('X',,,,0)", "$UnSpace('a',' ',' ')", "$RegexMatch('a','(')", "$ListNew('BOGUS')", "$Sir_Date_Err('BOGUS')"],
)  # fmt: skip
def test_cancellations(soul_, call):
    with pytest.raises(RequestCancelled):
        soul_.text(call)


def test_inflate_is_limited(soul_, monkeypatch):
    from soul.runtime.functions import compression

    monkeypatch.setattr(compression, "INFLATED", 1000)
    packed = compression.compress("A" * 100_000)
    with pytest.raises(RequestCancelled, match="LONGER"):
        compression.inflate(packed)


def test_parameters(administrator):
    administrator.thread.parameters["LOBUFF"] = 3000
    assert administrator.text("$View('lobuff')") == "3000"
    assert administrator.text("$ResetN('LOBUFF','100')") == "3000"
    assert administrator.text("$View('LOBUFF')") == "100"
    assert administrator.text("$UsrPriv('SUPERUSER')") == "1"
    assert administrator.text("$UsrPriv('SUPERUSER','SYSTEM MANAGER')") == "0"


def test_read_takes_responses_first(soul_):
    soul_.thread.responses.extend(["Ahab"])
    assert soul_.text("$Read('NAME')") == "Ahab"
    assert soul_.text("$Read('NAME')") == ""
    assert soul_.thread.error_count == 1


def test_arrays(soul_):
    from soul.runtime.functions import arrays

    array = Array((2, 3), 0.0)
    assert [arrays.arrsize(soul_.thread, array, dimension) for dimension in (1, 2, 3)] == [2, 3, 0]
    array.items[4] = 7.0
    assert arrays.arr_find(array, 7.0) == 5
    assert arrays.arr_find(array, 7.0, 6) == 0
    assert (arrays.arr_max(array), arrays.arr_min(array)) == (7.0, 0.0)
    assert arrays.arr_init(array, "3") == 6
    assert array.items == [3.0] * 6


def test_seeds_repeat():
    first, second = Cell(""), Cell("")
    for cell in (first, second):
        assert random.random_seed(cell, 42.0) == 0
        assert len(cell.value) == 144
    series = [random.random(1000, first) for _ in range(5)]
    assert series == [random.random(1000, second) for _ in range(5)]
    assert len(set(series)) > 1


class Short(Cell):
    def set(self, value):
        self.value = value[:20]


@pytest.mark.parametrize(("seed", "number"), [(None, 1.0), (Cell(""), None), (Cell(""), 2e9), (Short(""), 1.0)])
def test_bad_seeds_cancel(seed, number):
    with pytest.raises(RequestCancelled):
        random.random_seed(seed, number)


def test_entities(soul_):
    assert soul_.text("$Ent_Tab('>','&gt;')") == ""
    assert soul_.text("$Ent('a > b')") == "a &gt; b"
    soul_.run("%r = $Ent_Tab")
    assert soul_.text("$Ent('a > b')") == "a > b"
    assert soul_.text("$Len($Ent($Pad('&','&',200)))") == "255"


def test_mail_refuses_line_ends(soul_):
    soul_.variables["%s"] = "Whale\nBcc: all@example.com"
    assert soul_.text("$SndMail('ahab@example.com',%s)") == "1"
    assert "ONE LINE" in soul_.text("$ErrMsg")
