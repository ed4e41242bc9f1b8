"""Numbers as spreadsheets show them: 0.125 as "12.5%", 1234.5 as "€1,234.50".

Source: ECMA-376 part 1, section 18.8.31 (number formats), without fractions, exponents and conditions: there the number
stands as it is.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]{0,255})"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]{0,20})[^\]]{0,20}\]|\[[^\]]{0,40}\]'
    r"|(?P<digits>[#0?][#0?,]*+(?:\.[#0?]*+)?,*+|\.[#0?]++)|(?P<other>.)",
    re.DOTALL,
)
_LONGEST_CODE = 255  # the standard's own limit
_MOST_DECIMALS = 10
_TOO_LARGE = 10**15  # beyond, a spreadsheet's numbers have lost their last digits


def shown(number: str, code: str) -> str:
    """A number as a format shows it; as it is where the format is of a kind not read here."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    if not value.is_finite():
        return number
    sections = _sections(code[:_LONGEST_CODE])
    section, value = _section_for(value, sections)
    if _is_other_kind(section):
        return number
    tokens = list(_TOKEN.finditer(section))
    numeric = [token["digits"] for token in tokens if token["digits"]]
    if len(numeric) > 1 or not abs(value) < _TOO_LARGE:
        return number
    if any(token["other"] == "%" for token in tokens):
        value *= 100
    text = "".join(_literal(token) if not token["digits"] else _digits(abs(value), token["digits"]) for token in tokens)
    return (f"-{text}" if value < 0 else text).strip() or number


def _sections(code: str) -> list[str]:
    """The parts of a format for positive numbers, negative ones, zero and texts."""
    sections = [""]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            sections.append("")
        else:
            sections[-1] += token[0]
    return sections


def _section_for(value: Decimal, sections: list[str]) -> tuple[str, Decimal]:
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _is_other_kind(section: str) -> bool:
    """Whether a section is general, a date, a fraction, has an exponent or a condition."""
    bare = re.sub(r'"[^"]{0,255}"|\\.|\[\$[^\]]{0,40}\]|\[[A-Za-z]{3,10}\d{0,2}\]|_.|\*.', "", section)
    return not section.strip() or bool(re.search(r"General|[@/]|[dmyhs]|E[+-]|\[[<>=]", bare, re.IGNORECASE))


def _literal(token: re.Match[str]) -> str:
    return token["quoted"] or token["escaped"] or token["currency"] or (token["other"] or "")


def _digits(value: Decimal, pattern: str) -> str:
    scale = len(pattern) - len(pattern.rstrip(","))
    whole, _, decimals = pattern.rstrip(",").partition(".")
    places = min(len(decimals), _MOST_DECIMALS)
    rounded = (value / 1000**scale).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    before, point, after = text.partition(".")
    least = decimals.count("0")
    while len(after) > least and after.endswith("0"):
        after = after[:-1]
    least_whole = whole.count("0")
    before = before.rjust(least_whole, "0") if least_whole or before != "0" else ""
    return f"{before}{point if after else ''}{after}"
