"""Runs of lines that are always the same, such as the HTML of a page, printed by one call."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def in_runs(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Return emitted statements with neighbours that print a constant text each joined into one.

    `printer.print('a')` and `printer.print('b')` become `printer.lines(('a', 'b'))`, at the place of the first.
    """
    found: list[ast.stmt] = []
    run: ast.Tuple | None = None  # the texts of the run that `found` ends with
    printer = ""  # that of the print that `found` ends with; '' when it ends with anything else
    for statement in statements:
        call = _constant_print(statement)
        if call is None:
            run, printer = None, ""
            found.append(statement)
            continue
        function, text = call.func, call.args[0]
        assert isinstance(function, ast.Attribute)
        assert isinstance(function.value, ast.Name)
        if function.value.id != printer:
            run, printer = None, function.value.id
            found.append(statement)
        elif run is not None:
            run.elts.append(text)
        else:
            first = found[-1]
            assert isinstance(first, ast.Expr)
            assert isinstance(first.value, ast.Call)
            assert isinstance(first.value.func, ast.Attribute)
            run = ast.copy_location(ast.Tuple([first.value.args[0], text], ast.Load()), first.value)
            first.value.func.attr = "lines"
            first.value.args = [run]
    return found


def _constant_print(statement: ast.stmt) -> ast.Call | None:
    """Return the call of a statement that prints one constant text and nothing else."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != "print" or not isinstance(function.value, ast.Name):
        return None
    return call if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) else None
