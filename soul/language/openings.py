"""Lines that are no statement by themselves: what the grammar hands to the block builder."""

from __future__ import annotations

from soul.language import nodes
from soul.language.lexer import Token


class Opening(nodes.Node):
    """A block opened with its first statement on the same line: `If c Then stop`, `Try call x`."""

    node: nodes.Statement
    inner: nodes.Node | None


class BranchLine(nodes.Node):
    """ElseIf (with a condition) or Else (without)."""

    condition: nodes.Expr | None
    inner: nodes.Node | None


class CatchLine(nodes.Node):
    """`Catch class [To %x]`."""

    catch: nodes.Catch


class SuccessLine(nodes.Node):
    """`Success [statement]`."""

    inner: nodes.Node | None


class TextLine(nodes.Node):
    """PrintText and its like, Text and Html: `rest` is still to be cut into literal text and expressions."""

    keyword: str
    rest: Token
    target: nodes.Expr | None = None


class IncludeLine(nodes.Node):
    """`Include ..`, or `In ..` which may turn out to be one."""

    rest: Token
    has_context: bool


class ImageArrayLine(nodes.Node):
    """`Array ..` inside an image."""

    array: nodes.ImageArray
