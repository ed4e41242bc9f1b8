"""What a language model read and wrote for an answer, in tokens, as the model's own service counts them."""

from typing import Any

from ..rag.answer import Answer, Turn


def asked_with_usage(library: Any, question: str, history: list[Turn]) -> tuple[Answer, tuple[int, int] | None]:
    """An answer, and the tokens (read, written) it took; None without a model, or where its service does not count."""
    if getattr(library, "writer", None) is None:
        return library.ask(question, history=history), None
    from langchain_core.callbacks import get_usage_metadata_callback

    with get_usage_metadata_callback() as counted:
        answer = library.ask(question, history=history)
    used = counted.usage_metadata.values()
    if not used:
        return answer, None
    return answer, (sum(each["input_tokens"] for each in used), sum(each["output_tokens"] for each in used))
