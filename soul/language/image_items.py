"""Uses of images: `%image:item`, Prepare, Identify, and the statements of data sets.

Source: m204wiki, Images; Accessing BSAM and VSAM files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from soul.language import nodes as n, problems as p, refused as r
from soul.language.code import Code
from soul.language.context import Context
from soul.language.images import ImageInfo, ItemInfo
from soul.language.problems import nearest
from soul.language.source import Span
from soul.language.types import FLOAT, SoulType

if TYPE_CHECKING:
    from soul.language.expressions import Expressions

_MODES = ("INPUT", "OUTPUT")
_PROMPT = re.compile(r"\bprompt\s+(?:'(?P<text>(?:[^']|'')*)'|(?P<name>%\S+))\s*$", re.I)
READ_ALL = "Read the records one after the other, and keep what is looked for"


class Images:
    """Emits uses of images."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.build = context.build
        self.expressions = expressions

    # Items.

    def item(self, image: ImageInfo, node: n.MethodCall) -> Code:
        """Return the value of `%image:item`, `%image:item(subscripts)`."""
        info = self._find(image, node)
        if info is None:
            return self.expressions.broken()
        subscripts = self._subscripts(image, info, node)
        b = self.build
        b.at(node.at)
        tree = b.method(b.name(image.python), "get", b.constant(node.name), *subscripts)
        return Code(tree, "text", longest=info.length) if info.type == "STRING" else Code(tree, "num")

    def assign(
        self, image: ImageInfo, node: n.MethodCall, at: Span, value: Callable[[SoulType | None], Code]
    ) -> list[ast.stmt]:
        """Return `%image:item = value`."""
        info = self._find(image, node)
        if info is None:
            return []
        wanted = SoulType("string", info.length) if info.type == "STRING" else FLOAT
        tree = self.expressions.convert.to_type(value(wanted), wanted, at)
        subscripts = self._subscripts(image, info, node)
        b = self.build
        b.at(at)
        return [b.do(b.method(b.name(image.python), "set", b.constant(node.name), tree, *subscripts))]

    def _find(self, image: ImageInfo, node: n.MethodCall) -> ItemInfo | None:
        info = image.items.get(node.name)
        if info is None:
            text = f"image {image.name} has no item {node.name}"
            self.context.problems.error(p.NO_METHOD, text, node.at, nearest(node.name, image.items))
        return info

    def _subscripts(self, image: ImageInfo, info: ItemInfo, node: n.MethodCall) -> list[ast.expr]:
        arguments = node.arguments or []
        if len(arguments) != info.rank or any(each.value is None or each.name for each in arguments) or node.groups:
            plural = "" if info.rank == 1 else "s"
            text = f"item {node.name} of image {image.name} needs {info.rank or 'no'} subscript{plural}"
            self.context.problems.error(p.SUBSCRIPTS, text, node.at)
            return [self.build.constant(1.0)] * info.rank
        return [self.expressions.number(each.value) for each in arguments if each.value is not None]

    # Statements.

    def statement(self, node: n.ImageStatement) -> list[ast.stmt]:
        """Return a statement about an image or a data set."""
        action = node.action
        if action in ("PREPARE", "IDENTIFY"):
            return self._activate(node)
        if action in ("READ", "WRITE"):
            return self._transfer(node)
        if action in ("OPEN", "CLOSE"):
            return self._data_set(node)
        refused = self.context.problems.refused
        if action == "POSITION" and (node.target in refused.labels or refused.has_records):
            return self._later("Position", r.RECORDS, node.at)
        text = f"{action.capitalize()} belongs to VSAM data sets: the records of an ordinary file have no keys"
        return self._later(action.capitalize(), r.DATA_SETS, node.at, text, READ_ALL)

    def _later(self, form: str, part: str, at: Span, text: str = "", hint: str = "") -> list[ast.stmt]:
        self.context.problems.refuse(form, part, at, text, hint)
        return []

    def _refuse(self, number: str, text: str, at: Span, hint: str = "") -> list[ast.stmt]:
        self.context.problems.error(number, text, at, hint)
        return []

    def _image(self, node: n.ImageStatement) -> ImageInfo | None:
        image = self.context.scope.images.get(node.target)
        if image is None:
            text = f"there is no image {node.target} in this scope"
            self.context.problems.error(p.NO_IMAGE, text, node.at, nearest(node.target, self.context.scope.images))
        return image

    def _values(self, image: ImageInfo, at: Span) -> ast.expr:
        """Return the %variables that sizes depend on, as a dictionary."""
        keys = [self.build.constant(name) for name in image.variables]
        values = [self.expressions.number(n.Variable(at, name)) for name in image.variables]
        return ast.Dict([*keys], values, **self.build.place)

    def _activate(self, node: n.ImageStatement) -> list[ast.stmt]:
        image = self._image(node)
        if image is None:
            return []
        if node.words:
            return self._refuse(p.MISPLACED, f"{node.action.capitalize()} Image takes a name only", node.at)
        b = self.build
        return [b.do(b.method(b.name(image.python), node.action.lower(), self._values(image, node.at)))]

    def _transfer(self, node: n.ImageStatement) -> list[ast.stmt]:
        image = self._image(node)
        words = node.words
        joiner = ("FROM",) if node.action == "READ" else ("ON", "TO")
        if len(words) > 1 and words[0] in joiner and words[1] == "TERMINAL":
            return self._terminal(node, image)
        if node.action == "READ" and words[2:] == ["NEXT"]:
            words = words[:2]
        if len(words) != 2 or words[0] not in joiner:
            if len(words) > 2 and words[0] in joiner and words[2] in ("KEY", "PREVIOUS"):
                text = (
                    f"{words[2].capitalize()} belongs to VSAM data sets: the records of an ordinary file have no keys"
                )
                return self._later(f"Read Image .. {words[2].capitalize()}", r.DATA_SETS, node.at, text, READ_ALL)
            example = "Read Image name From dataset" if node.action == "READ" else "Write Image name On dataset"
            return self._refuse(p.MISPLACED, f"expected: {example}", node.at)
        if image is None:
            return []
        b = self.build
        name = self._name(words[1], node.at)
        if node.action == "READ":
            return [b.do(b.call("read_image", b.name(image.python), name, self._values(image, node.at)))]
        return [b.do(b.call("write_image", b.name(image.python), name))]

    def _terminal(self, node: n.ImageStatement, image: ImageInfo | None) -> list[ast.stmt]:
        """`Read Image name From Terminal [Prompt text]`, `Write Image name On Terminal`: m204wiki, Images."""
        if image is None:
            return []
        b = self.build
        found = _PROMPT.search(node.text)
        if len(node.words) > 2 and (node.action == "WRITE" or found is None):
            example = "Read Image name From Terminal Prompt 'text'" if node.action == "READ" else "On Terminal"
            return self._refuse(p.MISPLACED, f"expected: {example}", node.at)
        if node.action == "WRITE":
            return [b.do(b.method(b.name("printer"), "print", b.method(b.name(image.python), "text")))]
        prompt: ast.expr = b.constant("")
        if found is not None and found["name"]:
            prompt = self._name(node.words[-1], node.at)
        elif found is not None:
            prompt = b.constant(found["text"].replace("''", "'"))
        return [b.do(b.call("read_terminal", b.name(image.python), prompt, self._values(image, node.at)))]

    def _data_set(self, node: n.ImageStatement) -> list[ast.stmt]:
        b = self.build
        name = self._name(node.target, node.at)
        if node.action == "CLOSE" and not node.words:
            return [b.do(b.call("close_dataset", name))]
        words = node.words
        if node.action == "OPEN" and len(words) == 2 and words[0] == "FOR" and words[1] in _MODES:
            return [b.do(b.call("open_dataset", name, b.constant(words[1])))]
        if node.action == "OPEN" and not words:
            text = "Open of a file belongs to record processing, which is not supported"
            hint = "A data set: Open Dataset name For Input, or For Output"
            return self._later("Open", r.RECORDS, node.at, text, hint)
        example = "Open Dataset name For Input|Output" if node.action == "OPEN" else "Close Dataset name"
        return self._refuse(p.MISPLACED, f"expected: {example}", node.at)

    def _name(self, word: str, at: Span) -> ast.expr:
        """Return the name of a data set: as written, or the value of a %variable."""
        if word.startswith("%"):
            return self.expressions.text(n.Variable(at, word))
        return self.build.constant(word)
