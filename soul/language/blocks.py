"""Statements to blocks: a stack of open blocks, one entry per If, For, Repeat ..., closed by its End line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from soul.language import nodes
from soul.language.complaints import complain
from soul.language.diagnostics import Diagnostic, Severity
from soul.language.logical import LogicalLine
from soul.language.openings import BranchLine, CatchLine, ImageArrayLine, Opening, SuccessLine
from soul.language.source import Span

# Kind of block -> how it is written. The kind is the word after End.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        word.upper(): word
        for word in [
            "If",
            "For",
            "Repeat",
            "Block",
            "Subroutine",
            "Function",
            "Property",
            "Constructor",
            "On",
            "Try",
            "Text",
            "Html",
            "Image",
            "Array",
            "Find",
            "Store",
            "Update",
            "Add",
            "Insert",
            "Screen",
            "Menu",
            "Class",
            "Structure",
            "Enumeration",
            "Public",
            "Private",
            "Get",
            "Set",
            "InternalNames",
        ]
    }
)
END_LINE = re.compile(r"\s*(?:End\s+(?P<kind>[A-Za-z]\w*)|End(?P<joined>If))\b\s*(?P<rest>.*?)\s*$", re.I)

# Blocks whose lines are kept as they are; FIND and STORE end at a labelled statement too.
_RAW = frozenset(
    {
        "FIND",
        "STORE",
        "UPDATE",
        "ADD",
        "INSERT",
        "SCREEN",
        "MENU",
        "PUBLIC",
        "PRIVATE",
        "ENUMERATION",
        "STRUCTURE",
        "INTERNALNAMES",
    }
)
_ENDED_BY_LABEL = frozenset({"FIND", "STORE"})
_FIND_VERBS = frozenset({"FIND", "FD", "FDR", "FDWOL", "FPC"})
_STATEMENT_KINDS: Mapping[type, str] = MappingProxyType(
    {
        nodes.If: "IF",
        nodes.ForCounter: "FOR",
        nodes.Repeat: "REPEAT",
        nodes.Block: "BLOCK",
        nodes.SimpleSubroutine: "SUBROUTINE",
        nodes.OnUnit: "ON",
        nodes.Try: "TRY",
        nodes.Image: "IMAGE",
    }
)
# First words of a line that opens a block, for lines that cannot be parsed.
_OPENING_WORDS = re.compile(
    r"\s*(?:(?P<local>local|declare)\s+)?(?P<word>if|for|repeat|block|subroutine|function|on|try|image|class|structure|"
    r"enumeration|find|store|array)\b",
    re.I,
)


@dataclass(slots=True)
class OpenBlock:
    """An open block: what closes it, where it was opened, and the list that its next statement goes to."""

    kind: str
    node: nodes.Node | None  # None for a line that could not be parsed
    at: Span
    source: str
    body: list[nodes.Statement]
    stage: str = ""  # the branch we are in, where that matters: ELSE, CATCH, SUCCESS
    items: list[nodes.ImageItem | nodes.ImageArray] = field(default_factory=list)
    lines: list[str] | None = None  # where raw lines go


def kind_of(node: nodes.Node) -> str:
    """Return the kind of block that this statement opens, or an empty text."""
    if isinstance(node, nodes.Subroutine | nodes.ClassBlock):
        return node.kind if isinstance(node, nodes.Subroutine) else node.keyword
    if isinstance(node, nodes.RecordStatement):
        return _record_kind(node)
    if isinstance(node, nodes.ScreenStatement):
        return node.keyword if node.keyword in ("SCREEN", "MENU") else ""
    return _STATEMENT_KINDS.get(type(node), "")


def _record_kind(node: nodes.RecordStatement) -> str:
    first, _, _ = node.keyword.partition(" ")
    text = node.text.upper().split()
    if first in ("FOR", "FR", "FRN", "FRV", "FEO", "FAO"):
        return "FOR"
    if first in _FIND_VERBS and "VALUES" not in text[:2]:
        return "FIND"
    if first == "STORE":
        return "STORE"
    if first == "UPDATE" and text[:1] in (["RECORD"], ["FIELDGROUP"]):
        return "UPDATE"
    if first in ("ADD", "INSERT") and text[:1] == ["FIELDGROUP"]:
        return first
    return ""


class BlockBuilder:
    """Nests statements. `body` holds the statements of the outermost level."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.body: list[nodes.Statement] = []
        self._stack: list[OpenBlock] = []
        self._diagnostics = diagnostics
        self._labels: list[nodes.Label] = []
        self._label_source = ""
        self.numbered = False  # statement numbers are in use: they nest the statements, and blocks have no End

    @property
    def top(self) -> OpenBlock | None:
        """The innermost open block."""
        return self._stack[-1] if self._stack else None

    @property
    def is_raw(self) -> bool:
        """Whether the next line belongs unparsed to the open block."""
        return bool(self._stack) and self._stack[-1].lines is not None

    @property
    def in_class(self) -> bool:
        """Whether the next line belongs to a class, also to a method of it."""
        return any(block.kind == "CLASS" for block in self._stack)

    @property
    def in_image(self) -> bool:
        """Whether the next line is an item of an image; not after an Array outside of one, which is an error."""
        kind = self._stack[-1].kind if self._stack else ""
        return kind == "IMAGE" or (kind == "ARRAY" and any(block.kind == "IMAGE" for block in self._stack))

    # Labels.

    def label(self, label: nodes.Label, source: str) -> None:
        """Keep a label for the next statement."""
        self._labels.append(label)
        self._label_source = source

    def ends_by_label(self) -> None:
        """A labelled statement ends an open Find or Store."""
        while self._stack and self._stack[-1].kind in _ENDED_BY_LABEL:
            self._stack.pop()

    # Statements.

    def add(self, node: nodes.Node, line: LogicalLine) -> None:
        """Put a parsed line where it belongs and open the blocks it opens."""
        following: nodes.Node | None = node
        while following is not None:
            following = self._add_one(following, line)

    def _add_one(self, node: nodes.Node, line: LogicalLine) -> nodes.Node | None:
        if isinstance(node, Opening):
            self._statement(node.node, line)
            return node.inner
        if isinstance(node, BranchLine):
            self._branch(node, line)
            return node.inner
        if isinstance(node, SuccessLine):
            self._try_part("SUCCESS", node, None, line)
            return node.inner
        if isinstance(node, CatchLine):
            self._try_part("CATCH", node, node.catch, line)
        elif isinstance(node, nodes.Statement):
            self._statement(node, line)
        return None

    def _statement(self, node: nodes.Statement, line: LogicalLine) -> None:
        if self._labels:
            node.labels = self._labels
            self._labels = []
        if isinstance(node, nodes.SimpleSubroutine):
            if node.labels:
                node.name = node.labels[-1].name
            else:
                self._complain("SOUL.1023", node.at, line)
        (self._stack[-1].body if self._stack else self.body).append(node)
        kind = kind_of(node)
        if kind:
            self.open(kind, node, node.at, line)

    def open(self, kind: str, node: nodes.Node | None, at: Span, line: LogicalLine) -> None:
        """Push a block; `node` None swallows what follows up to its End."""
        body: list[nodes.Statement] = []
        if isinstance(node, nodes.If):
            body = node.branches[0].body
        elif node is not None and hasattr(node, "body"):
            body = node.body
        opened = OpenBlock(kind, node, at, line.source(at), body)
        if kind in _RAW:
            opened.lines = node.lines if node is not None and hasattr(node, "lines") else []
        if isinstance(node, nodes.Image):
            opened.items = node.items
        self._stack.append(opened)

    def open_failed(self, line: LogicalLine, begin: int, at: Span) -> None:
        """After a line that could not be parsed, open the block it meant to open, so its End is no second error."""
        self._labels = []
        found = _OPENING_WORDS.match(line.text, begin)
        if found is None or (found["local"] or "").upper() == "DECLARE":
            return
        self.open(found["word"].upper(), None, line.span(found.start("word"), found.end("word")), line)

    def add_image_line(self, node: nodes.Node, line: LogicalLine) -> None:
        """Put an item or array into the open image."""
        top = self._stack[-1]
        if isinstance(node, ImageArrayLine):
            top.items.append(node.array)
            opened = OpenBlock("ARRAY", node.array, node.at, line.source(node.at), [])
            opened.items = node.array.items
            self._stack.append(opened)
        elif isinstance(node, nodes.ImageItem):
            top.items.append(node)

    def next_image(self, at: Span, line: LogicalLine) -> str:
        """Close the open image for another one in its block; return the name of the block's first image."""
        opened = next(block.node for block in reversed(self._stack) if block.kind == "IMAGE")
        self.close("IMAGE", "", at, line)
        return (opened.block or opened.name) if isinstance(opened, nodes.Image) else ""

    def _branch(self, node: BranchLine, line: LogicalLine) -> None:
        word = "Else" if node.condition is None else "ElseIf"
        top = self._innermost("IF", word, node.at, line)
        if top is None:
            return
        if top.stage == "ELSE":
            self._complain("SOUL.1015", node.at, line, word=word, before="Else", opener="If")
            top.body = []
            return
        top.body = []
        if node.condition is None:
            top.stage = "ELSE"
        if isinstance(top.node, nodes.If):
            if node.condition is None:
                top.node.otherwise = top.body
            else:
                top.node.branches.append(nodes.Branch(node.at, node.condition, top.body))

    def _try_part(self, word: str, node: nodes.Node, catch: nodes.Catch | None, line: LogicalLine) -> None:
        title = word.capitalize()
        top = self._innermost("TRY", title, node.at, line)
        if top is None:
            return
        if top.stage == "SUCCESS":
            self._complain("SOUL.1015", node.at, line, word=title, before="Success", opener="Try")
        top.stage = word
        top.body = []
        if not isinstance(top.node, nodes.Try):
            return
        if catch is not None:
            top.body = catch.body
            top.node.catches.append(catch)
        else:
            top.node.success = top.body

    def failed_branch(self, word: str) -> None:
        """An ElseIf or Catch line could not be parsed: its statements go nowhere, its block stays open."""
        kind = "TRY" if word == "CATCH" else "IF"
        if self._stack and self._stack[-1].kind == kind:
            self._stack[-1].body = []

    def _innermost(self, kind: str, word: str, at: Span, line: LogicalLine) -> OpenBlock | None:
        """Return the open block of this kind, closing (with an error) what is open inside it."""
        opener = TITLES[kind]
        depth = next((i for i, b in enumerate(reversed(self._stack)) if b.kind == kind), None)
        if depth is None:
            self._complain("SOUL.1014", at, line, word=word, opener=opener)
            return None
        if depth:
            self._close_inner(word, depth, at, line)
        return self._stack[-1]

    def _close_inner(self, closer: str, depth: int, at: Span, line: LogicalLine) -> None:
        outer, inner = self._stack[-1 - depth], self._stack[-1]
        self._complain(
            "SOUL.1011",
            at,
            line,
            f"End {TITLES[inner.kind]} is missing before this line",
            closer=closer,
            opener=TITLES[outer.kind],
            opened=outer.at.line,
            inner=TITLES[inner.kind],
            inner_line=inner.at.line,
        )
        del self._stack[len(self._stack) - depth :]

    # End lines.

    def close(self, kind: str, name: str, at: Span, line: LogicalLine) -> None:
        """Obey `End kind [name]`."""
        self.flush_labels(line)
        title = "End " + TITLES[kind]
        depth = next((i for i, block in enumerate(reversed(self._stack)) if block.kind == kind), None)
        if depth is None:
            self._complain("SOUL.1012", at, line, closer=title, opener=TITLES[kind])
            return
        if depth:
            self._close_inner(title, depth, at, line)
        block = self._stack.pop()
        self._check_name(block, title, name, at, line)

    def _check_name(self, block: OpenBlock, title: str, name: str, at: Span, line: LogicalLine) -> None:
        names = [label.name for label in getattr(block.node, "labels", ())]
        own = getattr(block.node, "name", None)
        if isinstance(own, nodes.Name):
            names.append(own.name)
        elif isinstance(own, str) and own:
            names.append(own.split()[0])
        if not name or not names or name in names or block.kind in ("PUBLIC", "PRIVATE", "ON"):
            return
        opener = TITLES[block.kind]
        self._complain(
            "SOUL.1013", at, line, closer=title, found=name, opener=opener, opened=block.at.line, name=names[-1]
        )

    def flush_labels(self, line: LogicalLine | None = None) -> None:
        """Give labels that stand before an End line (or the end of the request) an empty statement to hold on to."""
        if self._labels:
            labels, self._labels = self._labels, []
            empty = nodes.Block(labels[-1].at, None, [], labels=labels)
            (self._stack[-1].body if self._stack else self.body).append(empty)

    def finish(self) -> None:
        """Report every block that is still open."""
        self.flush_labels()
        for block in self._stack:
            if self.numbered:
                break
            title = TITLES[block.kind]
            self._diagnostics.append(complain("SOUL.1010", block.at, block.source, opener=title, closer="End " + title))
        self._stack.clear()

    def _complain(self, number: str, at: Span, line: LogicalLine, hint: str = "", **fields: object) -> None:
        self._diagnostics.append(complain(number, at, line.source(at), hint, Severity.ERROR, **fields))
