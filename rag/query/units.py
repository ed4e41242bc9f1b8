"""The units questions count in ("How many tonnes ..."), each with its spellings."""

import re

_UNITS = (
    ("tonne", "tonnes", "ton", "tons", "t", "metric tons"),
    ("kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kg"),
    ("gram", "grams", "gramme", "grammes", "g"),
    ("hectare", "hectares", "ha"),
    ("acre", "acres"),
    ("kilometre", "kilometres", "kilometer", "kilometers", "km"),
    ("mile", "miles"),
    ("metre", "metres", "meter", "meters", "m"),
    ("litre", "litres", "liter", "liters", "l"),
    ("barrel", "barrels"),
    ("dollar", "dollars", "$", "usd"),
    ("euro", "euros", "€", "eur"),
    ("pound", "pounds", "£", "gbp"),
    ("per cent", "percent", "%", "percentage points"),
)
_UNIT = "|".join(re.escape(spelling) for unit in _UNITS for spelling in unit)
_COUNTED_IN = re.compile(rf"\bhow many (?:(?:million|billion|thousand|metric)s? )?(?P<unit>{_UNIT})\b", re.IGNORECASE)


# "How many learning centres does the union run?": the things stand before the verb or what they are part of.
_THINGS = re.compile(
    r"\bhow many (?P<things>(?:[\w'’-]{1,30} ){0,3}?[\w'’-]{1,30})(?= (?:did|do|does|are|is|was|were|have|has|had|will|"
    r"would|can|could|should|must|may|might|in|on|of|at|to|for|from|by|with|against|that|which|who)\b|\W*\Z|[,;:?])",
    re.IGNORECASE,
)


def things_counted(question: str) -> str | None:
    """What a question asks the number of, as written ("learning centres"); None where it asks for no number so."""
    asked = _THINGS.search(question)
    return asked["things"] if asked else None


def counted_in(question: str) -> str | None:
    """The unit a question counts in, as written; None where it names none."""
    asked = _COUNTED_IN.search(question)
    return asked["unit"] if asked else None


def spellings_of(unit: str) -> tuple[str, ...]:
    """All spellings of a unit, its own among them."""
    return next(spellings for spellings in _UNITS if unit.casefold() in spellings)
