"""The tree of a request: one small class per expression and statement.

Names are folded to upper case here (`%x` is `%X`, `$len` is `$LEN`, labels and methods too); quoted text keeps its
case. Every node knows where it stands: `at`. Names keep their sign: a `Variable` is called `%X`, a function `$LEN`.
Chains of one precedence level are flat (`Arithmetic`, `Concat`, `Logical`), so a generated concatenation of hundreds
of parts stays a shallow tree.

What the parser cannot know is left open and settled by the resolver: `%x(1)` may be an array element or a collection
item, `name` a field, an enumeration value or `New`, `name(1)` a field occurrence or an implied constructor.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from soul.language.expression_nodes import (
    Argument as Argument,
    Arithmetic as Arithmetic,
    BareName as BareName,
    ClassName as ClassName,
    ClassReference as ClassReference,
    Comparison as Comparison,
    Concat as Concat,
    Expr as Expr,
    FieldVariable as FieldVariable,
    FunctionCall as FunctionCall,
    IsInstance as IsInstance,
    IsNull as IsNull,
    IsPresent as IsPresent,
    LabelQuery as LabelQuery,
    Like as Like,
    ListArgument as ListArgument,
    Logical as Logical,
    MethodCall as MethodCall,
    Name as Name,
    NamedCall as NamedCall,
    Node as Node,
    Not as Not,
    NumberLiteral as NumberLiteral,
    SelfReference as SelfReference,
    StringLiteral as StringLiteral,
    Unary as Unary,
    Variable as Variable,
)
from soul.language.record import field

# Types and declarations.


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


class Label(Node):
    """A statement label; `name` is upper case, `written` as in the source."""

    name: str
    written: str


class Statement(Node):
    """A statement. `labels` holds the labels before it (also those alone on lines above it)."""

    labels: list[Label] = field(default_factory=list, kw_only=True)


Body: TypeAlias = "list[Statement]"


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


class VariablesAre(Statement):
    """`Variables Are type`; type UNDEFINED switches implicit declarations off."""

    type: Type


class SiriusCase(Statement):
    """`Sirius Case ToUpper` or `Leave`; `ignored` when COMPOPT says so."""

    mode: Literal["TOUPPER", "LEAVE"]
    ignored: bool = False


class DeclareSubroutine(Statement):
    """`Declare Subroutine name (types)`; its parameters have no names (`""`)."""

    name: Name
    parameters: list[Parameter]


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


class Assignment(Statement):
    """`target = value`. Target: `Variable` (with groups), `MethodCall` (property, image item), `FieldVariable`."""

    target: Expr
    value: Expr


class ExpressionStatement(Statement):
    """A $function or method called for its effect; with `Call` in front too when a method is called."""

    expression: Expr


class Call(Statement):
    """`Call name` (simple subroutine: `arguments` None) or `Call name(..)`."""

    name: Name
    arguments: list[Argument] | None


class Return(Statement):
    """`Return [value]`."""

    value: Expr | None


class Stop(Statement):
    """`Stop`."""


class Pause(Statement):
    """`Pause [seconds]`."""

    seconds: Expr | None


class Jump(Statement):
    """`Jump To label`."""

    label: Name


class ComputedJump(Statement):
    """`Jump To (l1, l2) selector`."""

    targets: list[Name]
    selector: Expr


class LoopNext(Statement):
    """`Loop Next [label]`."""

    label: Name | None


class LoopEnd(Statement):
    """`Loop End [label]`."""

    label: Name | None


class PrintItem(Node):
    """One item of Print. `joiner` says how it follows the item before it (the first has "WITH")."""

    value: Expr
    joiner: Literal["WITH", "AND"]
    start: Expr | None = None  # At [Column] n
    end: Expr | None = None  # To [Column] n


Destination: TypeAlias = Literal["PRINT", "AUDIT", "TRACE"]


class Print(Statement):
    """Print, Audit, Trace. `open_ended` is the trailing `...`: the line is not finished."""

    destination: Destination
    items: list[PrintItem]
    open_ended: bool


class TextLine(Node):
    """Literal text and brace expressions in turn. `{~}` is already replaced by the source of the next expression."""

    parts: list[str | Expr]


class PrintText(Statement):
    """PrintText, AuditText, TraceText and the one-line `Text Print ..`."""

    destination: Destination
    text: TextLine


class SetText(Statement):
    """`SetText target = text`."""

    target: Expr
    text: TextLine


class ReturnText(Statement):
    """`ReturnText text`."""

    text: TextLine


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


class Skip(Statement):
    """`Skip n Lines`."""

    count: Expr


class NewPage(Statement):
    """`New Page`."""


class SetPageLine(Statement):
    """`Set Header n items`, `Set Trailer n items`."""

    kind: Literal["HEADER", "TRAILER"]
    number: int
    items: list[PrintItem]


class Assert(Statement):
    """`Assert condition [, Snap Info i Continue]`."""

    condition: Expr
    info: Expr | None = None  # an unquoted word arrives as a StringLiteral in upper case
    snap: bool = False
    continues: bool = False


class Clear(Statement):
    """`Clear Globals`, `Clear All Objects` ...: the words after Clear, upper case. See `ClearOn` for On units."""

    words: list[str]


class SirFact(Statement):
    """`SirFact On|Off|...`: the rest of the line, upper case."""

    words: list[str]


class Throw(Statement):
    """`Throw exception`."""

    value: Expr


class Rethrow(Statement):
    """`Rethrow`."""


class ClearOn(Statement):
    """`Clear On condition`."""

    condition: str


class UnitExit(Statement):
    """How an On unit is left: Bypass, Bounce, Continue, Retry."""

    action: Literal["BYPASS", "BOUNCE", "CONTINUE", "RETRY"]


# Blocks.


class Branch(Node):
    """If or ElseIf with its block."""

    condition: Expr
    body: Body


class If(Statement):
    """`If` with all its ElseIf branches; `otherwise` is None without Else."""

    branches: list[Branch]
    otherwise: Body | None


class ForCounter(Statement):
    """`For %v From start To stop [By step]`."""

    variable: Expr
    start: Expr
    stop: Expr
    step: Expr | None
    body: Body


class Repeat(Statement):
    """Repeat; `value` is the number of passes for TIMES, the condition for WHILE and UNTIL."""

    kind: Literal["FOREVER", "TIMES", "WHILE", "UNTIL"]
    value: Expr | None
    body: Body


class Block(Statement):
    """`Block [label]`."""

    name: Name | None
    body: Body


class SimpleSubroutine(Statement):
    """`name: Subroutine`: shares everything with the code around it. Its name is the (last) label."""

    name: str
    body: Body


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


class OnUnit(Statement):
    """`On condition`; the condition is upper case: ERROR, ATTENTION, FIND CONFLICT ..."""

    condition: str
    body: Body


class Catch(Node):
    """`Catch class [To %x]`."""

    class_name: ClassName
    target: Expr | None
    body: Body


class Try(Statement):
    """Try with its Catch blocks and Success block (None when there is none)."""

    body: Body
    catches: list[Catch]
    success: Body | None


# Images.


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


class ImageArray(Node):
    """`Array [name] Occurs n|Unknown [Depending On x] [After x | At n]`, until the matching End Array."""

    name: str
    occurs: int | None  # None: Unknown
    depending_on: str = ""
    after: str = ""
    position: int | str | None = None
    items: list[ImageItem | ImageArray] = field(default_factory=list)


class Image(Statement):
    """`Image name [clauses]` until End Image. `clauses` holds the words after the name, upper case.

    `block` names the image that begins the block, when this is an additional one.
    """

    name: str
    clauses: list[str]
    items: list[ImageItem | ImageArray]
    block: str = ""


class ImageStatement(Statement):
    """Prepare, Identify, Read, Write, Release, Position with an image; Open and Close of a data set.

    `target` names the image (or the data set for Open / Close); `words` is the rest of the line, upper case, and `text`
    the whole of it as written.
    """

    action: Literal["PREPARE", "IDENTIFY", "READ", "WRITE", "RELEASE", "POSITION", "OPEN", "CLOSE"]
    target: str
    words: list[str]
    text: str = ""


# Statements that parse, and that the resolver refuses or hands on.


class RecordStatement(Statement):
    """A statement of record processing: `keyword` names it (FIND, FOR EACH RECORD, STORE RECORD, ADD ...).

    `text` is the rest of the line as written. Loops keep their statements in `body`; condition and field lines of
    Find and Store stay in `lines`.
    """

    keyword: str
    text: str
    body: Body = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class ScreenStatement(Statement):
    """A statement of screens and menus, or their definition."""

    keyword: str
    text: str
    lines: list[str] = field(default_factory=list)


class ClassBlock(Statement):
    """`Class name`, `Structure name`, `Enumeration name`, and the blocks inside them: PUBLIC, PRIVATE, GET, SET.

    `body` holds method definitions, nested sections, and the statements of Get and Set; `lines` the member
    declarations of a section as written.
    """

    keyword: str
    name: str
    body: Body = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
