"""What each statement rule of `grammar/soul.lark` builds. An action gets the children of its rule, all of them;
optional parts that are absent arrive as None."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from soul.language import clauses as clause_rules, declaration_actions, nodes
from soul.language.clauses import Clause
from soul.language.complaints import SyntaxRefusal
from soul.language.expression_actions import Action, Children, class_name, cover, join, name_of, optional_name
from soul.language.lexer import Token
from soul.language.openings import (
    BranchLine,
    CatchLine,
    ImageArrayLine,
    IncludeLine,
    Opening,
    SuccessLine,
    TextLine,
)
from soul.language.source import Span

_SCREEN_OBJECTS = frozenset({"SCREEN", "MENU"})


# Assignment, calls.


def _described(target: nodes.Expr) -> str:
    kinds: Mapping[type, str] = {
        nodes.StringLiteral: "quoted text",
        nodes.NumberLiteral: "a number",
        nodes.FunctionCall: "a $function",
        nodes.SelfReference: "`@`",
        nodes.ClassReference: "a class",
    }
    return kinds.get(type(target), "this")


def _target(target: nodes.Expr) -> nodes.Expr:
    if not isinstance(target, nodes.Variable | nodes.FieldVariable | nodes.MethodCall):
        raise SyntaxRefusal("SOUL.1008", target.at, found=_described(target))
    return target


def assignment(c: Children) -> nodes.Assignment:
    """`target = value`."""
    return nodes.Assignment(join(c[0], c[2]), _target(c[0]), c[2])


def expression_statement(c: Children) -> nodes.ExpressionStatement:
    """A call for its effect."""
    value = c[0]
    if not isinstance(value, nodes.FunctionCall | nodes.MethodCall):
        at = value.at
        behind = Span(at.procedure, at.end_line, at.end_column, at.end_line, at.end_column)
        expected = "`=`, a type or a method call" if isinstance(value, nodes.Variable) else "a method call"
        raise SyntaxRefusal("SOUL.1007", behind, expected=expected)
    return nodes.ExpressionStatement(value.at, value)


def call_method(c: Children) -> nodes.ExpressionStatement:
    """`Call %x:method(..)`, `Construct ..`."""
    statement = expression_statement([c[1]])
    statement.at = join(c[0], c[1])
    return statement


def call(c: Children) -> nodes.Call:
    """`Call name [(..)]`."""
    return nodes.Call(cover(c), name_of(c[1]), None if c[2] is None else list(c[2]))


def include(c: Children) -> IncludeLine:
    """`Include ..`."""
    return IncludeLine(cover(c), c[1], False)


def in_file(c: Children) -> IncludeLine:
    """`In ..`: an Include or a record statement."""
    return IncludeLine(cover(c), c[1], True)


def record(c: Children) -> nodes.RecordStatement:
    """A statement of record processing."""
    keyword = " ".join(token.value for token in c[:-1])
    return nodes.RecordStatement(cover(c), keyword, c[-1].value)


def declare_list(c: Children) -> nodes.RecordStatement:
    """`Declare List ..`."""
    return nodes.RecordStatement(cover(c), "DECLARE LIST", c[2].value)


def declare_screen(c: Children) -> nodes.ScreenStatement:
    """`Declare Screen ..`, `Declare Menu ..`: the same as without Declare."""
    return screen(c[1:])


def screen(c: Children) -> nodes.ScreenStatement:
    """A statement of screens and menus."""
    return nodes.ScreenStatement(cover(c), c[0].value, c[1].value)


def class_open(c: Children) -> nodes.ClassBlock:
    """Class, Structure, Enumeration and their inner blocks."""
    name = c[1].value if len(c) > 1 else ""
    return nodes.ClassBlock(cover(c), c[0].value, name.upper())


# Output.


def print_items(c: Children) -> nodes.Statement:
    """Print, Audit, Trace; `Print Screen name`, `Print Menu name`."""
    first = c[1][0].value if c[1] else None
    if isinstance(first, nodes.BareName) and first.name.partition(" ")[0] in _SCREEN_OBJECTS and " " in first.name:
        return nodes.ScreenStatement(cover(c), f"{c[0].value} {first.name.partition(' ')[0]}", "")
    return nodes.Print(cover(c), c[0].value, c[1] or [], c[2] is not None)


def item(c: Children) -> nodes.PrintItem:
    """`value [At [Column] n] [To [Column] n]`."""
    return nodes.PrintItem(cover(c), c[0], "WITH", c[3], c[6])


def item_with(c: Children) -> list[nodes.PrintItem]:
    """An item after With."""
    c[0].append(c[2])
    return c[0]  # type: ignore[no-any-return]


def item_and(c: Children) -> list[nodes.PrintItem]:
    """An item after And."""
    c[2].joiner = "AND"
    return item_with(c)


def item_implied(c: Children) -> list[nodes.PrintItem]:
    """An item after nothing: With is implied."""
    c[0].append(c[1])
    return c[0]  # type: ignore[no-any-return]


def skip(c: Children) -> nodes.Skip:
    """`Skip n Lines`."""
    return nodes.Skip(cover(c), c[1])


def new_page(c: Children) -> nodes.NewPage:
    """`New Page`."""
    return nodes.NewPage(cover(c))


def page_line(c: Children) -> nodes.SetPageLine:
    """`Set Header n ..`."""
    if not c[2].value.isdecimal() or len(c[2].value) > 4:
        raise SyntaxRefusal("SOUL.1020", c[2].at, what=c[1].value.capitalize(), low=0, high=9999)
    return nodes.SetPageLine(cover(c), c[1].value, int(c[2].value), c[3] or [])


def text_output(c: Children) -> TextLine:
    """PrintText and its like."""
    return TextLine(cover(c), c[0].value, c[1])


def set_text(c: Children) -> TextLine:
    """`SetText target = text`."""
    return TextLine(cover(c), "SETTEXT", c[3], _target(c[1]))


# Flow.


def if_line(c: Children) -> Opening:
    """`If condition Then [statement]`."""
    node = nodes.If(join(c[0], c[2]), [nodes.Branch(join(c[0], c[2]), c[1], [])], None)
    return Opening(node.at, node, c[3])


def elseif_line(c: Children) -> BranchLine:
    """`ElseIf condition Then [statement]`."""
    return BranchLine(join(c[0], c[2]), c[1], c[3])


def else_line(c: Children) -> BranchLine:
    """`Else [statement]`."""
    return BranchLine(c[0].at, None, c[1])


def jump(c: Children) -> nodes.Jump:
    """`Jump To label`."""
    return nodes.Jump(cover(c), name_of(c[2]))


def computed_jump(c: Children) -> nodes.ComputedJump:
    """`Jump To (labels) selector`."""
    return nodes.ComputedJump(cover(c), [name_of(token) for token in c[3]], c[5])


def block(c: Children) -> nodes.Block:
    """`Block [label]`."""
    return nodes.Block(cover(c), optional_name(c[1]), [])


def return_(c: Children) -> nodes.Return:
    """`Return [value]`."""
    return nodes.Return(cover(c), c[1])


def stop(c: Children) -> nodes.Stop:
    """`Stop`."""
    return nodes.Stop(cover(c))


def pause(c: Children) -> nodes.Pause:
    """`Pause [n]`."""
    return nodes.Pause(cover(c), c[1])


def for_counter(c: Children) -> nodes.ForCounter:
    """`For %v From a To b [By c]`."""
    if not isinstance(c[1], nodes.Variable):
        raise SyntaxRefusal("SOUL.1061", c[1].at, statement="For", expected="a %variable that counts")
    return nodes.ForCounter(cover(c), c[1], c[3], c[5], c[7], [])


def for_records(c: Children) -> nodes.RecordStatement:
    """For Each Record, For Each Value, For Record Number, For n Records."""
    rest: Token = c[2]
    if c[1].type == "NUMBER":
        return nodes.RecordStatement(cover(c), "FOR RECORDS", c[1].value + " " + rest.value)
    if c[1].type == "FIELDGROUP":
        return nodes.RecordStatement(cover(c), "FOR FIELDGROUP", rest.value)
    first, _, tail = rest.value.partition(" ")
    if c[1].type == "RECORD" and first.upper() != "NUMBER":
        return nodes.RecordStatement(cover(c), "FOR RECORD", rest.value)
    return nodes.RecordStatement(cover(c), f"FOR {c[1].value} {first.upper()}".rstrip(), tail.strip())


def for_each_of(c: Children) -> nodes.RecordStatement:
    """`For %n Records ..`, `For %n Values ..`, `For %cursor In %recordset`."""
    keyword = "FOR %CURSOR IN" if c[2].type == "IN" else f"FOR {c[2].value}"
    return nodes.RecordStatement(cover(c), keyword, c[3].value)


def repeat(c: Children) -> nodes.Repeat:
    """`Repeat [Forever]`."""
    return nodes.Repeat(cover(c), "FOREVER", None, [])


def repeat_test(c: Children) -> nodes.Repeat:
    """`Repeat While c`, `Repeat Until c`."""
    return nodes.Repeat(cover(c), c[1].value, c[2], [])


def repeat_times(c: Children) -> nodes.Repeat:
    """`Repeat n Times`."""
    return nodes.Repeat(cover(c), "TIMES", c[1], [])


def loop_next(c: Children) -> nodes.LoopNext:
    """`Loop Next [label]`."""
    return nodes.LoopNext(cover(c), optional_name(c[2]))


def loop_end(c: Children) -> nodes.LoopEnd:
    """`Loop End [label]`."""
    return nodes.LoopEnd(cover(c), optional_name(c[2]))


# Subroutines.


def simple_subroutine(c: Children) -> nodes.SimpleSubroutine:
    """`Subroutine` alone; its name is the label before it."""
    return nodes.SimpleSubroutine(c[0].at, "", [])


def subroutine(c: Children) -> nodes.Subroutine:
    """`Subroutine name (..)`, `Constructor name (..)`."""
    return nodes.Subroutine(cover(c), name_of(c[1]), c[2] or [], [], kind=c[0].value)


def function_definition(c: Children) -> nodes.Subroutine:
    """`Function name (..) Is type`, `Property ..` inside a class."""
    result = _result(c[4], c[5])
    return nodes.Subroutine(cover(c), name_of(c[1]), c[2] or [], [], result=result, kind=c[0].value)


def _result(type_: nodes.Type, clauses: list[Clause] | None) -> nodes.Type:
    clause_rules.sort_out(clauses, clause_rules.TYPE_CLAUSES, "with the type of a result", type_)
    return type_


def local_subroutine(c: Children) -> nodes.Subroutine:
    """`Local Subroutine [(class):]name (..)`."""
    on_class = class_name(c[3]) if c[3] else None
    return nodes.Subroutine(cover(c), name_of(c[6]), c[7] or [], [], local=True, on_class=on_class)


def local_function(c: Children) -> nodes.Subroutine:
    """`Local Function [(class):]name (..) Is type`."""
    found = local_subroutine(c[:8])
    found.at = cover(c)
    found.result = _result(c[9], c[10])
    found.kind = "FUNCTION"
    return found


# On units, Assert, Clear, Try.

_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "ATTENTION": "ATTENTION",
        "ERROR": "ERROR",
        "FIND CONFLICT": "FIND CONFLICT",
        "FC": "FIND CONFLICT",
        "RECORD LOCKING CONFLICT": "RECORD LOCKING CONFLICT",
        "RLC": "RECORD LOCKING CONFLICT",
        "FIELD CONSTRAINT CONFLICT": "FIELD CONSTRAINT CONFLICT",
        "FCC": "FIELD CONSTRAINT CONFLICT",
        "MISSING FILE": "MISSING FILE",
        "MISSING MEMBER": "MISSING MEMBER",
    }
)


def _condition(rest: Token, words: list[str]) -> str:
    condition = _CONDITIONS.get(" ".join(words))
    if condition is None:
        from soul.language.expectation import nearest

        raise SyntaxRefusal("SOUL.1060", rest.at, nearest(rest.value, _CONDITIONS), found=rest.value or "nothing")
    return condition


def on_unit(c: Children) -> nodes.OnUnit:
    """`On condition`."""
    return nodes.OnUnit(cover(c), _condition(c[1], c[1].words()), [])


def unit_exit(c: Children) -> nodes.UnitExit:
    """Bypass, Bounce, Continue, Retry."""
    return nodes.UnitExit(cover(c), c[0].value)


def clear(c: Children) -> nodes.Clear | nodes.ClearOn:
    """`Clear ..`, `Clear On condition`."""
    words = c[1].words()
    if not words:
        raise SyntaxRefusal("SOUL.1061", c[1].at, statement="Clear", expected="what to clear: Globals, Objects, On ...")
    if words[0] == "ON":
        return nodes.ClearOn(cover(c), _condition(c[1], words[1:]))
    return nodes.Clear(cover(c), words)


def assert_(c: Children) -> nodes.Assert:
    """`Assert condition [, options]`."""
    found = nodes.Assert(cover(c), c[1])
    seen: set[str] = set()
    for option in c[3] or ():
        if option.word in seen:
            raise SyntaxRefusal("SOUL.1018", option.at, clause=option.word.capitalize())
        seen.add(option.word)
        if option.word == "INFO":
            found.info = option.value
    found.snap = "SNAP" in seen
    found.continues = "CONTINUE" in seen
    return found


def assert_flag(c: Children) -> Clause:
    """Snap, Continue."""
    return Clause(c[0].at, c[0].value)


def assert_info(c: Children) -> Clause:
    """`Info x`; an unquoted word stands for itself in upper case."""
    value = c[2] if len(c) > 2 else c[1]
    if isinstance(value, Token):
        value = nodes.StringLiteral(value.at, value.value.upper())
    return Clause(cover(c), "INFO", value)


def try_(c: Children) -> Opening:
    """`Try [statement]`."""
    node = nodes.Try(c[0].at, [], [], None)
    return Opening(node.at, node, c[1])


def catch(c: Children) -> CatchLine:
    """`Catch class [To %x]`."""
    at = cover(c)
    target = None if c[3] is None else _target(c[3])
    return CatchLine(at, nodes.Catch(at, nodes.ClassName(c[1].at, c[1].value), target, []))


def success(c: Children) -> SuccessLine:
    """`Success [statement]`."""
    return SuccessLine(c[0].at, c[1])


def throw(c: Children) -> nodes.Throw:
    """`Throw value`."""
    return nodes.Throw(cover(c), c[1])


def rethrow(c: Children) -> nodes.Rethrow:
    """`Rethrow`."""
    return nodes.Rethrow(cover(c))


def sirfact(c: Children) -> nodes.SirFact:
    """`SirFact ..`."""
    return nodes.SirFact(cover(c), c[1].words())


# Images.


def image(c: Children) -> nodes.Image:
    """`Image name ..`."""
    words = c[1].words()
    if not words:
        raise SyntaxRefusal("SOUL.1061", c[1].at, statement="Image", expected="a name")
    return nodes.Image(cover(c), words[0], words[1:], [])


def image_statement(c: Children) -> nodes.Statement:
    """Prepare, Identify, Read, Write, Open, Close ... of an image or data set, or of a screen or of records."""
    action, words = c[0].value, c[1].words()
    if words and words[0] in _SCREEN_OBJECTS:
        return nodes.ScreenStatement(cover(c), f"{action} {words[0]}", " ".join(words[1:]))
    if words and words[0] in ("RECORDS", "RECORD", "ALL", "FILE", "POSITION", "GROUP", "PERM", "TEMP", "PROCESS"):
        return nodes.RecordStatement(cover(c), f"{action} {words[0]}", " ".join(words[1:]))
    if words and words[0] in ("IMAGE", "DATASET") and len(words) > 1:
        words = words[1:]
    if not words:
        raise SyntaxRefusal("SOUL.1061", c[1].at, statement=action.capitalize(), expected="a name")
    return nodes.ImageStatement(cover(c), action, words[0], words[1:], c[1].value)


def image_item(c: Children) -> nodes.ImageItem:
    """`name Is type clauses`."""
    return clause_rules.image_item(cover(c), c[0].value, c[2], c[3])


def image_array(c: Children) -> ImageArrayLine:
    """`Array [name] Occurs n ..`."""
    at = cover(c)
    count: Token = c[3]
    occurs = None
    if count.type == "NUMBER":
        if not count.value.isdecimal() or len(count.value) > 9:
            raise SyntaxRefusal("SOUL.1020", count.at, what="Occurs", low=1, high=999_999_999)
        occurs = int(count.value)
    return ImageArrayLine(at, clause_rules.image_array(at, c[1].value if c[1] else "", occurs, c[4]))


def _place(token: Token) -> int | str:
    if token.type != "NUMBER":
        return token.value
    if not token.value.isdecimal() or len(token.value) > 9:
        raise SyntaxRefusal("SOUL.1020", token.at, what="a place", low=1, high=999_999_999)
    return int(token.value)


def image_place(c: Children) -> Clause:
    """Occurs, At, To, After."""
    return Clause(cover(c), c[0].value, _place(c[1]))


def image_length(c: Children) -> Clause:
    """`Len item`."""
    return Clause(cover(c), "LEN_ITEM", c[1].value)


def image_depending(c: Children) -> Clause:
    """`Depending On item`."""
    return Clause(cover(c), "DEPENDING", c[2].value)


def image_words(c: Children) -> Clause:
    """Words that only describe the layout."""
    return Clause(cover(c), "WORDS", [token.value for token in c])


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        **declaration_actions.ACTIONS,
        **{
            name: action
            for name, action in globals().items()
            if callable(action) and getattr(action, "__module__", "") == __name__ and not name.startswith("_")
        },
    }
)
