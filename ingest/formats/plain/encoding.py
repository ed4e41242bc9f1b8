"""Text out of bytes in whatever encoding."""

_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ“”„‘’‚«»‹›–—…•·¿¡§©®™°ºª€£½¼¾²³´×\u00a0\u00ad"
)


def decode(data: bytes) -> str:
    """Text in whatever encoding: byte order mark, UTF-8, Windows-1252, then what its letters suggest.

    Raises ValueError for data that is not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if encoding := _utf16_without_mark(data):
        return data.decode(encoding, errors="replace").replace("\x00", "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _western(data) or _guessed(data)
    controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:20000])
    if controls > len(text[:20000]) * 0.02:
        raise ValueError("it is binary data, not text")
    return text.replace("\x00", "")


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: in Western text every second byte is one."""
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or min(even, odd) > half * 0.05 or max(even, odd) < half * 0.5:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _western(data: bytes) -> str | None:
    """Windows-1252 (and with it Latin-1), where nearly all it makes of the data are letters and marks of the West.

    By far the most common of the old encodings, and the one that charset-normalizer takes for others in short texts.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text if character > "\x7f"]
    strange = sum(character not in _WESTERN for character in foreign)
    return text if len(foreign) < len(text) * 0.15 and strange <= len(foreign) * 0.05 else None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ValueError("it is not text in any encoding known here")
    return str(best)
