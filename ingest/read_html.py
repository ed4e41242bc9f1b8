"""Web pages: the main content, without menus, banners and comment forms; all text where little is found."""

import re

from .blocks import Kind, Reading, TextBuilder

_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "blockquote", "pre", "dt", "dd", "figcaption")


def read_html(data: bytes) -> Reading:
    """Blocks of an HTML page. Raises ValueError when it holds no text."""
    import trafilatura
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    page = trafilatura.load_html(data)
    if page is None:
        raise ValueError("no HTML could be found in it")
    facts = trafilatura.extract_metadata(page)
    found = trafilatura.extract(
        data,
        output_format="xml",
        include_formatting=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
    )
    builder = TextBuilder()
    title = (facts.title if facts else None) or None
    if found:
        _add_extracted(builder, etree.fromstring(found.encode()), title)
    everything = len(" ".join(page.itertext()).split())
    if len(builder.text.split()) < 0.3 * everything and len(page.xpath("//script|//style")) < 5:
        whole = TextBuilder()
        _add_all(whole, page)
        if len(whole.text) > 2 * len(builder.text):
            builder = whole
    if not builder.blocks:
        raise ValueError("the page holds no text")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="text/html",
        title=title,
        date=facts.date if facts and facts.date else None,
    )


def _add_extracted(builder: TextBuilder, root, title: str | None) -> None:  # pyright: ignore[reportMissingParameterType]
    """Walks trafilatura's XML: head, p, list/item, quote, table/row/cell."""
    main = root.find("main")
    first = next((_text(element) for element in main.iter("head", "p")), "") if main is not None else ""
    if title and title.casefold() not in first.casefold():
        builder.add(title, "heading", level=1)
    for element in main.iter("head", "p", "item", "quote", "row", "code") if main is not None else ():
        if element.tag in ("item", "quote") and element.find("p") is not None:
            continue
        if element.tag == "p" and any(parent.tag in ("item", "cell") for parent in element.iterancestors()):
            if any(parent.tag == "cell" for parent in element.iterancestors()):
                continue
            builder.add("• " + _text(element), "item")
        elif element.tag == "row":
            builder.add(" | ".join(_text(cell) for cell in element.iter("cell")), "table")
        elif element.tag == "item":
            builder.add("• " + _text(element), "item")
        elif element.tag == "head":
            level = (
                int((element.get("rend") or "h3").lstrip("h") or 3)
                if (element.get("rend") or "h3")[1:].isdigit()
                else 3
            )
            builder.add(_text(element), "heading", level=level)
        else:
            for paragraph in _paragraphs(element):
                builder.add(paragraph, "paragraph")


def _add_all(builder: TextBuilder, page) -> None:  # pyright: ignore[reportMissingParameterType]
    for element in page.iter(*_BLOCKS):
        if any(parent.tag in (*_BLOCKS, "script", "style", "nav", "form") for parent in element.iterancestors()):
            continue
        kind: Kind = "heading" if element.tag[0] == "h" else "item" if element.tag == "li" else "paragraph"
        if element.tag == "pre":
            for chunk in re.split(r"\n\s*\n", "".join(element.itertext())):
                builder.add(_folded(chunk), kind)
        else:
            builder.add(_text(element), kind, level=int(element.tag[1]) if kind == "heading" else 0)


def _text(element) -> str:  # pyright: ignore[reportMissingParameterType]
    return _folded("".join(element.itertext()))


def _paragraphs(element) -> list[str]:  # pyright: ignore[reportMissingParameterType]
    """A paragraph's text, parted where the page has a double line break."""
    from copy import deepcopy

    copy = deepcopy(element)
    for line_break in copy.iter("lb"):
        line_break.tail = "\n" + (line_break.tail or "")
    return [_folded(part) for part in re.split(r"\n\s*\n", "".join(copy.itertext()))]


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
