"""Office files that are told apart only to say what to do with them: old formats and files under a password."""

from typing import NoReturn

from ..sniff import OLE, holds_stream


def read_old_office(data: bytes) -> NoReturn:
    """Raises ValueError saying what the file is and in which format to save it."""
    if not data.startswith(OLE):
        raise ValueError("it is not the Office file that its name says, or too damaged to tell")
    if holds_stream(data, "EncryptedPackage"):
        raise ValueError("it is protected by a password; save a copy without one")
    if holds_stream(data, "WordDocument"):
        raise ValueError("it is in the old .doc format; save it as .docx (Word and LibreOffice can)")
    if holds_stream(data, "PowerPoint Document"):
        raise ValueError("it is in the old .ppt format; save it as .pptx (PowerPoint and LibreOffice can)")
    if holds_stream(data, "__substg1.0_"):
        raise ValueError("it is an Outlook .msg file; save the message as .eml or as text")
    raise ValueError("it is in an old Office format that is not read; save it as .docx, .pptx or .xlsx")
