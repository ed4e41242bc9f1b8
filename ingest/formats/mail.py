"""Mails (.eml): subject, who wrote to whom and when, then the body; attachments are documents of their own.

Plain text is preferred to HTML. Quoted lines of earlier mails and the signature stay, as blocks of their own, so that
nothing they say is taken for the writer's words: quoted blocks keep their ">".
"""

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from typing import Any

from .blocks import Reading, TextBuilder

LIMIT_NAMES = 20
LIMIT_PARTS = 1_000
_STUB_SHARE = 0.1
_BODY_TYPES = ("text/plain", "text/html")
_SIGNED = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


def read_mail(data: bytes) -> Reading:
    """Blocks of a mail. Raises ValueError when it is none, or holds nothing."""
    message = _parsed(data)
    subject = _header(message, "subject")
    builder = TextBuilder()
    builder.add(subject, "heading", level=1)
    date = _date(message)
    front = [("From", _names(message, "from")), ("To", _names(message, "to")), ("Cc", _names(message, "cc"))]
    builder.add(" | ".join(f"{label}: {text}" for label, text in (*front, ("Date", date or "")) if text), "table")
    for part in _bodies(message):
        if part.get_content_type() == "text/html":
            _add_html(builder, part)
        else:
            _add_text(builder, _text(part))
    if not builder.blocks:
        raise ValueError("it is not an email (it has neither headers nor a text)")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="message/rfc822",
        title=subject or None,
        date=date,
        author=re.sub(r"(?:(?<!\s)\s++)?<[^<>]*>", "", _names(message, "from")).strip("\"' ") or None,
    )


def attachments(data: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files attached to a mail; a forwarded mail is "forwarded.eml" where it has no subject.

    Pictures that are part of the text (logos) and signatures are left out. Names are made safe and distinct.
    """
    message = _parsed(data)
    found: dict[str, bytes] = {}
    for part in _leaves(message):
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


def _add_html(builder: TextBuilder, part: Any) -> None:
    from lxml import etree, html

    from .html_blocks import add_html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _text(part).replace("\0", ""))
    try:
        add_html(builder, html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True)))
    except etree.ParserError:  # nothing but white space or comments
        return


def _add_text(builder: TextBuilder, text: str) -> None:
    """A plain body: the writer's own words, quoted stretches, the signature."""
    from .text import read_text

    for whose, lines in _stretches(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if whose == "quoted":
            _add_quoted(builder, lines)
        elif whose == "signature":
            builder.add(" ".join(" ".join(lines[1:]).split()))
        else:
            reading = read_text("\n".join(lines))
            for block in reading.blocks:
                words = reading.text[block.start : block.end]
                folded = words if block.kind == "table" else " ".join(words.split())
                builder.add(folded, block.kind, level=block.level)


def _stretches(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines that are the writer's "own", "quoted" from an earlier mail, or the "signature"."""
    run: list[str] = []
    whose = "own"
    for line in lines:
        if line.lstrip().startswith(">"):
            now = "quoted"
        elif line in ("-- ", "--"):
            now = "signature"
        elif line.strip():
            now = "signature" if whose == "signature" else "own"
        else:  # a blank line ends a signature, and belongs to anything else
            now = "own" if whose == "signature" else whose
        if now != whose and run:
            yield whose, run
            run = []
        whose = now
        run.append(line)
    if run:
        yield whose, run


def _add_quoted(builder: TextBuilder, lines: list[str]) -> None:
    """Quoted paragraphs, each with the marks of its depth once."""
    paragraph: list[str] = []
    depth = ""
    for line in [*lines, ">"]:
        match = re.match(r"\A\s*((?:>\s?)+)(.*)", line)
        marks, words = (">" * match[1].count(">"), match[2].strip()) if match else ("", "")
        if (not words or marks != depth) and paragraph:
            builder.add(f"{depth} {' '.join(paragraph)}")
            paragraph = []
        if words:
            paragraph.append(words)
            depth = marks
