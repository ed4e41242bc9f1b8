"""Everything that can go wrong and be told to a person.

    OnRecordError
    ├── InputError          a file, folder, address or question that cannot be used
    │   └── UnreadableFile  a document that could not be read; `source` names it
    │       └── ReaderKilled  what read it overran its limits, or crashed
    ├── LibraryError        the library on disk cannot be used as it stands
    │   ├── NotALibrary     the folder holds something else
    │   ├── LibraryBusy     another process is writing to it
    │   ├── EmbeddingMismatch  it was made with another embedding model
    │   ├── CatalogueDamaged  its catalogue is lost or cannot be read
    │   ├── LexicalDamaged  its lexical index cannot be read; it can be made anew
    │   ├── VectorsDamaged  its vectors cannot be read; they can be made anew
    │   ├── DiskRefuses     its disk is full or read-only
    │   └── VectorsUnreachable  its vectors lie on a Chroma server that does not answer
    └── ModelError          an embedding or language model cannot be loaded or does not answer
        └── ModelUnavailable     a language model's service cannot be reached now, takes too long or breaks off

A message names the file, folder or question, and what to do next. A refusal is an answer, not an error.
"""


class OnRecordError(Exception):
    """Base of all errors raised on purpose; `str(error)` is fit to be shown to a person."""


class InputError(OnRecordError):
    """A file, folder, address or question that cannot be used."""


class UnreadableFile(InputError):
    """A document that could not be read.

    `reason` is one plain sentence without the file's name, so that a table of failures can hold both.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class ReaderKilled(UnreadableFile):
    """A document whose reader overran its limits and was ended, or crashed."""


class LibraryError(OnRecordError):
    """The library on disk cannot be used as it stands."""


class NotALibrary(LibraryError):
    """The folder holds something that is not a library."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class EmbeddingMismatch(LibraryError):
    """The library was made with another embedding model."""


class CatalogueDamaged(LibraryError):
    """The library's catalogue, which is the truth of it, is lost or cannot be read."""


class LexicalDamaged(LibraryError):
    """The library's lexical index cannot be read; it can be made anew from the catalogue."""


class VectorsDamaged(LibraryError):
    """The library's vectors cannot be read; they can be made anew from the catalogue."""


class DiskRefuses(LibraryError):
    """The library's disk is full or read-only; reading goes on."""


class VectorsUnreachable(LibraryError):
    """The library's vectors lie on a Chroma server that does not answer."""


class ModelError(OnRecordError):
    """An embedding or language model cannot be loaded, or does not answer."""


class ModelUnavailable(ModelError):
    """A language model's service cannot be reached now, is over its limit, takes too long or breaks off.

    Asking again later may help; a wrong key or name is a plain ModelError.
    """
