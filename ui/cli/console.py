"""Standard output and error as any terminal or pipe takes them."""

import io
import json
import sys
from typing import Any

# Statuses that a command ends with.
DONE, SOME_FAILED, FAILED = 0, 1, 2


def forgive_encoding() -> None:
    r"""What the console's encoding lacks is shown as an escape (`\u201c`) from here on, and ends no command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON for standard output: readable where that is UTF-8, and ASCII elsewhere, which every reader takes for UTF-8.

    A lone surrogate, as of a file name that is no text, is written as the escape that is JSON's as well.
    """
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-")
    return json.dumps(value, ensure_ascii=encoding not in ("utf-8", "utf8"), indent=indent)
