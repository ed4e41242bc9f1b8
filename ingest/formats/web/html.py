"""Web pages: the main content, without menus, banners and comment forms; all text where little is found."""

import re
from collections import Counter
from copy import deepcopy
from itertools import takewhile
from typing import Any

from ...fetch import is_address
from ..blocks import Reading, TextBuilder, omissions
from ..plain.encoding import decode
from ..plain.text import read_text
from ..table import labelled_rows
from .html_blocks import add_html, lined
from .html_marks import AGAIN, PRINTED_MARK, is_struck, words_of, write_out

# The future is allowed: a page is dated by what it states, not by the clock of this machine.
_DATE_CONFIG = {"extensive_search": False, "original_date": True, "max_date": "2999-12-31"}
_NOT_CONTENT = "//script|//style|//nav|//form|//noscript|//template|//aside|//footer|//button"
_ABOUT_PAGE = re.compile(
    r"cookie|consent|comment|sidebar|share|social|related|newsletter|breadcrumb|\bmenu", re.IGNORECASE
)
_BREAK = "\u2028"
_TWO_BREAKS = re.compile(rb"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)
_CHARSET = re.compile(rb"(charset\s*=\s*[\"']?)([\w-]+)", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding", re.IGNORECASE)
_LATIN_1 = (b"iso-8859-1", b"latin1", b"latin-1", b"us-ascii", b"windows-1252", b"cp1252")
_LONGEST_PARAGRAPH_CHARS = 4000
_SECTION_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,4}")
# Menus and banners that were missed, or pages of many articles, make the whole longer than this.
_HARDLY_LONGER = 1.2


def read_html(data: bytes) -> Reading:
    """Blocks of an HTML page. Raises ValueError when it holds no text."""
    import trafilatura

    data = _in_utf8(data)
    page = trafilatura.load_html(data)
    if page is None:
        raise ValueError("no HTML could be found in it")
    left_out = _without_struck(page)
    facts = trafilatura.extract_metadata(deepcopy(page), date_config=_DATE_CONFIG)
    title = _title(page, (facts.title if facts else None) or "")
    content = _content(page)
    builder = TextBuilder()
    if _is_preformatted(content):
        _add_preformatted(builder, content, title)
    else:
        _add_main(builder, data, title)
        whole = TextBuilder()
        unseen: Counter[str] = Counter()
        add_html(whole, content, left_out=unseen)
        if _is_better(whole, builder, _is_poor(builder, content)):
            builder = whole
            left_out += unseen
    if not builder.blocks:
        raise ValueError("the page holds no text")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="text/html",
        title=title,
        date=facts.date if facts and facts.date else None,
        author=(facts.author if facts else None) or None,
        publisher=_meta(page, "og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher"),
        url=_address(page),
        omitted=omissions(left_out + _around(page, builder)),
        language=page.get("lang") or _meta(page, "dc.language", "language", "content-language"),
    )


def _without_struck(page: Any) -> Counter[str]:
    """Takes out what is struck or marked as deleted; gives what that was, counted."""
    found = [element for element in page.iter() if is_struck(element)]
    for element in found:
        _drop(element)
    return Counter({"struck out text": len(found)})


def _around(page: Any, builder: TextBuilder) -> Counter[str]:
    """How many words of a page stand in menus, banners and forms around its content."""
    body = page.find("body")
    words = len(words_of(page if body is None else body).split())
    return Counter({"word of menus, banners and forms": max(0, words - len(builder.text.split()))})


def _title(page: Any, found: str) -> str | None:
    """The title as trafilatura cleaned it, where it stands so in one of the places for titles; else as stated."""
    stated = " ".join("".join(page.xpath("string(//head/title)")).split()).strip(" :|-–—")
    places = [stated, _meta(page, "og:title", "dc.title", "citation_title") or "", *map(_text, page.iter("h1"))]
    is_whole = found.count("(") == found.count(")") and any(found.casefold() in place.casefold() for place in places)
    return (found if is_whole else stated or found) or None


def _meta(page: Any, *names: str) -> str | None:
    """What a page states of itself under the first of these names that it has."""
    stated = {
        (element.get("property") or element.get("name") or element.get("http-equiv") or "").lower(): element
        for element in page.iter("meta")
    }
    contents = (" ".join((stated[name].get("content") or "").split()) for name in names if name in stated)
    return next(filter(None, contents), None)


def _address(page: Any) -> str | None:
    """Where a page says that it stands on the web."""
    canonical = page.xpath("string(//head/link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href)").strip()
    address = canonical or _meta(page, "og:url") or ""
    return address if is_address(address) else None


def _in_utf8(data: bytes) -> bytes:
    """A page that calls itself Latin-1 or says nothing, made UTF-8; Windows-1252 is meant, as in the HTML standard."""
    declared = _CHARSET.search(data[:4096])
    if declared and declared[2].lower() not in _LATIN_1:
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not declared:
            return data if _ENCODING.search(data[:200]) else _made_utf_8(data)
        data = data.decode("cp1252", errors="replace").encode()
    return _CHARSET.sub(rb"\1utf-8", data, count=1) if declared else data


def _made_utf_8(data: bytes) -> bytes:
    """A page in whatever encoding, made UTF-8; as it is where it is none."""
    try:
        return decode(data).encode()
    except ValueError:
        return data


def _content(page: Any) -> Any:
    """A copy of the page without scripts, menus, forms and what is named after banners or comments."""
    content = deepcopy(page)
    for element in content.xpath(_NOT_CONTENT):
        _drop(element)
    for element in content.xpath("//*[@class or @id]"):
        named = f"{element.get('class', '')} {element.get('id', '')}"
        if element.tag not in ("html", "body", "main", "article") and _ABOUT_PAGE.search(named):
            _drop(element)
    for element in content.xpath("//ul|//ol"):
        if _is_menu(element):
            _drop(element)
    return content


def _is_menu(element: Any) -> bool:
    """Whether a list consists of short links only."""
    words = len("".join(element.itertext()).split())
    linked = sum(len("".join(link.itertext()).split()) for link in element.iter("a"))
    return linked > 0 and linked >= words * 0.95 and words < 6 * len(element)


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _is_preformatted(content: Any) -> bool:
    """Whether most of a page is one text with line breaks of its own."""
    inside = sum(len("".join(element.itertext()).split()) for element in content.iter("pre"))
    return inside > 0.5 * len(" ".join(content.itertext()).split())


def _is_poor(builder: TextBuilder, content: Any) -> bool:
    """Whether the main content found cannot be all: hardly any words, or no paragraphs."""
    few = len(builder.text.split()) < 0.3 * len(" ".join(content.itertext()).split())
    return few or _longest(builder) > _LONGEST_PARAGRAPH_CHARS


def _is_better(whole: TextBuilder, main: TextBuilder, is_poor: bool) -> bool:
    """Whether all of a page says more than its main content: that is poor, or has lost places and little else."""
    if is_poor and (len(whole.text) > 2 * len(main.text) or _longest(whole) * 2 < _longest(main)):
        return bool(whole.blocks)
    return _places(whole) > _places(main) and len(whole.text) < _HARDLY_LONGER * len(main.text)


def _places(builder: TextBuilder) -> int:
    """How many headings there are, and numbers of sections that stand by themselves."""
    text = builder.text
    return sum(
        block.kind == "heading" or bool(_SECTION_NUMBER.fullmatch(text, block.start, block.end))
        for block in builder.blocks
    )


def _longest(builder: TextBuilder) -> int:
    return max((block.end - block.start for block in builder.blocks), default=0)


def _add_preformatted(builder: TextBuilder, content: Any, title: str | None) -> None:
    """The text of `pre` elements, its hard-wrapped lines put together again."""
    if title:
        builder.add(title, "heading", level=1)
    for element in content.iter("pre"):
        reading = read_text("".join(element.itertext()), wrapped=True)
        for block in reading.blocks:
            builder.add(_folded(reading.text[block.start : block.end]), block.kind, level=block.level, page=block.page)


def _add_main(builder: TextBuilder, data: bytes, title: str | None) -> None:
    """What trafilatura takes for the main content."""
    import trafilatura
    from lxml import etree

    page = trafilatura.load_html(_TWO_BREAKS.sub(b"</p><p>", data))
    if page is None:
        return
    _without_struck(page)
    write_out(page)
    found = trafilatura.extract(
        page,
        output_format="xml",
        include_formatting=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
    )
    if found:
        _add_extracted(builder, etree.fromstring(found.encode()), title)


def _add_extracted(builder: TextBuilder, root: Any, title: str | None) -> None:
    """Walks trafilatura's XML: head, p, list/item, quote, table/row/cell."""
    for line_break in root.iter("lb"):
        line_break.tail = _BREAK + (line_break.tail or "")
    main = root.find("main")
    first = next((_text(element) for element in main.iter("head", "p")), "") if main is not None else ""
    if title and title.casefold() not in first.casefold():
        builder.add(title, "heading", level=1)
    for element in main.iter("head", "p", "item", "quote", "table", "code") if main is not None else ():
        above = {parent.tag for parent in element.iterancestors()}
        if "cell" in above or (element.tag in ("item", "quote") and element.find("p") is not None):
            continue
        if element.tag == "table":
            for row in _rows(element):
                builder.add(row, "table")
        elif element.tag == "item" or (element.tag == "p" and "item" in above):
            words = _text(element)
            builder.add(words if PRINTED_MARK.match(words) else f"• {words}" if words else "", "item")
        elif element.tag == "head":
            rank = (element.get("rend") or "h3")[1:]
            builder.add(_text(element), "heading", level=int(rank) if rank.isdigit() else 3)
        else:
            builder.add(lined(_words(element).split(_BREAK)))


def _rows(table: Any) -> list[str]:
    """A table's rows, each value with the name of its column."""
    rows = [list(row.iter("cell")) for row in table.iter("row")]
    heads = takewhile(lambda cells: all(cell.get("role") == "head" for cell in cells), rows)
    return labelled_rows([[_text(cell) for cell in cells] for cells in rows], header=len(list(heads)) or None)


def _text(element: Any) -> str:
    return _folded(_words(element).replace(_BREAK, " "))


def _words(element: Any) -> str:
    """The words of an element, but for those in lists below it, whose items come for themselves."""
    if element.find(".//list") is None:
        return AGAIN.sub("", "".join(element.itertext()))
    depth = sum(1 for _ in element.iterancestors("list"))
    return AGAIN.sub("", "".join(element.xpath(f"descendant::text()[count(ancestor::list) = {depth}]")))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
