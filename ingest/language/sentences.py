"""Where sentences begin and end, as offsets, so that a quote can be cut without touching a character."""

import re

from .tables import word_list

_ABBREVIATIONS = word_list("abbreviations")
_BEFORE_NUMBERS = word_list("before_numbers")
_NOTE_MARK = r"(?:<sup>[^<>]{1,8}</sup>|\[\^?\w{1,3}\]|[¹²³⁴-⁹])"
_CLOSERS = r"[\"”’')\]»*]*"
_ITEM_MARK = r"(?:[-*+•‣◦▪·–—]\s|\|\s?|\d{1,3}[.)]\s|\([a-z]{1,4}\)\s)"
# It begins with a class of characters, so that a search passes over all others at once.
_END = re.compile(
    r"[.!?…。！？\n](?:"
    rf"(?P<stop>(?<=[.!?…])(?<![.!?…]{{2}})[.!?…]*+{_CLOSERS}+{_NOTE_MARK}*)(?:\s+|$)"
    r"|(?P<wide>(?<=[。！？])[。！？]*[」』”’）]*\s*)"
    r"|(?P<blank>(?<=\n)[ \t]*\n\s*)"
    rf"|(?P<item>(?<=\n)(?=[ \t]*{_ITEM_MARK})))"
)
_LIST_MARK = re.compile(_ITEM_MARK)
_LAST_WORD = re.compile(rf"(?<![\w.])([\w.]+)\.{_CLOSERS}+\s*+$")
_OPENS = re.compile(r"\A[\"“‘'(\[«*_¿¡–—-]*+(?:[^\W_a-zß-öø-ÿ]|[^\W\d_])")
_LETTERED = re.compile(r"\([a-z]{1,4}\)\s")
_NUMBER_OF_PARAGRAPH = re.compile(r"[\d.]{1,7}(?:\s*(?:bis|ter|quater))?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]")
_LONGEST_ABBREVIATION = 40


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open spans of the sentences of `text`, white space trimmed, in order.

    List items and paragraphs end a sentence even without a full stop. Abbreviations ("Mr.", "para. 4"), initials
    and the numbers of paragraphs do not.
    """
    spans: list[tuple[int, int]] = []
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
    if match["item"] is not None or match["wide"] is not None or match.end() == len(text):
        return True
    if match["blank"] is not None:
        return not text[match.end()].islower()
    if re.search(r"\n[ \t]*\n", match[0]) or ("\n" in match[0] and _LIST_MARK.match(text, match.end())):
        return True
    following = text[match.end() : match.end() + 12]
    return not _is_abbreviation(text, start, match.end(), following) and _opens(following)


def _is_abbreviation(text: str, start: int, end: int, following: str) -> bool:
    """Whether what the stop ends is "Mr.", an initial, or the number of a paragraph."""
    word = _LAST_WORD.search(text[max(start, end - _LONGEST_ABBREVIATION) : end])
    last = word[1].casefold() if word else ""
    if last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()):
        return True
    if _INITIALS.fullmatch(last) and last not in ("a.m", "p.m") and following[:1].isdigit():  # "H.R. 3368"
        return True
    if last in _BEFORE_NUMBERS and re.match(r"\(?(?:\d|[IVXLC]{2,}\b|[A-Z]/)", following):
        return True
    if end - start > _LONGEST_ABBREVIATION:
        return False
    return bool(_NUMBER_OF_PARAGRAPH.fullmatch(text[start:end].strip().rstrip(".")))


def _opens(following: str) -> bool:
    """Whether a sentence can begin with these characters."""
    if _LETTERED.match(following):
        return True
    return bool(_OPENS.match(following)) and not following.lstrip("\"“‘'([«*_¿¡")[:1].islower()


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    body = text[start:end]
    stripped = body.strip()
    if not stripped:
        return None
    start += len(body) - len(body.lstrip())
    return start, start + len(stripped)
