"""XML of parliaments, courts and the United Nations, and any other: the text by elements, no mark-up in it.

Who speaks and what a paragraph's number is, where elements or attributes say so: theyworkforyou's `speech`, Akoma
Ntoso's `speech`, `question` and `paragraph` (also AKN4UN), ParlaMint's `u` (TEI), bills with `enum` and `header`. What
is no part of the text (`meta`, `teiHeader`) is left out, but for title, date and language. Elements that nobody here
knows are told apart by what they hold: those with words of their own are paragraphs.

Sources: Akoma Ntoso 1.0 (OASIS), TEI P5, https://parser.theyworkforyou.com/hansard.html.
"""

import html.entities
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...language.marks import ends
from ..archives.archive import parse_xml
from ..blocks import Kind, Reading, TextBuilder
from ..table import labelled_rows
from .elements import HIDDEN, NOTES, name_of, words_of
from .marked_votes import count_line, metadata_lines, side_list, voting

_HEADINGS = frozenset("head heading subheading header title h1 h2 h3 h4 h5 h6".split())
_SPEECHES = frozenset("speech speechgroup u question answer intervention sp contribution speaker".split())
_LABELS = frozenset("from speaker talker".split())
_NUMBERS = frozenset("num enum".split())
_ROWS = frozenset("tr row".split())
_TABLES = frozenset("table tbody thead tgroup".split())
_CELLS = frozenset("td th cell entry tc".split())
_BLOCKS = (
    _HEADINGS | _SPEECHES | _NUMBERS | _LABELS | _ROWS
    | frozenset(
        "p para paragraph subparagraph point content list item li ul ol table div section subsection article clause"
        " subclause chapter part seg l lg quote blockquote body intro wrapup mainbody container text"
        " quoted-block".split()
    )
)  # fmt: skip
_SPEAKER_NAMES = ("speakername", "speaker", "name", "by", "who")
_RANKS = {"major": 1, "oral": 1, "minor": 2}
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_DECLARED = re.compile(rb"<!ENTITY\s{1,20}([A-Za-z][\w.-]{0,60})\s")
_OWN_ENTITIES = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))
_FIGURE = re.compile(r"\A(\d{1,4}(?:\.\d{1,3}){0,4}(?:\s?(?:bis|ter|quater))?)[.)]?\Z")
_SUBLABEL = re.compile(r"\A\((?:[a-z]{1,5}|\d{1,2}|[A-Z])\)")
_ISO_DATE = re.compile(r"\A\d{4}-\d\d-\d\d")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZÀ-Þ])")
_CODE_CHARS = 2  # of ISO 639-1; what a file states in three letters its words tell as well
_LONGEST_HEADING = 250
_LONGEST_TOPIC = 120
_DEEPEST = 6


def read_xml(data: bytes) -> Reading:
    """Blocks of an XML file. Raises ValueError when it is too damaged to be parsed, or holds no text."""
    root = parse_xml(_with_entities(data), recover=True, entities=True)
    if root is None:
        raise ValueError("it is XML too damaged to be read")
    walk = _Walk(root)
    walk.visit(root)
    for place, line in enumerate(metadata_lines(root, _title(root))):
        walk.builder.add(line, "paragraph" if place else "heading", level=1 - bool(place))
    if not walk.builder.blocks:
        raise ValueError("the XML holds no text")
    return Reading(
        text=walk.builder.text,
        blocks=tuple(walk.builder.blocks),
        media_type="application/xml",
        title=_title(root),
        date=_date(root),
        language=_language(root),
        notes=("its XML is malformed; parts of it may be missing",) if root.getroottree().parser.error_log else (),
    )


def _with_entities(data: bytes) -> bytes:
    """Characters by the names that HTML has for them ("&nbsp;") as numbers, where the file does not declare them."""
    declared = _OWN_ENTITIES | set(_DECLARED.findall(data[: 1 << 16]))

    def number(match: re.Match[bytes]) -> bytes:
        meant = html.entities.html5.get(match[1].decode() + ";") if match[1] not in declared else None
        return "".join(f"&#{ord(character)};" for character in meant).encode() if meant else match[0]

    return _ENTITY.sub(number, data)


class _Walk:
    """Walks the elements of a file and adds their words to `builder`, block by block."""

    def __init__(self, root: Any) -> None:
        self.builder = TextBuilder()
        self._people = _people(root)
        self._titled = _titled(root)
        self._is_debate = any(name_of(element) in _SPEECHES for element in root.iter())
        self._speaker: str | None = None
        self._announced: str | None = None
        self._time: str | None = None
        self._lead: list[str] = []  # what is printed before the next block: its number, the speaker's name
        self._number: str | None = None
        self._base: str | None = None
        self._depth = 0

    def visit(self, element: Any) -> None:
        """Adds what an element holds."""
        name = name_of(element)
        if not name or name in HIDDEN:
            return
        if line := side_list(element) or voting(element):
            self._add(line)
            return
        self._add(count_line(element) or "")
        if name in NOTES:
            self._add_note(element)
        elif name in _NUMBERS:
            self._lead.append(words_of(element))
        elif _is_label(element, name):
            self._announce(element, name)
        elif name in _SPEECHES and name != "speaker":
            self._visit_speech(element)
        elif name == "table" or (
            name in _ROWS and name_of(element.getparent()) not in ("table", "tbody", "thead", "tgroup")
        ):
            self._add_table(element)
        elif self._is_heading(element, name):
            self._add_heading(element, name)
        elif _is_paragraph(element, name):
            self._add_paragraph(element, name)
        else:
            self._visit_children(element)

    def _visit_children(self, element: Any) -> None:
        """An element of elements: its own number goes before its first words, and ends with it."""
        outer = self._base
        label = _own_number(element)
        if label:
            self._number = self._base = _path(label, outer)
        self._depth += any(name_of(child) in _HEADINGS for child in element)
        self._add_words(element.text)
        for child in element:
            self.visit(child)
            self._add_words(child.tail)
        self._depth -= any(name_of(child) in _HEADINGS for child in element)
        if label and not _FIGURE.match(label):
            self._base = outer

    def _visit_speech(self, element: Any) -> None:
        outer = self._speaker, self._time
        self._speaker = self._speaker_of(element)
        self._time = _clock(element.get("time") or element.get("startTime")) or self._time
        self._announced = None
        if _is_paragraph(element, "speech"):
            self._add_paragraph(element, "p")
        else:
            self._visit_children(element)
        self._speaker, self._time = outer

    def _speaker_of(self, element: Any) -> str | None:
        """Who speaks: the name printed before the speech, with that of the person whom the attributes name."""
        stated = next((value for key in _SPEAKER_NAMES if (value := element.get(key, "").strip())), None)
        printed = next((_label_words(child) for child in element.iter() if _is_label(child, name_of(child))), None)
        printed = printed or self._announced
        if element.get("nospeaker") == "true":
            return None
        named = self._people.get(stated.lstrip("#")) if stated else None
        if stated and not named:
            named = _readable(stated) if not printed or not stated.startswith("#") else None
        if printed and named and not set(named.casefold().split()) & set(printed.casefold().split()):
            return f"{printed} ({named})"
        return printed or named

    def _announce(self, element: Any, name: str) -> None:
        """A speaker's name before what is said; a record of its parts (`talker`) is not printed."""
        self._announced = _label_words(element)
        if name_of(element.getparent()) in _SPEECHES and not self._speaker:
            self._speaker = self._announced
        if name != "talker" and not any(name_of(child) for child in element if name_of(child) == "name"):
            self._lead.append(words_of(element))

    def _is_heading(self, element: Any, name: str) -> bool:
        if name.endswith("-heading"):
            return True
        parent = name_of(element.getparent())
        return name in _HEADINGS and self._titled.get((parent, name), True)

    def _add_heading(self, element: Any, name: str) -> None:
        rank = _RANKS.get(name.partition("-")[0]) or max(1, min(self._depth, _DEEPEST))
        self._add(words_of(element), "heading", level=rank)
        self._add_notes(element)

    def _add_paragraph(self, element: Any, name: str) -> None:
        words = words_of(element)
        if any(name_of(child) == "doctitle" for child in element.iter()):
            self._add(words, "heading", level=1)
        elif _is_emphasised(element) and len(words) <= _LONGEST_HEADING and not ends(words, ".,;:"):
            self._add(words.lstrip(". "), "heading", level=3)
        elif self._is_topic(words):
            self._add(words, "heading", level=self.builder.blocks[-1].level + 1)
        else:
            is_item = name in ("item", "li") or name_of(element.getparent()) in ("item", "li")
            self._add(words, "item" if is_item and not self._lead else "paragraph")
        self._add_notes(element)

    def _is_topic(self, words: str) -> bool:
        """Whether a line right below a heading goes on with it: short, no sentence, and nobody's where others speak."""
        below_heading = bool(self.builder.blocks) and self.builder.blocks[-1].kind == "heading"
        is_line = len(words) <= _LONGEST_TOPIC and words[:1].isupper() and words[-1:].isalnum()
        return self._is_debate and self._speaker is None and not self._lead and below_heading and is_line

    def _add_words(self, words: str | None) -> None:
        self._add(" ".join((words or "").split()))

    def _add(self, words: str, kind: Kind = "paragraph", *, level: int = 0) -> None:
        if not words:
            return
        number = self._number if self._number and self._number[0].isdigit() else None
        if kind == "paragraph" and not self._lead and (label := _SUBLABEL.match(words)):
            number = _path(label[0], self._base) if self._base and self._base[0].isdigit() else None
        self.builder.add(
            " ".join((*self._lead, words)), kind, level=level, number=number, speaker=self._speaker, time=self._time
        )
        self._lead, self._number = [], None

    def _add_note(self, element: Any) -> None:
        self.builder.add(f"{element.get('marker', '')} {words_of(element)}", "footnote")

    def _add_notes(self, element: Any) -> None:
        for child in element.iter():
            if child is not element and name_of(child) in NOTES:
                self._add_note(child)

    def _add_table(self, element: Any) -> None:
        rows = [row for row in element.iter() if name_of(row) in _ROWS]
        cells = [[words_of(cell) for cell in row if name_of(cell) in _CELLS] for row in rows]
        headed = bool(rows) and all(name_of(cell) == "th" for cell in rows[0])
        for line in labelled_rows(cells, header=True if headed else None):
            self.builder.add(line, "table", speaker=self._speaker)


# --- elements -------------------------------------------------------------------------------------------------------


def _is_paragraph(element: Any, name: str) -> bool:
    """Whether an element is one stretch of text: it has words of its own or is a paragraph, and holds no blocks."""
    words = (element.text, *(child.tail for child in element))
    has_words = name == "p" or any((part or "").strip() for part in words)
    return has_words and not any(True for _ in _blocks_in(element))


def _blocks_in(element: Any) -> Iterator[Any]:
    """The blocks that an element holds, those of its notes aside."""
    for child in element:
        name = name_of(child)
        if name in NOTES:
            continue
        if name in _BLOCKS or name.endswith("-heading"):
            yield child
        yield from _blocks_in(child)


def _is_emphasised(element: Any) -> bool:
    """Whether all words of a paragraph are set in bold or italics."""
    plain = [element.text, *(child.tail for child in element)]
    marked = [child for child in element if name_of(child) and words_of(child)]
    return bool(marked) and not any((part or "").strip() for part in plain) and all(map(_is_marked, marked))


def _is_marked(element: Any) -> bool:
    style = f"{element.get('class', '')} {element.get('rend', '')} {element.get('style', '')}".casefold()
    return name_of(element) in ("b", "i", "strong", "em") or "bold" in style or "italic" in style


def _titled(root: Any) -> dict[tuple[str, str], bool]:
    """Of each kind of element that has a heading (by the names of both): whether most of its kind have words in it."""
    filled: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    for element in root.iter():
        if (name := name_of(element)) in _HEADINGS:
            kind = name_of(element.getparent()), name
            every[kind] += 1
            filled[kind] += bool(words_of(element))
    return {kind: filled[kind] > every[kind] / 2 for kind in every}


# --- numbers --------------------------------------------------------------------------------------------------------


def _own_number(element: Any) -> str | None:
    """The number that an element bears as its first child, or at the head of its words: "7.", "(b)"."""
    children = [child for child in element if name_of(child)]
    if children and name_of(children[0]) in _NUMBERS:
        return words_of(children[0]) or None
    return None


def _path(label: str, base: str | None) -> str:
    """A number with that of what it is a part of: "(b)" in paragraph 7 is "7 (b)"."""
    if figure := _FIGURE.match(label):
        return figure[1]
    return f"{base} {label}" if base and label.startswith("(") else label


# --- speakers -------------------------------------------------------------------------------------------------------


def _is_label(element: Any, name: str) -> bool:
    """Whether an element is the printed name of who speaks, rather than a speech."""
    if name == "note":
        return element.get("type") == "speaker"
    return name in _LABELS and not any(name_of(child) in ("p", "para", "seg") for child in element.iter())


def _label_words(element: Any) -> str:
    """The name in a label, without the colon after it."""
    named = next((child for child in element.iter() if name_of(child) == "name" and words_of(child)), element)
    return words_of(named).rstrip(" :.-–—")


def _people(root: Any) -> dict[str, str]:
    """The people whom a file lists, by their identifiers."""
    found: dict[str, str] = {}
    for element in root.iter():
        name = name_of(element)
        key = element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get("eId") or element.get("id")
        if not key or name not in ("tlcperson", "tlcrole", "person", "tlcorganization"):
            continue
        named = next((words_of(child) for child in element.iter() if name_of(child) in ("persname", "name")), "")
        if shown := element.get("showAs") or named:
            found[key] = " ".join(shown.split())
    return found


def _readable(identifier: str) -> str:
    """An identifier as one would write the name: "#LindAna" is "Lind Ana"."""
    return _CAMEL.sub(" ", identifier.lstrip("#")) if identifier.startswith("#") else " ".join(identifier.split())


def _clock(stated: str | None) -> str | None:
    """The time of day in what an attribute states."""
    found = re.search(r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?", stated or "")
    return found[0] if found else None


# --- what a file says of itself ---------------------------------------------------------------------------------------


def _title(root: Any) -> str | None:
    """The title that an element states: of a document in its preface first, else the first of all."""
    titles = [element for element in root.iter() if name_of(element) in ("doctitle", "title") and words_of(element)]
    prefaced = [
        title
        for title in titles
        if any(name_of(parent) in ("preface", "titlestmt") for parent in title.iterancestors())
    ]
    stated = [title for title in titles if not any(name_of(parent) in _SPEECHES for parent in title.iterancestors())]
    return next((words_of(title) for title in (*prefaced, *stated)), None)


def _date(root: Any) -> str | None:
    """The date that the file states: of the adoption or the sitting first, else that of its head."""
    stated = [
        (element.get("name", ""), value[:10])
        for element in root.iter()
        if _ISO_DATE.match(value := element.get("date") or element.get("when") or "")
        and name_of(element) in ("frbrdate", "docdate", "date", "sitting", "setting", "meeting", "debate")
    ]
    adopted = (value for name, value in stated if name.casefold() in ("adoption", "sitting", "debate"))
    return next(adopted, None) or next((value for _, value in stated), None)


def _language(root: Any) -> str | None:
    stated = root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("language")
    told = (element.get("language") for element in root.iter() if name_of(element) == "frbrlanguage")
    code = (stated or next(told, None) or "").partition("-")[0].lower()
    return code if len(code) == _CODE_CHARS else None
