"""Names of files in zip archives made on Windows or DOS, whose code page the archive does not tell.

The standard knows code page 437 and UTF-8; what makers write is the code page of their country. It is told here by
what its bytes read as: words of one script, capitals only where words have them.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise
from zipfile import ZipInfo

_UTF8_FLAG = 0x800
# Chinese and Korean characters in daily use stand in these rows of their sets; half of the Chinese ones below row 0xC9.
_FEWEST_KOREAN = 4
_FEWEST_FOREIGN = 3


def name_of(member: ZipInfo) -> str:
    """A member's name as its maker saw it."""
    if member.flag_bits & _UTF8_FLAG or member.filename.isascii():
        return member.filename
    try:
        written = member.filename.encode("cp437")
    except UnicodeEncodeError:  # it had a name in Unicode beside this one, which zipfile prefers
        return member.filename
    return next((name for encoding, fits in _CODE_PAGES if (name := _read(written, encoding, fits))), member.filename)


def _read(written: bytes, encoding: str, fits: Callable[[str, bytes], bool]) -> str | None:
    try:
        name = written.decode(encoding)
    except UnicodeDecodeError:
        return None
    return name if fits(name, written) else None


def _is_any(name: str, written: bytes) -> bool:
    return True


def _is_cased(name: str, written: bytes) -> bool:
    """Whether all letters of a word are of one script, and none is a capital after a small one."""
    words = re.findall(r"[^\W\d_]+", name)
    letters = sum(len(word) for word in words if not word.isascii())
    return all(map(_is_word, words)) and sum(not sign.isascii() for sign in name) <= letters


def _is_word(word: str) -> bool:
    scripts = {_script(letter) for letter in word}
    capitals_inside = any(second.isupper() and not first.isupper() for first, second in pairwise(word))
    return len(scripts) == 1 and not capitals_inside and (word.isupper() or word[1:].islower() or len(word) == 1)


def _is_foreign(name: str, written: bytes) -> bool:
    """Whether its letters beyond ASCII make up words of their own."""
    return sum(not sign.isascii() for sign in name) >= _FEWEST_FOREIGN and _is_cased(name, written)


def _is_western(name: str, written: bytes) -> bool:
    return _is_cased(name, written) and all(_script(sign) == "LATIN" for sign in name if not sign.isascii())


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _stand_alone(name: str) -> bool:
    """Whether no single character of two bytes stands inside a word of small letters, as é would."""
    return not re.search(r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[a-z])", name)


def _is_korean(name: str, written: bytes) -> bool:
    pairs = _pairs(written)
    return len(pairs) >= _FEWEST_KOREAN and all(0xB0 <= pair[0] <= 0xC8 and pair[1] >= 0xA1 for pair in pairs)


def _is_simplified(name: str, written: bytes) -> bool:
    pairs = _pairs(written)
    return _stand_alone(name) and all(0xB0 <= pair[0] <= 0xF7 and pair[1] >= 0xA1 for pair in pairs)


def _is_traditional(name: str, written: bytes) -> bool:
    return _stand_alone(name) and all(0xA4 <= pair[0] <= 0xC6 for pair in _pairs(written))


def _is_japanese(name: str, written: bytes) -> bool:
    scripts = {_script(sign) for sign in name if not sign.isascii()}
    return _stand_alone(name) and scripts <= {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}


def _pairs(written: bytes) -> Sequence[bytes]:
    return re.findall(rb"[\x80-\xff].", written, re.DOTALL)


_CODE_PAGES: tuple[tuple[str, Callable[[str, bytes], bool]], ...] = (
    ("utf-8", _is_any), ("cp866", _is_foreign), ("cp1251", _is_foreign), ("cp737", _is_foreign),
    ("cp1253", _is_foreign), ("euc_kr", _is_korean), ("gb2312", _is_simplified), ("cp932", _is_japanese),
    ("big5", _is_traditional), ("cp850", _is_western), ("cp1252", _is_western), ("cp852", _is_western),
    ("cp1250", _is_western),
)  # fmt: skip
