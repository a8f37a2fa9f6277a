"""The tree of a request: one small class per expression and statement.

Names are folded to upper case here (`%x` is `%X`, `$len` is `$LEN`, labels and methods too); quoted text keeps its
case. Every node knows where it stands: `at`. Names keep their sign: a `Variable` is called `%X`, a function `$LEN`.
Chains of one precedence level are flat (`Arithmetic`, `Concat`, `Logical`), so a generated concatenation of hundreds
of parts stays a shallow tree.

What the parser cannot know is left open and settled by the resolver: `%x(1)` may be an array element or a collection
item, `name` a field, an enumeration value or `New`, `name(1)` a field occurrence or an implied constructor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from soul.language.source import Span


@dataclass(slots=True)
class Node:
    """Anything with a place in the source."""

    at: Span


@dataclass(slots=True)
class Expr(Node):
    """An expression."""


# Parts that are neither expression nor statement.


@dataclass(slots=True)
class Name(Node):
    """A name that is not a value: a label, a subroutine, an image. `name` is upper case."""

    name: str


@dataclass(slots=True)
class ClassName(Node):
    """A class as written in `%(Stringlist):New` or `Is Object Stringlist`: upper case, one blank between words."""

    name: str


@dataclass(slots=True)
class Argument(Node):
    """One argument of a call or one subscript. `value` is None when left out; `name` is set in `name=value`."""

    value: Expr | None
    name: str | None = None


# Expressions.


@dataclass(slots=True)
class StringLiteral(Expr):
    """Quoted text; doubled quotes are already single."""

    value: str


@dataclass(slots=True)
class NumberLiteral(Expr):
    """A number as written, with its sign when one stood directly before it: `-.5`, `1.5E3`."""

    text: str


@dataclass(slots=True)
class Variable(Expr):
    """`%X`, `%X(1)`, `%X(1)(2)`: `groups` holds one list of arguments for each pair of parentheses."""

    name: str
    groups: list[list[Argument]] = field(default_factory=list)


@dataclass(slots=True)
class FieldVariable(Expr):
    """`%%X`, the field whose name is the value of `%X`. `name` is `%X`."""

    name: str
    groups: list[list[Argument]] = field(default_factory=list)


@dataclass(slots=True)
class FunctionCall(Expr):
    """`$LEN(..)`; `arguments` is None when there were no parentheses."""

    name: str
    arguments: list[Argument] | None


@dataclass(slots=True)
class MethodCall(Expr):
    """`target:name(..)`, also `%image:item` and `%obj:property`; `qualifier` is the `(class)` before the name.

    `groups` holds further parentheses: `%x:item(1)(2)`.
    """

    target: Expr
    name: str
    arguments: list[Argument] | None
    qualifier: ClassName | None = None
    groups: list[list[Argument]] = field(default_factory=list)


@dataclass(slots=True)
class ClassReference(Expr):
    """`%(class)`, the target of shared methods and constructors: `%(Stringlist):New`, `%(Local):name(..)`."""

    class_name: ClassName


@dataclass(slots=True)
class BareName(Expr):
    """One or more words that are no keyword: a field, an enumeration value, `True`, `New`, a method value."""

    name: str


@dataclass(slots=True)
class NamedCall(Expr):
    """`name(..)`: an implied constructor, `New(..)`, a field occurrence."""

    name: str
    arguments: list[Argument]


@dataclass(slots=True)
class Unary(Expr):
    """A sign before an operand that is no number literal."""

    operator: Literal["+", "-"]
    operand: Expr


@dataclass(slots=True)
class Arithmetic(Expr):
    """A chain of one precedence level, left to right: `first`, then (`+`, operand), (`-`, operand) or (`*` ...)."""

    first: Expr
    rest: list[tuple[str, Expr]]


@dataclass(slots=True)
class Concat(Expr):
    """Two or more parts joined by With, written or implied."""

    parts: list[Expr]


@dataclass(slots=True)
class Comparison(Expr):
    """`left operator right`; every spelling is reduced to one of six."""

    operator: Literal["=", "!=", ">", ">=", "<", "<="]
    left: Expr
    right: Expr


@dataclass(slots=True)
class Like(Expr):
    """`subject [Is] [Not] Like pattern`."""

    subject: Expr
    pattern: Expr
    negated: bool


@dataclass(slots=True)
class IsPresent(Expr):
    """`subject Is [Not] Present`."""

    subject: Expr
    negated: bool


@dataclass(slots=True)
class IsNull(Expr):
    """`subject Is [Not] Null`."""

    subject: Expr
    negated: bool


@dataclass(slots=True)
class IsInstance(Expr):
    """`subject Is Instance Of class`."""

    subject: Expr
    class_name: ClassName


@dataclass(slots=True)
class Logical(Expr):
    """A flat chain of one operator. A mixed Or/Nor chain nests only where the operator changes.

    A Nor chain is folded from the left: `a Nor b Nor c` is (a Nor b) Nor c.
    """

    operator: Literal["AND", "OR", "NOR"]
    operands: list[Expr]


@dataclass(slots=True)
class Not(Expr):
    """`Not operand`."""

    operand: Expr


@dataclass(slots=True)
class LabelQuery(Expr):
    """`Count In label`, `Value In label`, `Occurrence In label`."""

    query: Literal["COUNT", "VALUE", "OCCURRENCE"]
    label: Name


@dataclass(slots=True)
class SelfReference(Expr):
    """`@` on the right of an assignment: the target's value before it."""


@dataclass(slots=True)
class ListArgument(Expr):
    """`List name` as an argument of Call."""

    name: str


# Types and declarations.


@dataclass(slots=True)
class Type(Node):
    """A declared type.

    `name` is FLOAT, FIXED, STRING, LONGSTRING, UNICODE, BOOLEAN, ENUMERATION, OBJECT, STRUCTURE, COLLECTION,
    UNDEFINED, or in images BINARY, PACKED, ZONED, EXPONENTIAL. `length` is Len n; `decimals` is Dp n (`"*"` is Dp *).
    `class_name` is the class of an object or enumeration, or the collection class (`ARRAYLIST`); `of` the type of
    its items.
    """

    name: str
    length: int | None = None
    decimals: int | Literal["*"] | None = None
    class_name: str = ""
    of: Type | None = None


@dataclass(slots=True)
class Label(Node):
    """A statement label; `name` is upper case, `written` as in the source."""

    name: str
    written: str


@dataclass(slots=True)
class Statement(Node):
    """A statement. `labels` holds the labels before it (also those alone on lines above it)."""

    labels: list[Label] = field(default_factory=list, kw_only=True)


Body: TypeAlias = "list[Statement]"


@dataclass(slots=True)
class Declaration(Statement):
    """`[Declare] %x [Is] type clauses`. `array` holds the bounds (None for `*`), or is None for a scalar.

    `options` holds AUTO (Auto New), GLOBAL, SESSION, READONLY when given.
    """

    name: str
    type: Type
    array: list[int | None] | None = None
    initial: Expr | None = None
    static: bool = False
    common: bool = False
    field_save: bool = True
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class VariablesAre(Statement):
    """`Variables Are type`; type UNDEFINED switches implicit declarations off."""

    type: Type


@dataclass(slots=True)
class SiriusCase(Statement):
    """`Sirius Case ToUpper` or `Leave`."""

    mode: Literal["TOUPPER", "LEAVE"]


@dataclass(slots=True)
class DeclareSubroutine(Statement):
    """`Declare Subroutine name (types)`; its parameters have no names (`""`)."""

    name: Name
    parameters: list[Parameter]


@dataclass(slots=True)
class Parameter(Node):
    """A parameter of a complex subroutine or method.

    `rank` is the number of asterisks in Array(*,..), 0 for a scalar. `mode` is INPUT when not written. A List
    parameter has `is_list` and the list's name in `name`; `source` is its In File / In Group name.
    `named` is ALLOWED or REQUIRED for NameAllowed, NameRequired.
    """

    name: str
    type: Type
    rank: int = 0
    mode: Literal["INPUT", "OUTPUT"] = "INPUT"
    copy: bool = False
    optional: bool = False
    default: Expr | None = None
    named: Literal["", "ALLOWED", "REQUIRED"] = ""
    is_list: bool = False
    source: str = ""


# Plain statements.


@dataclass(slots=True)
class Assignment(Statement):
    """`target = value`. Target: `Variable` (with groups), `MethodCall` (property, image item), `FieldVariable`."""

    target: Expr
    value: Expr


@dataclass(slots=True)
class ExpressionStatement(Statement):
    """A $function or method called for its effect; with `Call` in front too when a method is called."""

    expression: Expr


@dataclass(slots=True)
class Call(Statement):
    """`Call name` (simple subroutine: `arguments` None) or `Call name(..)`."""

    name: Name
    arguments: list[Argument] | None


@dataclass(slots=True)
class Return(Statement):
    """`Return [value]`."""

    value: Expr | None


@dataclass(slots=True)
class Stop(Statement):
    """`Stop`."""


@dataclass(slots=True)
class Pause(Statement):
    """`Pause [seconds]`."""

    seconds: Expr | None


@dataclass(slots=True)
class Jump(Statement):
    """`Jump To label`."""

    label: Name


@dataclass(slots=True)
class ComputedJump(Statement):
    """`Jump To (l1, l2) selector`."""

    targets: list[Name]
    selector: Expr


@dataclass(slots=True)
class LoopNext(Statement):
    """`Loop Next [label]`."""

    label: Name | None


@dataclass(slots=True)
class LoopEnd(Statement):
    """`Loop End [label]`."""

    label: Name | None


@dataclass(slots=True)
class PrintItem(Node):
    """One item of Print. `joiner` says how it follows the item before it (the first has "WITH")."""

    value: Expr
    joiner: Literal["WITH", "AND"]
    start: Expr | None = None  # At [Column] n
    end: Expr | None = None  # To [Column] n


Destination: TypeAlias = Literal["PRINT", "AUDIT", "TRACE"]


@dataclass(slots=True)
class Print(Statement):
    """Print, Audit, Trace. `open_ended` is the trailing `...`: the line is not finished."""

    destination: Destination
    items: list[PrintItem]
    open_ended: bool


@dataclass(slots=True)
class TextLine(Node):
    """Literal text and brace expressions in turn. `{~}` is already replaced by the source of the next expression."""

    parts: list[str | Expr]


@dataclass(slots=True)
class PrintText(Statement):
    """PrintText, AuditText, TraceText and the one-line `Text Print ..`."""

    destination: Destination
    text: TextLine


@dataclass(slots=True)
class SetText(Statement):
    """`SetText target = text`."""

    target: Expr
    text: TextLine


@dataclass(slots=True)
class ReturnText(Statement):
    """`ReturnText text`."""

    text: TextLine


@dataclass(slots=True)
class TextBlock(Statement):
    """`Text` or `Html` with its lines.

    `target` is the Stringlist of `To`; then `destination` is "TO". `encode` None means: as usual for this kind.
    """

    kind: Literal["TEXT", "HTML"]
    destination: Literal["PRINT", "AUDIT", "TRACE", "TO"]
    target: Expr | None
    encode: bool | None
    options: list[str]  # further option words, upper case: RAW, DATA ...
    lines: list[TextLine]


@dataclass(slots=True)
class Skip(Statement):
    """`Skip n Lines`."""

    count: Expr


@dataclass(slots=True)
class NewPage(Statement):
    """`New Page`."""


@dataclass(slots=True)
class SetPageLine(Statement):
    """`Set Header n items`, `Set Trailer n items`."""

    kind: Literal["HEADER", "TRAILER"]
    number: int
    items: list[PrintItem]


@dataclass(slots=True)
class Assert(Statement):
    """`Assert condition [, Snap Info i Continue]`."""

    condition: Expr
    info: Expr | None = None  # an unquoted word arrives as a StringLiteral in upper case
    snap: bool = False
    continues: bool = False


@dataclass(slots=True)
class Clear(Statement):
    """`Clear Globals`, `Clear All Objects` ...: the words after Clear, upper case. See `ClearOn` for On units."""

    words: list[str]


@dataclass(slots=True)
class SirFact(Statement):
    """`SirFact On|Off|...`: the rest of the line, upper case."""

    words: list[str]


@dataclass(slots=True)
class Throw(Statement):
    """`Throw exception`."""

    value: Expr


@dataclass(slots=True)
class Rethrow(Statement):
    """`Rethrow`."""


@dataclass(slots=True)
class ClearOn(Statement):
    """`Clear On condition`."""

    condition: str


@dataclass(slots=True)
class UnitExit(Statement):
    """How an On unit is left: Bypass, Bounce, Continue, Retry."""

    action: Literal["BYPASS", "BOUNCE", "CONTINUE", "RETRY"]


# Blocks.


@dataclass(slots=True)
class Branch(Node):
    """If or ElseIf with its block."""

    condition: Expr
    body: Body


@dataclass(slots=True)
class If(Statement):
    """`If` with all its ElseIf branches; `otherwise` is None without Else."""

    branches: list[Branch]
    otherwise: Body | None


@dataclass(slots=True)
class ForCounter(Statement):
    """`For %v From start To stop [By step]`."""

    variable: Expr
    start: Expr
    stop: Expr
    step: Expr | None
    body: Body


@dataclass(slots=True)
class Repeat(Statement):
    """Repeat; `value` is the number of passes for TIMES, the condition for WHILE and UNTIL."""

    kind: Literal["FOREVER", "TIMES", "WHILE", "UNTIL"]
    value: Expr | None
    body: Body


@dataclass(slots=True)
class Block(Statement):
    """`Block [label]`."""

    name: Name | None
    body: Body


@dataclass(slots=True)
class SimpleSubroutine(Statement):
    """`name: Subroutine`: shares everything with the code around it. Its name is the (last) label."""

    name: str
    body: Body


@dataclass(slots=True)
class Subroutine(Statement):
    """A complex subroutine, a Local Subroutine or a Local Function, or (by `kind`) a method of a class.

    `local` for Local ones, `on_class` the class before the colon, `result` the type a function returns.
    """

    name: Name
    parameters: list[Parameter]
    body: Body
    local: bool = False
    on_class: ClassName | None = None
    result: Type | None = None
    kind: Literal["SUBROUTINE", "FUNCTION", "PROPERTY", "CONSTRUCTOR"] = "SUBROUTINE"


@dataclass(slots=True)
class OnUnit(Statement):
    """`On condition`; the condition is upper case: ERROR, ATTENTION, FIND CONFLICT ..."""

    condition: str
    body: Body


@dataclass(slots=True)
class Catch(Node):
    """`Catch class [To %x]`."""

    class_name: ClassName
    target: Expr | None
    body: Body


@dataclass(slots=True)
class Try(Statement):
    """Try with its Catch blocks and Success block (None when there is none)."""

    body: Body
    catches: list[Catch]
    success: Body | None


# Images.


@dataclass(slots=True)
class ImageItem(Node):
    """`name Is type clauses` inside an image. Sizes are numbers, or the name of an item or %variable.

    `length_item` is the item that holds the length (`Len item`); `end` is `To n`; `clauses` holds further words
    (Justify, Pad ...), upper case, with quoted text as written.
    """

    name: str
    type: Type
    occurs: int | str | None = None
    depending_on: str = ""
    length_item: str = ""
    initial: Expr | None = None
    after: str = ""
    position: int | str | None = None  # At n, At item
    end: int | None = None
    clauses: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ImageArray(Node):
    """`Array [name] Occurs n|Unknown [Depending On x] [After x | At n]`, until the matching End Array."""

    name: str
    occurs: int | None  # None: Unknown
    depending_on: str = ""
    after: str = ""
    position: int | str | None = None
    items: list[ImageItem | ImageArray] = field(default_factory=list)


@dataclass(slots=True)
class Image(Statement):
    """`Image name [clauses]` until End Image. `clauses` holds the words after the name, upper case."""

    name: str
    clauses: list[str]
    items: list[ImageItem | ImageArray]


@dataclass(slots=True)
class ImageStatement(Statement):
    """Prepare, Identify, Read, Write, Release, Position with an image; Open and Close of a data set.

    `target` names the image (or the data set for Open / Close); `words` is the rest of the line, upper case.
    """

    action: Literal["PREPARE", "IDENTIFY", "READ", "WRITE", "RELEASE", "POSITION", "OPEN", "CLOSE"]
    target: str
    words: list[str]


# Statements that parse, and that the resolver refuses or hands on.


@dataclass(slots=True)
class RecordStatement(Statement):
    """A statement of record processing: `keyword` names it (FIND, FOR EACH RECORD, STORE RECORD, ADD ...).

    `text` is the rest of the line as written. Loops keep their statements in `body`; condition and field lines of
    Find and Store stay in `lines`.
    """

    keyword: str
    text: str
    body: Body = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ScreenStatement(Statement):
    """A statement of screens and menus, or their definition."""

    keyword: str
    text: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ClassBlock(Statement):
    """`Class name`, `Structure name`, `Enumeration name`, and the blocks inside them: PUBLIC, PRIVATE, GET, SET.

    `body` holds method definitions, nested sections, and the statements of Get and Set; `lines` the member
    declarations of a section as written.
    """

    keyword: str
    name: str
    body: Body = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
