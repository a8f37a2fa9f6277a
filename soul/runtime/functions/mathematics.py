"""Mathematical $functions: roots, exponentials, logarithms, trigonometry, gamma and error functions.

An argument without a result prints an error message and gives 0. Angles are in radians.
Source: m204wiki, List of mathematical $functions; $Exp or $Exp_e.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from soul.runtime.functions.messages import FAILURE
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("mathematics")

EXP_LIMIT = 174.63  # m204wiki, $Exp or $Exp_e: the largest argument of the mainframe's number format
PAGE = "List of mathematical $functions"


def _one(function: str, compute: Callable[[float], float], thread: Thread, x: float) -> float:
    try:
        result = compute(x)
    except (ValueError, OverflowError, ZeroDivisionError):
        result = math.nan
    if not math.isfinite(result):
        thread.message(FAILURE, function=function, detail=f"NO RESULT FOR ARGUMENT {x:.15g}")
        return 0.0
    return result


def _cotangent(x: float) -> float:
    return 1.0 / math.tan(x)


def _exp(x: float) -> float:
    if x > EXP_LIMIT:
        raise OverflowError
    return math.exp(x)


# name(s), Python function, what it returns, condition on the argument, example argument and result
_TABLE: tuple[tuple[tuple[str, ...], Callable[[float], float], str, str, str, str], ...] = (
    (("$Sqrt",), math.sqrt, "the square root", "0 or more", "16", "4"),
    (("$Exp", "$Exp_e"), _exp, "e to the power x", "at most 174.63", "0", "1"),
    (("$Exp2", "$Exp_2"), lambda x: 2.0**x, "2 to the power x", "any that has a result", "10", "1024"),
    (("$Exp10", "$Exp_10"), lambda x: 10.0**x, "10 to the power x", "any that has a result", "2", "100"),
    (("$Log", "$Log_e"), math.log, "the natural logarithm", "above 0", "1", "0"),
    (("$Log2", "$Log_2"), math.log2, "the logarithm to base 2", "above 0", "1024", "10"),
    (("$Log10", "$Log_10"), math.log10, "the logarithm to base 10", "above 0", "1000", "3"),
    (("$Sin",), math.sin, "the sine", "radians", "0", "0"),
    (("$Cos",), math.cos, "the cosine", "radians", "0", "1"),
    (("$Tan",), math.tan, "the tangent", "radians", "0", "0"),
    (("$Cotan",), _cotangent, "the cotangent", "radians, not 0", "$ArcTan(1)", "1"),
    (("$SinH",), math.sinh, "the hyperbolic sine", "any that has a result", "0", "0"),
    (("$CosH",), math.cosh, "the hyperbolic cosine", "any that has a result", "0", "1"),
    (("$TanH",), math.tanh, "the hyperbolic tangent", "any", "0", "0"),
    (("$ArcSin",), math.asin, "the inverse sine in radians", "-1 to 1", "0", "0"),
    (("$ArcCos",), math.acos, "the inverse cosine in radians", "-1 to 1", "1", "0"),
    (("$ArcTan",), math.atan, "the arctangent in radians", "any", "0", "0"),
    (("$Erf",), math.erf, "the error function", "any", "0", "0"),
    (("$ErfC",), math.erfc, "the complement of the error function", "any", "0", "1"),
    (("$Gamma",), math.gamma, "the gamma function", "not 0 or a negative integer", "5", "24"),
    (("$LGamma",), math.lgamma, "the logarithm of the gamma function", "not 0 or a negative integer", "1", "0"),
)


def _register(
    names: tuple[str, ...], compute: Callable[[float], float], meaning: str, domain: str, argument: str, result: str
) -> None:
    def function(thread: Thread, x: float = 0.0) -> float:
        return _one(names[0], compute, thread, x)

    function.__name__ = names[0][1:].lower()
    function.__doc__ = f"""Return {meaning}.

    Arguments: x, {domain}; default 0.
    Result: {meaning}.
    Errors: an argument without a result prints an error message and gives 0.
    Example: {names[0]}({argument}) -> {result}
    Page: m204wiki, {PAGE}
    """
    FAMILY.function(*names, page=PAGE)(function)


for _row in _TABLE:
    _register(*_row)


@FAMILY.function("$ArcTan2", page=PAGE)
def arctan2(x: float = 0.0, y: float = 0.0) -> float:
    """Return the arctangent of x/y in radians.

    Arguments: x and y; the signs of both choose the quadrant.
    Result: between -pi and pi; 0 when both are 0.
    Example: $ArcTan2(0,1) -> 0
    Page: m204wiki, List of mathematical $functions
    """
    return math.atan2(x, y)


@FAMILY.function("$Pi", page=PAGE)
def pi() -> float:
    """Return the number pi.

    Arguments: none.
    Result: 3.14159265358979.
    Example: $Pi -> 3.14159265358979
    Page: m204wiki, List of mathematical $functions
    """
    return math.pi
