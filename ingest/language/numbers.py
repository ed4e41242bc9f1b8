"""Numbers that are not written in the figures 0 to 9."""

_FIGURES = {figure: value for value, figure in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2, "廿": 20}
_DIGITS = {ord(figure): str(int(figure)) for figure in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９"}
_POWERS = {"十": 10, "百": 100, "千": 1000}
CHINESE_FIGURES = "〇零○一二两三四五六七八九十百千廿"


def in_western_digits(text: str) -> str:
    """A text of the same length with Arabic-Indic and full-width digits as 0 to 9."""
    return text.translate(_DIGITS)


def chinese_number(written: str) -> int | None:
    """The number below ten thousand that Chinese figures tell: 二〇二四 is 2024, 二十一 is 21; None for no number."""
    if written and all(_FIGURES.get(figure, 10) < 10 for figure in written):
        return int("".join(str(_FIGURES[figure]) for figure in written))
    total, figure_before = 0, None
    for figure in written:
        if figure == "廿":
            total += 20
        elif power := _POWERS.get(figure):
            total += (1 if figure_before is None else figure_before) * power
            figure_before = None
        elif figure in _FIGURES:
            figure_before = _FIGURES[figure]
        else:
            return None
    return total + (figure_before or 0) if written else None
