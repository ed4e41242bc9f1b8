"""The language of a text: told by its script, then by its most frequent small words.

Small words ("the", "der", "les") make up a third of any running text and hardly occur in that of another language; in
a page or more they decide surely. Where they do not, nothing is said.
"""

import re
from collections import Counter

SAMPLE_CHARS = 40_000
_FEWEST_WORDS = 40
_LEAST_SHARE = 0.12
_LEAD = 1.4
_SMALL_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in that is for on with as by was be this are at from which it its were have has not or",
        "fr": "de la le les des et en du un une que dans pour qui sur au par est pas plus avec aux ce ses ont sont à",
        "es": "de la que el en y los del las un por con una para su al es lo como más se sus este entre ha fue son",
        "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an aus er",
        "it": "di e il la che in un per è del una con della sono al le dei si da non nel alla i gli delle più ha come",
        "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como ao das à seu sua ou é foi",
        "nl": "de het van een en in is dat op te voor met zijn niet aan er door als bij worden wordt naar ook uit om",
        "sv": "och i att det som en på är av för med den till inte om ett har de var vid från eller kan ska under",
        "pl": "w i na z do że się nie jest to o od przez dla po za oraz jak a ze są tym tej być lub który które",
        "tr": "ve bir bu ile için de da olarak olan daha çok en gibi sonra kadar ne her ya veya ise tarafından olduğu",
        "id": "yang dan di dengan untuk dari pada dalam ini tidak itu akan oleh ke adalah atau sebagai telah dapat",
        "sw": "ya na wa kwa ni katika la za cha hii kama hiyo au si kuwa hayo huo vya yake bila pia ili",
        "ru": "и в на с что по не для от из к о как за это а при или был также его до их она они так",
        "uk": "і в на з що та до для не за від про як це або є був також його під час їх щодо який",
        "bg": "и на в за от с да се по не е са при като или което във който със към до",
    }.items()
}
_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_KANA_SHARE = 0.05
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of a text is in; None where the text is short or does not show it.

    A script used by several languages stands for the one with most readers (Arabic letters: "ar").
    """
    sample = text[:SAMPLE_CHARS]
    return _by_script(sample) or _by_small_words(sample)


def tag_language(tag: str | None) -> str | None:
    """The language of a tag that a format states ("en-GB", "pt_BR"), in the form of `language_of`."""
    match = re.match(r"\A\s*([a-zA-Z]{2,3})(?:[-_][\w-]*)?\s*$", tag or "")
    return match[1].lower() if match and match[1].lower() not in ("und", "mul", "zxx") else None


def _by_script(text: str) -> str | None:
    letters = sum(character.isalpha() for character in text)
    if letters < _FEWEST_WORDS:
        return None
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > 0.5 or (language == "ja" and share > _KANA_SHARE):
            return language
    return None


def _by_small_words(text: str) -> str | None:
    words = Counter(word.casefold() for word in _WORD.findall(text))
    total = sum(words.values())
    if total < _FEWEST_WORDS:
        return None
    counts = Counter({language: sum(words[word] for word in small) for language, small in _SMALL_WORDS.items()})
    (language, best), (_, second) = counts.most_common(2)
    return language if best >= total * _LEAST_SHARE and best >= second * _LEAD else None
