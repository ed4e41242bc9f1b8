"""Roman numerals, both ways."""

_LETTERS = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
            (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LONGEST = 15
_TOO_MANY = 5000


def roman(count: int) -> str:
    """A number in Roman letters, in lower case; in figures where it is larger than any that is so written."""
    if count >= _TOO_MANY:
        return str(count)
    written = ""
    for value, letters in _LETTERS:
        written += letters * (count // value)
        count %= value
    return written


def count_of(numeral: str) -> int:
    """The number that Roman letters of one case write; 0 where they write none as it is done."""
    left, count = numeral.lower(), 0
    if len(numeral) > _LONGEST or numeral not in (left, numeral.upper()):
        return 0
    for value, letters in _LETTERS:
        while left.startswith(letters):
            left, count = left[len(letters) :], count + value
    return count if not left and roman(count) == numeral.lower() else 0
