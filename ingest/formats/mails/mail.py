"""Mails (.eml, .mbox): subject, who wrote to whom and when, then the body; attachments are documents of their own.

Plain text is preferred to HTML. Earlier mails and the signature stay, as blocks of their own, so that nothing they say
is taken for the writer's words: quoted blocks keep their ">", and a mail below the head of another goes by its writer.
In an mbox file, which holds the earlier mails as messages, they are left out and listed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email import policy
from email.message import EmailMessage
from typing import Any

from ....vectorstore.structure import Omission
from ...structure.speakers import begins_turn
from ..blocks import Kind, Reading, TextBuilder
from .quoted_mail import Whose, attributed, is_head, name_alone, stretches, writer_of_head

LIMIT_NAMES = 20
LIMIT_PARTS = 1_000
LIMIT_MESSAGES = 50_000
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\r\n]{1,300}\r?\n(?=[A-Za-z][A-Za-z-]{0,76}:)")
_FEWEST_TURNS = 2
_STUB_SHARE = 0.1
_BODY_TYPES = ("text/plain", "text/html")
_SIGNED = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


def read_mail(data: bytes) -> Reading:
    """Blocks of a mail. Raises ValueError when it is none, or holds nothing."""
    message = _parsed(data)
    subject = _header(message, "subject")
    builder = TextBuilder()
    _add_message(builder, message, level=1, keeps_earlier=True)
    if not builder.blocks:
        raise ValueError("it is not an email (it has neither headers nor a text)")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="message/rfc822",
        title=subject or None,
        date=_date(message),
        author=_sender(message) or None,
    )


def read_mailbox(data: bytes) -> Reading:
    """Blocks of an mbox file: message by message, without the earlier mails that each repeats."""
    parsed = [_parsed(each) for each in messages(data)]
    builder = TextBuilder()
    repeated = sum(_add_message(builder, message, level=2, keeps_earlier=False) for message in parsed)
    if not builder.blocks:
        raise ValueError("it holds no mails")
    lists = {name_alone(_header(message, "list-id") or _header(message, "sender")) for message in parsed}
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/mbox",
        title=f"Mailing list {lists.pop()}" if len(lists) == 1 and lists != {""} else None,
        omitted=(Omission(what="quoted mail", count=repeated, where="below and between the writers' own words"),)
        if repeated
        else (),
    )


def messages(data: bytes) -> list[bytes]:
    """The messages of an mbox file, each without the line that parts it from the one before."""
    return [part for part in _FROM_LINE.split(data)[:LIMIT_MESSAGES] if part.strip()]


def attachments(mails: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files attached to mails; a forwarded mail is "forwarded.eml" where it has no subject.

    Pictures that are part of the text (logos) and signatures are left out. Names are made safe and distinct.
    """
    found: dict[str, bytes] = {}
    for part in (part for mail in mails for part in _leaves(_parsed(mail))):
        is_text = part.get_content_type() in _BODY_TYPES and not _is_attached(part)
        if is_text or part.get_content_type() in _SIGNED or _is_inline_picture(part):
            continue
        content = _bytes(part)
        if content.strip():
            found[_distinct(_file_name(part), found)] = content
    return list(found.items())


# --- the tree of parts -----------------------------------------------------------------------------------------


def _parsed(data: bytes) -> EmailMessage:
    import email

    try:
        message = email.message_from_bytes(data.lstrip(b"\r\n \t"), policy=policy.default)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"the email is damaged ({type(error).__name__})") from error
    if not message.keys():
        raise ValueError("it is not an email (it has no headers)")
    return message


def _leaves(message: Any) -> Iterator[Any]:
    """The parts that hold something, a mail within the mail whole."""
    pending = [message]
    seen = 0
    while pending and seen < LIMIT_PARTS:
        part = pending.pop()
        seen += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            pending.extend(reversed(part.get_payload()))
        else:
            yield part


def _bodies(message: Any) -> list[Any]:
    """The parts that are the mail's text: of alternatives the best one."""
    if message.get_content_type() == "multipart/alternative" and message.is_multipart():
        versions = [bodies for part in message.get_payload()[:LIMIT_PARTS] if (bodies := _bodies(part))]
        plain = [bodies for bodies in versions if bodies[0].get_content_type() == "text/plain"]
        other = [bodies for bodies in versions if bodies[0].get_content_type() != "text/plain"]
        if plain and not (other and _is_stub(plain[0], other[-1])):
            return plain[0]
        return other[-1] if other else []
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        return [body for part in message.get_payload()[:LIMIT_PARTS] for body in _bodies(part)]
    is_text = message.get_content_type() in _BODY_TYPES
    return [message] if is_text and not _is_attached(message) and not message.is_multipart() else []


def _is_stub(plain: list[Any], other: list[Any]) -> bool:
    """Whether the plain version only says that the mail is to be read elsewhere."""
    written, shown = (sum(len(_text(part).strip()) for part in version) for version in (plain, other))
    return written == 0 or (written < 200 and written < _STUB_SHARE * shown and b"<p" in _bytes(other[0]).lower())


def _is_attached(part: Any) -> bool:
    return _disposition(part) == "attachment" or bool(_stated_name(part))


def _is_inline_picture(part: Any) -> bool:
    is_picture = part.get_content_maintype() == "image"
    return is_picture and bool(_header(part, "content-id")) and _disposition(part) != "attachment"


def _disposition(part: Any) -> str:
    return (_header(part, "content-disposition").partition(";")[0]).strip().lower()


# --- names and headers -----------------------------------------------------------------------------------------


def _header(part: Any, name: str) -> str:
    """A header decoded and folded; as written where it is malformed beyond decoding."""
    try:
        text = str(part[name] or "")
    except Exception:  # the header parser raises what it meets
        text = next((str(value) for key, value in part.raw_items() if key.lower() == name), "")
    return " ".join(text.encode(errors="replace").decode().split())


def _names(message: Any, header: str) -> str:
    names = re.split(r",\s++(?=[^<>@]{0,300}+[<@])", _header(message, header))
    more = f" and {len(names) - LIMIT_NAMES} more" if len(names) > LIMIT_NAMES else ""
    return ", ".join(names[:LIMIT_NAMES]) + more


def _sender(message: Any) -> str:
    return name_alone(_names(message, "from"))


def _date(message: Any) -> str | None:
    """The day the mail was sent, by its sender's clock."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(_header(message, "date")).date().isoformat()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _stated_name(part: Any) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # as in _header
        return ""


def _file_name(part: Any) -> str:
    """A name without folders; one made from the type where the mail gives none."""
    name = re.split(r"[\\/]", _stated_name(part))[-1].replace("\0", "").strip(" .")
    if name:
        return name
    if part.get_content_type() == "message/rfc822":
        inner: list[Any] | str = part.get_payload()
        subject = _header(inner[0], "subject") if isinstance(inner, list) and inner else ""
        return (re.sub(r"[^\w -]+", " ", subject).strip()[:80] or "forwarded") + ".eml"
    suffixes = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}
    return "attachment" + suffixes.get(part.get_content_type(), "")


def _distinct(name: str, taken: dict[str, bytes]) -> str:
    stem, dot, suffix = name.rpartition(".")
    count = 2
    distinct = name
    while distinct in taken:
        distinct = f"{stem} ({count}).{suffix}" if dot else f"{name} ({count})"
        count += 1
    return distinct


# --- what the parts hold ---------------------------------------------------------------------------------------


def _bytes(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner: list[Any] | str = part.get_payload()
        return inner[0].as_bytes(policy=policy.compat32) if isinstance(inner, list) and inner else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Any) -> str:
    """A part's text in the character set it names, else UTF-8, else Latin-1, which fits anything."""
    data = _bytes(part)
    try:
        named = part.get_content_charset() or "utf-8"
    except (LookupError, ValueError, TypeError, AttributeError):
        named = "utf-8"
    for charset in (named, "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _add_message(builder: TextBuilder, message: Any, *, level: int, keeps_earlier: bool) -> int:
    """Adds a message; gives how many stretches of earlier mails were left out."""
    builder.add(_header(message, "subject"), "heading", level=level)
    front = [("From", _names(message, "from")), ("To", _names(message, "to")), ("Cc", _names(message, "cc"))]
    front.append(("Date", _date(message) or ""))
    builder.add(" | ".join(f"{label}: {text}" for label, text in front if text), "table")
    parts = [part for body in _bodies(message) for part in _hands(body)]
    own = [words for part in parts if part.whose == "own" for words, _, _ in part.paragraphs]
    is_record = sum(map(begins_turn, own)) >= _FEWEST_TURNS  # of a meeting, whose speakers its labels tell
    adding = _Adding(builder, None if is_record else _sender(message), keeps_earlier)
    for part in parts:
        adding.add(part)
    return adding.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """What one hand wrote in a mail: paragraphs as (text, kind, level of a heading)."""

    whose: Whose
    paragraphs: Sequence[tuple[str, Kind, int]]
    writer: str = ""


class _Adding:
    """Adds what a mail holds, each block by its writer."""

    def __init__(self, builder: TextBuilder, writer: str | None, keeps_earlier: bool) -> None:
        self.left_out = 0
        self._builder = builder
        self._writer = writer
        self._is_told = writer is not None
        self._keeps_earlier = keeps_earlier
        self._in_earlier = False

    def add(self, hand: _Hand) -> None:
        if hand.whose == "head":
            self._writer, self._in_earlier = hand.writer if self._is_told else None, True
        is_earlier = self._in_earlier or hand.whose == "quoted"
        if is_earlier and not self._keeps_earlier:
            self.left_out += 1
            return
        speaker = self._writer
        if hand.whose in ("quoted", "head") and self._is_told:
            speaker = hand.writer if hand.whose == "quoted" else ""
        for words, kind, level in hand.paragraphs:
            self._builder.add(words, kind, level=level, speaker=speaker)


def _hands(part: Any) -> Iterator[_Hand]:
    """The words of a body by whose they are; with what is quoted goes the line above that says of whom it is."""
    held: _Hand | None = None
    for hand in _of_html(part) if part.get_content_type() == "text/html" else _of_text(_text(part)):
        if hand.whose == "quoted" and held and held.whose == "own" and held.paragraphs:
            *own, last = held.paragraphs
            if (writer := attributed(last[0])) is not None:
                held = replace(held, paragraphs=own)
                hand = replace(hand, paragraphs=[last, *hand.paragraphs], writer=writer)
        if held:
            yield held
        held = hand
    if held:
        yield held


def _of_html(part: Any) -> Iterator[_Hand]:
    from lxml import etree, html

    from ..web.html_blocks import add_html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _text(part).replace("\0", ""))
    built = TextBuilder()
    try:
        add_html(built, html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True)), marks_quotes=True)
    except etree.ParserError:  # nothing but white space or comments
        return
    for block in built.blocks:
        words = built.text[block.start : block.end]
        whose = "quoted" if words.startswith(">") else "head" if is_head(words) else "own"
        writer = writer_of_head([words]) if whose == "head" else ""
        yield _Hand(whose=whose, paragraphs=[(words, block.kind, block.level)], writer=writer)


def _of_text(text: str) -> Iterator[_Hand]:
    """A plain body: the writer's own words, quoted stretches, heads of earlier mails, the signature."""
    for stretch in stretches(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if stretch.whose == "quoted":
            paragraphs = list(_quoted(stretch.lines))
        elif stretch.whose == "signature":
            paragraphs: list[tuple[str, Kind, int]] = [(" ".join(" ".join(stretch.lines[1:]).split()), "paragraph", 0)]
        elif stretch.whose == "head":
            written = [line.strip() for line in stretch.lines if any(map(str.isalnum, line))]
            paragraphs = [(" | ".join(written), "table", 0)]
        else:
            paragraphs = list(_own("\n".join(stretch.lines)))
        yield _Hand(whose=stretch.whose, paragraphs=paragraphs, writer=stretch.writer)


def _own(text: str) -> Iterator[tuple[str, Kind, int]]:
    from ..plain.text import read_text

    reading = read_text(text)
    for block in reading.blocks:
        words = reading.text[block.start : block.end]
        yield words if block.kind == "table" else " ".join(words.split()), block.kind, block.level


def _quoted(lines: Sequence[str]) -> Iterator[tuple[str, Kind, int]]:
    """Quoted paragraphs, each with the marks of its depth once."""
    paragraph: list[str] = []
    depth = ""
    for line in [*lines, ">"]:
        match = re.match(r"\A\s*((?:>\s?)+)(.*)", line)
        marks, words = (">" * match[1].count(">"), match[2].strip()) if match else ("", "")
        if (not words or marks != depth) and paragraph:
            yield f"{depth} {' '.join(paragraph)}", "paragraph", 0
            paragraph = []
        if words:
            paragraph.append(words)
            depth = marks
