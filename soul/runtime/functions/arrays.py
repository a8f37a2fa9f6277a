"""Array $functions.

Source: m204wiki, $ArrSize; $Arr_Find; $Arr_Init; $Arr_Max; $Arr_Min.
"""

from __future__ import annotations

from soul.runtime import compare, numbers
from soul.runtime.functions.messages import INVALID_ARGUMENT
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Array, Value

FAMILY = Family("arrays")


@FAMILY.function("$ArrSize", page="$ArrSize")
def arrsize(thread: Thread, array: Array, dimension: int = 1) -> int:
    """Return the number of elements in a dimension of an array.

    Arguments: array; dimension, 1 to 3, default 1.
    Result: the declared bound.
    Errors: a dimension the array does not have gives a counting error and 0.
    Example:
        %a is float array(3, 5)
        Print $ArrSize(%a) ' ' $ArrSize(%a, 2)
    Prints:
        3 5
    Page: m204wiki, $ArrSize
    """
    if 1 <= dimension <= len(array.bounds):
        return array.bounds[dimension - 1]
    thread.message(INVALID_ARGUMENT, function="$ArrSize", detail=f"DIMENSION {dimension} OF {len(array.bounds)}")
    return 0


@FAMILY.function("$Arr_Find", page="$Arr_Find")
def arr_find(array: Array, value: Value, start: int = 1) -> int:
    """Return the index of a value in an array.

    Arguments: array; value; start, the index where to begin, default 1.
    Result: the index of the first equal element, counted through all dimensions in row order; 0 when there is none.
    Example:
        %crew is string len 10 array(3)
        %crew(2) = 'AHAB'
        Print $Arr_Find(%crew, 'AHAB') ' ' $Arr_Find(%crew, 'AHAB', 3)
    Prints:
        2 0
    Page: m204wiki, $Arr_Find
    """
    elements = enumerate(array.items[max(start, 1) - 1 :], max(start, 1))
    return next((index for index, element in elements if compare.equal(element, value)), 0)


@FAMILY.function("$Arr_Init", page="$Arr_Init")
def arr_init(array: Array, value: Value | None = None) -> int:
    """Set every element of an array.

    Arguments: array; value, default 0 for numbers and null for strings.
    Result: the number of elements.
    Example:
        %a is float array(4)
        Print $Arr_Init(%a, 7) ' ' %a(4)
    Prints:
        4 7
    Page: m204wiki, $Arr_Init
    """
    numeric = bool(array.items) and isinstance(array.items[0], float)
    new: Value
    if numeric:
        new = 0.0 if value is None else numbers.number(value)
    else:
        new = "" if value is None else value if isinstance(value, str) else numbers.text(value)
    array.items[:] = [new] * len(array.items)
    return len(array.items)


@FAMILY.function("$Arr_Max", page="$Arr_Max")
def arr_max(array: Array) -> float:
    """Return the largest element of an array, as a number.

    Arguments: array; elements that are not numbers count as 0.
    Result: 0 for an array without elements.
    Example:
        %a is float array(3)
        %a(1) = 5
        %a(2) = -2
        Print $Arr_Max(%a)
    Prints:
        5
    Page: m204wiki, $Arr_Max
    """
    return max(map(numbers.number, array.items), default=0.0)


@FAMILY.function("$Arr_Min", page="$Arr_Min")
def arr_min(array: Array) -> float:
    """Return the smallest element of an array, as a number.

    Arguments: array; elements that are not numbers count as 0.
    Result: 0 for an array without elements.
    Example:
        %a is float array(3)
        %a(1) = 5
        %a(2) = -2
        Print $Arr_Min(%a)
    Prints:
        -2
    Page: m204wiki, $Arr_Min
    """
    return min(map(numbers.number, array.items), default=0.0)
