"""Names as they are compared, however a record, a keyboard or a word processor writes them."""

import re
import unicodedata

_SHAPES = {
    **dict.fromkeys(map(ord, "’‘‛ʼʻ`´′＇"), "'"),
    **dict.fromkeys(map(ord, "‐‑"), "-"),
    ord("\xad"): None,
}
_ACCENTS = re.compile(r"[\u0300-\u036f]")


def fold(text: str) -> str:
    """Case, accents, white space and the shapes of apostrophes and hyphens made equal ("COTE D’IVOIRE")."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_SHAPES).casefold()))
    return " ".join(unicodedata.normalize("NFC", bare).split())
