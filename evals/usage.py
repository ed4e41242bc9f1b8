"""What a language model read and wrote for an answer, in tokens, as the model's own service counts them."""

from typing import Any

from ..rag.answer import Answer, Turn


def asked_with_usage(library: Any, question: str, history: list[Turn]) -> tuple[Answer, tuple[int, int] | None]:
    """An answer, and the tokens (read, written) it took; None without a model, or where its service does not count."""
    answer = library.ask(question, history=history)
    usage = getattr(answer, "usage", None)
    if usage is None or not usage.input_tokens:
        return answer, None
    return answer, (usage.input_tokens, usage.output_tokens)
