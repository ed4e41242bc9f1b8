"""Where sentences begin and end, as offsets, so that a quote can be cut without touching a character."""

import re

_ABBREVIATIONS = frozenset(
    """mr mrs ms mss dr prof st h.e hon messrs rev gen col lt sgt jr sr no nos para paras par p pp vol ed eds e.g i.e
    cf art arts sect sec fig figs ch chap dept univ inc ltd co corp vs approx ca al add rev corr doc res u.s u.n u.k
    jan feb mar apr jun jul aug sep sept oct nov dec m mme mlle sra dra nr bzw z.b d.h""".split()
)
_END = re.compile(
    r"(?P<stop>[.!?…]+[\"”’')\]»*]*)(?:\s+|$)"
    r"|(?P<blank>[ \t]*\n[ \t]*\n\s*)"
    r"|(?P<item>[ \t]*\n(?=[ \t]*(?:[-*+•‣◦▪·–—]\s|\|)))"
)
_LIST_MARK = re.compile(r"[-*+•‣◦▪·–—]\s")
_LAST_WORD = re.compile(r"([\w.]+)\.[\"”’')\]»*]*\s*$")
_OPENS = re.compile(r"[\"“‘'(\[«*_–—-]*(?:[^\W_a-zß-öø-ÿ]|[^\W\d_])")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, white space trimmed, in order.

    List items and paragraphs end a sentence even without a full stop. Abbreviations ("Mr.", "para."), initials
    and the numbers of paragraphs do not.
    """
    spans = []
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, start, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` ends at `match`.

    A blank line ends it, except where a page break cut it and it goes on in lower case.
    """
    if match["item"] is not None or match.end() == len(text):
        return True
    if match["blank"] is not None:
        return not text[match.end()].islower()
    if re.search(r"\n[ \t]*\n", match[0]) or ("\n" in match[0] and _LIST_MARK.match(text, match.end())):
        return True
    return not _is_abbreviation(text[start : match.end()]) and _opens(text[match.end() : match.end() + 12])


def _is_abbreviation(sentence: str) -> bool:
    """Whether what the stop ends is "Mr.", an initial, or the number of a paragraph."""
    word = _LAST_WORD.search(sentence)
    last = word[1].casefold() if word else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return True
    return bool(re.fullmatch(r"[\d.]{1,7}(?:\s*(?:bis|ter|quater))?", sentence.strip().rstrip("."), re.IGNORECASE))


def _opens(following: str) -> bool:
    """Whether a sentence can begin with these characters."""
    return bool(_OPENS.match(following)) and not following.lstrip("\"“‘'([«*_")[:1].islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    body = text[start:end]
    stripped = body.strip()
    if not stripped:
        return None
    start += len(body) - len(body.lstrip())
    return start, start + len(stripped)
