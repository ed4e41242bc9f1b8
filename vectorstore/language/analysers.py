"""The words of a text as they are searched by, one analyser a language.

Words are stems (Snowball's, as tantivy has them), without the stop words of the language. Words in another script are
stemmed by the language that is mostly written in it, and what is written without spaces becomes pairs of letters, as
in Lucene's analyser for Chinese, Japanese and Korean. Accents, letter forms and digits are folded.
"""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from .detect import language_of

if TYPE_CHECKING:
    import tantivy

_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_WITHOUT_STOP_WORDS = ("arabic", "greek", "romanian", "turkish")
# Each of these stemmers leaves words in other scripts as they are.
_OF_OTHER_SCRIPTS = ("russian", "arabic", "greek")
_LONGEST_WORD_BYTES = 80
# Thai and Lao, Burmese, Khmer; kana, Han characters, Hangul.
SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WITHOUT_SPACES = re.compile(f"[{SPACELESS}]+")
_VOWEL_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_VOWEL_SIGNS}])*")
TOKEN = re.compile(rf"[{SPACELESS}]|(?![{SPACELESS}])[^\W_](?:(?![{SPACELESS}])[^\W_]|[{_VOWEL_SIGNS}])*+|[^\w\s]|_")
"""A word as it is written, or a mark between words; where words stand without spaces, a letter."""
_ARABIC_SIGNS = "".join(map(chr, (0x640, 0x670, *range(0x64B, 0x660))))
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
_ONE_FORM = str.maketrans("أإآٱىیکةؤئёЁİ", "ااااييكهويеЕI", _ARABIC_SIGNS)
_TURKISH_CAPITALS = str.maketrans("İI", "iı")
_FEWEST_WORDS = 12
# Of prose in the languages that have stop words, these are a quarter to a half; of lists and tables they are none, and
# in another language's prose few, so that lists stay with their document's language.
_FEW_STOP_WORDS = 0.08
_MANY_STOP_WORDS = 0.2


def words(text: str, language: str | None = None) -> list[str]:
    """The stems a text is searched by, in order, repeated as they are.

    Args:
        text: without markup.
        language: its ISO 639-1 code; of one without a stemmer, words are only folded, and without any English is taken.
    """
    name = _STEMMERS.get(language or "en", "")
    return _analyser(name, stemmed=True, ascii_only=text.isascii()).analyze(_folded(text, language))


def exact_forms(text: str, language: str | None = None) -> list[str]:
    """The words of a text as it writes them, case and letters folded, in order, repeated as they are."""
    return _analyser("", stemmed=False, ascii_only=True).analyze(_folded(text, language))


def split_words(text: str) -> list[str]:
    """The words of a text as written, vowel signs kept."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """How many words a text has, as they stand between spaces; of what is written without spaces two letters count as
    one, which is what most words have there."""
    letters = 0 if text.isascii() else sum(map(len, _WITHOUT_SPACES.findall(text)))
    if not letters:
        return len(text.split())
    return len(_WORD.findall(_WITHOUT_SPACES.sub(" ", text))) + (letters + 1) // 2


def extent(text: str) -> int:
    """How many letters and marks a text has, as alphabets write it: of what is written without spaces, in which a
    letter is half a word, each counts as three."""
    return len(text) + (0 if text.isascii() else 2 * sum(map(len, _WITHOUT_SPACES.findall(text))))


def language_of_passage(text: str, told: str | None) -> str | None:
    """The language to take a passage for: its document's, unless it is prose in another."""
    if text.count(" ") < _FEWEST_WORDS or (told and _share_of_stop_words(text, told) >= _FEW_STOP_WORDS):
        return told
    found = language_of(text)
    if found is None or found == told:
        return told
    return found if _share_of_stop_words(text, found) >= _MANY_STOP_WORDS else told


def _share_of_stop_words(text: str, language: str) -> float:
    """How much of a text are stop words of a language; of one without a list, whether it is in that script at all."""
    name = _STEMMERS.get(language, "")
    if not name or name in _WITHOUT_STOP_WORDS:
        return float(not text.isascii())
    spoken = exact_forms(text, language)
    return 1 - len(words(text, language)) / len(spoken) if spoken else 0.0


def _folded(text: str, language: str | None) -> str:
    """A text with letters in one form each, and pairs of letters where it is written without spaces."""
    if language in ("tr", "az"):
        text = text.translate(_TURKISH_CAPITALS)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_ONE_FORM).translate(_DIGITS)
    return _WITHOUT_SPACES.sub(_in_pairs, text)


def _in_pairs(run: re.Match[str]) -> str:
    letters = run[0]
    pairs = " ".join(letters[place : place + 2] for place in range(max(1, len(letters) - 1)))
    return f" {pairs} "


@cache
def _analyser(name: str, *, stemmed: bool, ascii_only: bool) -> "tantivy.TextAnalyzer":
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    built = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_WORD_BYTES))
    built = built.filter(Filter.lowercase())
    if name and name not in _WITHOUT_STOP_WORDS:
        built = built.filter(Filter.stopword(name))
    if name == "english":
        built = built.filter(Filter.ascii_fold())
    others = () if ascii_only or not stemmed else _OF_OTHER_SCRIPTS
    for stemmer in dict.fromkeys([name, *others] if name else others):
        built = built.filter(Filter.stemmer(stemmer))
    return built.filter(Filter.ascii_fold()).build()
