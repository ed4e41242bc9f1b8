"""Markdown marks taken out of a text, for matching and for showing.

The stored text keeps every character of its source, so that quotes stay verbatim; what is embedded, searched
and shown goes through `plain` first.
"""

import re
from functools import lru_cache

_LONGEST_KEPT = 2_000
"""Reading a record makes the same paragraphs plain some twenty times; what is longer than nearly all is not kept."""
_LINK = re.compile(r"!?\[((?:[^\]\[]|\[[^\]\[]*\])*)\]\((?:[^()\s]|\([^()]*\))*\)")
# None can look past the next mark of its own kind, so that a text full of single marks takes no long time.
_STARS = (
    re.compile(r"\*{3}(?=\S)([^*]+?)(?<=\S)\*{3}"),
    re.compile(r"\*\*(?=\S)((?:[^*]|\*(?!\*))+?)(?<=\S)\*\*"),
    re.compile(r"\*(?=\S)([^*]+?)(?<=\S)\*"),
)
_UNDERSCORES = re.compile(r"__(?=\S)((?:[^_]|_(?!_))+?)(?<=\S)__")
_UNDERSCORE = re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_TAG = re.compile(r"</?(?:sup|sub|b|i|em|strong|u|br|span|a)\b[^<>]*>", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}(?:#{1,6}\s+|#{2,6}(?=\w))|(?<=\S)[ \t]+#+[ \t]*$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_RULE = re.compile(r"^ {0,3}(?:[-*_] ?){3,}$", re.MULTILINE)
_STRAY = re.compile(r"\*{2,}")
# What each pattern stands for, in order, with a mark without which it finds nothing.
_MEANINGS = (
    ("[", _LINK, r"\1"),
    ("<", _TAG, ""),
    ("#", _HEADING, ""),
    ("", _RULE, " "),
    *(("*", stars, r"\1") for stars in _STARS),
    ("__", _UNDERSCORES, r"\1"),
    ("_", _UNDERSCORE, r"\1"),
    ("**", _STRAY, ""),
    ("\\", _ESCAPE, r"\1"),
)


def plain(text: str) -> str:
    """The text as a reader sees it: no Markdown marks, white space folded to single spaces."""
    return _kept_plain(text) if len(text) <= _LONGEST_KEPT else _plain(text)


def _plain(text: str) -> str:
    if any(mark in text for mark in ("[", "*", "_", "<", "#", "\\", "---")):
        text = text.replace("****", "** **")
        for mark, pattern, meant in _MEANINGS:
            if mark in text:
                text = pattern.sub(meant, text)
    return " ".join(text.split())


_kept_plain = lru_cache(maxsize=4096)(_plain)
