"""Numbers and quantities of a text, each in one form: "2%" and "two per cent"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

_ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"mn": 10**6, "mio": 10**6, "bn": 10**9, "tn": 10**12}
_WORDS = "|".join([*_ONES, *_TENS, *_SCALES])
_UNITS = {
    "percent": r"%|per\s?cent\b|percent\b",
    "percentage point": r"percentage[- ]points?\b",
    "dollar": r"(?:us\s?)?\$|dollars?\b|usd\b",
    "euro": r"€|euros?\b|eur\b",
    "pound": r"£|pounds?\b|gbp\b",
    "franc": r"francs?\b|chf\b",
    "crown": r"crowns?\b",
    "yen": r"¥|yen\b",
    "second": r"seconds?\b",
    "minute": r"minutes?\b",
    "hour": r"hours?\b",
    "day": r"days?\b",
    "week": r"weeks?\b",
    "month": r"months?\b",
    "year": r"years?\b",
    "decade": r"decades?\b",
    "metre": r"met(?:re|er)s?\b",
    "kilometre": r"kilomet(?:re|er)s?\b|km\b",
    "mile": r"(?:nautical\s)?miles?\b",
    "kilogram": r"kilograms?\b|kilos?\b|kg\b",
    "tonne": r"tonnes?\b|tons?\b",
    "hectare": r"hectares?\b|ha\b",
    "litre": r"lit(?:re|er)s?\b",
    "degree": r"°|degrees?\b",
}
_UNIT = re.compile("|".join(f"(?P<u{place}>{pattern})" for place, pattern in enumerate(_UNITS.values())), re.IGNORECASE)
_UNIT_NAMES = tuple(_UNITS)
_DIGITS = r"(?<![\w.])(?:\d{1,3}(?:[   ]\d{3})+(?!\d)|\d+(?:[.,'’]\d{3})*(?:[.,]\d+)?)"
_NUMBER = re.compile(
    rf"(?P<digits>{_DIGITS})(?P<ordinal>(?:st|nd|rd|th)\b)?"
    rf"(?:\s?(?P<scale>{'|'.join([*_SCALES, *_SHORT_SCALES])})\b)?"
    rf"|\b(?P<words>(?:{_WORDS})(?:(?:-|\s+|(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+)(?:{_WORDS}))*)\b",
    re.IGNORECASE,
)
_ORDINAL_WORD = re.compile(rf"\b({'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_ORDINAL_VALUES = _ORDINALS | {f"{word[:-1]}ieth": number for word, number in _TENS.items()}
_COUNTED_OFF = re.compile(
    rf"\b(?:(?P<digits>\d{{1,4}})(?:st|nd|rd|th)|(?:(?P<tens>{'|'.join(_TENS)})-)?(?P<word>{'|'.join(_ORDINAL_VALUES)}))"
    r"\s(?P<thing>[^\W\d_]{3,30})",
    re.IGNORECASE,
)
_A_UNIT = re.compile(
    r"\ban?\s+(?=(?:second|minute|hour|day|week|month|year|decade|million|billion|hundred|thousand)\b)"
)
_RANGE = re.compile(r"\A\s*(?:to|and|or|[-–—])\s*", re.IGNORECASE)
_CURRENCY = re.compile(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf))\s?(?=\d)", re.IGNORECASE)
_CURRENCY_BEFORE = re.compile(r"(?:(?P<dollar>\$|\busd)|(?P<euro>€|\beur)|(?P<pound>£|\bgbp)|(?P<franc>\bchf))\s?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its unit, where it has one that is known here; `written` is as the text has it from `start` on."""

    value: Decimal
    unit: str | None
    written: str
    start: int = 0


def quantities(text: str, *, loosely: bool = False) -> list[Quantity]:
    """The numbers of a text with their units, dates left out.

    "One" counts only with a scale or a unit. With `loosely`, as evidence is read, it counts always, as do "ninth" and
    "a week".
    """
    found = _joined_ranges(list(_numbers(_A_UNIT.sub("one ", text) if loosely else text)))
    kept = [quantity for quantity in found if loosely or quantity.unit or quantity.written.casefold() != "one"]
    if loosely:
        kept += [
            Quantity(value=Decimal(_ORDINALS[word.casefold()]), unit=None, written=word)
            for word in _ORDINAL_WORD.findall(text)
        ]
    return kept


def ordinals(text: str) -> list[Quantity]:
    """What a text counts off ("the seventy-eighth session", "the 5th meeting"), with the word for it as its unit."""
    return [
        Quantity(
            value=_ordinal_value(match),
            unit=match["thing"].casefold(),
            written=match[0],
            start=match.start(),
        )
        for match in _COUNTED_OFF.finditer(text)
    ]


def _ordinal_value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return Decimal(match["digits"])
    return Decimal(_TENS.get((match["tens"] or "").casefold(), 0) + _ORDINAL_VALUES[match["word"].casefold()])


def units(text: str) -> set[str]:
    """The units that a text names by themselves, not with a number: "(in crowns)", "share, per cent"."""
    bare = _NUMBER.sub(" 1 ", _CURRENCY.sub(" ", text))
    bare = re.sub(rf" 1 [\s-]{{0,2}}(?:{_UNIT.pattern})", " ", bare, flags=re.IGNORECASE)
    return {_UNIT_NAMES[int(str(match.lastgroup)[1:])] for match in _UNIT.finditer(bare)}


def _numbers(text: str) -> Iterator[Quantity | str]:
    """Quantities in order, and between them the text that separates them."""
    position = 0
    for match in _NUMBER.finditer(text):
        yield text[position : match.start()]
        values = _digits_value(match) if match["digits"] else _words_values(match["words"])
        unit = re.compile(r"[\s-]{0,2}").match(text, match.end())
        named = _UNIT.match(text, unit.end() if unit else match.end())
        before = _CURRENCY_BEFORE.search(text[max(0, match.start() - 4) : match.start()].casefold())
        name = _UNIT_NAMES[int(str(named.lastgroup)[1:])] if named else None
        name = before.lastgroup if before else name
        for value in values[:-1]:
            yield Quantity(value=value, unit=None, written=match[0], start=match.start())
        yield Quantity(value=values[-1], unit=name, written=match[0], start=match.start())
        position = match.end()


def _joined_ranges(parts: "list[Quantity | str]") -> list[Quantity]:
    """The quantities; the first of a range ("five to ten per cent") has the unit of the second."""
    found: list[Quantity] = []
    unit, linked = None, False
    for part in reversed(parts):
        if isinstance(part, str):
            linked = bool(_RANGE.fullmatch(part))
            continue
        if part.unit is None and linked and unit:
            part = replace(part, unit=unit)
        unit = part.unit
        found.append(part)
    return found[::-1]


def _digits_value(match: re.Match[str]) -> list[Decimal]:
    digits = re.sub(r"[   '’]", "", match["digits"])
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        return [Decimal(part) for part in digits.split(".") if part]
    scale = (match["scale"] or "").casefold()
    return [(Decimal(digits) * (_SCALES.get(scale) or _SHORT_SCALES.get(scale) or 1)).normalize()]


def _words_values(words: str) -> list[Decimal]:
    """What number words say: "three hundred thousand" one number, "two three" two."""
    values: list[int] = []
    total, current, last = 0, 0, 0
    for word in re.split(r"[\s-]+", words.casefold()):
        if word == "and":
            continue
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            total, current = (total, current) if word == "hundred" else (total + current, 0)
            last = 100
        else:
            number = _ONES.get(word, _TENS.get(word, 0))
            if last and last < 100 and not (last >= 20 and number < 10):
                values.append(total + current)
                total, current = 0, 0
            current += number
            last = number or 1
    values.append(total + current)
    return [Decimal(value).normalize() for value in values]
