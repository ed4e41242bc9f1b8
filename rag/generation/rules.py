"""What an operator lets language models do on a server: which may answer, how much, in which words they are asked."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ...vectorstore.errors import InputError
from ..answer import Usage
from ..prompts import PACKAGED, Prompts
from .budget import FILE, TOKENS_PER_ANSWER, Budget

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRules:
    """Which models may answer (`allowed_models` of the settings), how many tokens each user may have them read and
    write in a day (0: any number), what a million tokens read and a million written cost, how long they are waited
    for, how many tokens one overview may take, and the prompts they are asked with."""

    allowed: str = ""
    tokens_per_day: int = 0
    price: tuple[float, float] | None = None
    timeout_s: float = 120.0
    tokens_per_answer: int = TOKENS_PER_ANSWER
    prompts: Prompts = field(default=PACKAGED, repr=False)

    def budget(self, folder: Path) -> Budget | None:
        """The tokens of each user, kept in a library's folder; None where there is no limit."""
        return Budget(file=folder / FILE, tokens_a_day=self.tokens_per_day) if self.tokens_per_day else None

    def allows(self, model: str) -> bool:
        """Whether a model ("provider:name") may answer."""
        return is_allowed(model, self.allowed)

    def cost(self, usage: Usage) -> float | None:
        """What an answer cost, in the currency of the price; None where no price is set or no token was counted."""
        if self.price is None or not usage.input_tokens:
            return None
        return (usage.input_tokens * self.price[0] + usage.output_tokens * self.price[1]) / _MILLION


def price_of(text: str) -> tuple[float, float] | None:
    """The prices of a million tokens read and written, as "0.5,1.5". Raises InputError."""
    if not text.strip():
        return None
    try:
        read, written = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{text}: write two numbers, of a million tokens read and written: 0.5,1.5") from None
    return read, written


def is_allowed(model: str, allowed: str) -> bool:
    """Whether a model ("provider:name") is one of `allowed_models`; what is no chat model always is."""
    patterns = [pattern.strip() for pattern in allowed.split(",") if pattern.strip()]
    if not patterns or model == "none" or model.startswith("nli:"):
        return True
    return any(fnmatchcase(model, pattern) for pattern in patterns)


def check_allowed(model: str, allowed: str) -> None:
    """Raises InputError for a model that is not one of `allowed_models`."""
    if not is_allowed(model, allowed):
        raise InputError(f"The model {model} may not be used here: ONRECORD_ALLOWED_MODELS lists {allowed}.")
