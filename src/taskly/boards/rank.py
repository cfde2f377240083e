"""Ordering keys: short texts that sort byte by byte, with room for another between any two.

A key is a whole number and a fraction, both in base 62. The first letter says how many digits the
number has (`a` one ... `z` twenty-six; `Z` one digit below zero ... `A` twenty-six), so that numbers of
any length sort right, appending counts up and costs no growth, and only inserting again and again
at the same spot makes keys longer.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST = 24
_FIRST = "a0"


def between(low: str | None, high: str | None) -> str:
    """A key strictly between two others; None is the open end. Raises `ValueError` when `low >= high`."""
    if low is not None and high is not None and low >= high:
        msg = f"no key between {low!r} and {high!r}"
        raise ValueError(msg)
    if low is None:
        if high is None:
            return _FIRST
        whole = _whole(high)
        return whole if whole < high else _count_down(whole)
    whole = _whole(low)
    if high is None:
        return _count_up(whole)
    following = _count_up(whole)
    if following < high:
        return following
    rest = high[len(whole) :] if high.startswith(whole) else None
    return whole + _fraction_between(low[len(whole) :], rest)


def many_between(low: str | None, high: str | None, count: int) -> list[str]:
    """`count` ascending keys strictly between two others, spread so that they stay short."""
    if count == 0:
        return []
    if high is None:
        keys: list[str] = []
        for _ in range(count):
            low = between(low, None)
            keys.append(low)
        return keys
    middle = between(low, high)
    left = count // 2
    return [
        *many_between(low, middle, left),
        middle,
        *many_between(middle, high, count - left - 1),
    ]


def _whole(key: str) -> str:
    head = key[0]
    length = ord(head) - ord("a") + 2 if head >= "a" else ord("Z") - ord(head) + 2
    return key[:length]


def _count_up(whole: str) -> str:
    head, digits = whole[0], list(whole[1:])
    for at in reversed(range(len(digits))):
        position = DIGITS.index(digits[at])
        if position + 1 < len(DIGITS):
            digits[at] = DIGITS[position + 1]
            return head + "".join(digits)
        digits[at] = DIGITS[0]
    if head == "Z":
        return _FIRST
    step = chr(ord(head) + 1)
    return step + DIGITS[0] * (len(digits) + (1 if head >= "a" else -1))


def _count_down(whole: str) -> str:
    head, digits = whole[0], list(whole[1:])
    for at in reversed(range(len(digits))):
        position = DIGITS.index(digits[at])
        if position > 0:
            digits[at] = DIGITS[position - 1]
            return head + "".join(digits)
        digits[at] = DIGITS[-1]
    if head == "a":
        return "Z" + DIGITS[-1]
    step = chr(ord(head) - 1)
    return step + DIGITS[-1] * (len(digits) + (-1 if head > "a" else 1))


def _fraction_between(low: str, high: str | None) -> str:
    """A fraction above `low` and below `high` (None is 1) that does not end in the zero digit."""
    made = ""
    at = 0
    while True:
        floor = DIGITS.index(low[at]) if at < len(low) else 0
        ceiling = len(DIGITS) if high is None else DIGITS.index(high[at]) if at < len(high) else 0
        if ceiling - floor > 1:
            return made + DIGITS[(floor + ceiling) // 2]
        made += DIGITS[floor]
        if ceiling > floor:
            high = None
        at += 1
