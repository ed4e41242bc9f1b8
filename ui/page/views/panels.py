"""What opens over the page, as HTML: earlier conversations, and the settings with a sentence on each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from ..history import Conversation
from ..models import NONE, PROVIDERS, Models, Offer
from ..words import Words

_STRICTNESS = ("lenient", "usual", "strict")
_MAX_PASSAGES = 20


def conversations_html(conversations: Sequence[Conversation], current: str, query: str, words: Words) -> str:
    """Earlier conversations, latest first, each with a way to remove it."""
    if not conversations:
        return f'<p class="r-none">{words("history.not_found" if query.strip() else "history.none")}</p>'
    items = "".join(
        f"<li{' aria-current=true' if one.id == current else ''}>"
        f'<button type="button" class="r-past" data-conversation="{escape(one.id)}"><span>{escape(one.title)}</span>'
        f'<small><time datetime="{escape(one.updated)}">{_day(one.updated)}</time></small></button>'
        f'<button type="button" class="r-tool r-danger" data-forget="{escape(one.id)}" '
        f'aria-label="{escape(words("history.remove", title=one.title))}">×</button></li>'
        for one in conversations
    )
    return f'<ul class="r-past-list">{items}</ul>'


def settings_html(
    models: Models, owner: str, chosen: Mapping[str, str], defaults: tuple[int | None, str], words: Words
) -> str:
    """The settings form: answering model, number of passages, strictness; each explained in a sentence."""
    passages, strictness = defaults
    model = chosen.get("model") or models.default
    offers = models.offered(owner)
    number = escape(chosen.get("passages") or str(passages or ""))
    strict = chosen.get("strictness") or strictness
    levels = "".join(
        f'<label class="r-radio"><input type="radio" name="strictness" value="{level}"'
        f"{' checked' if level == strict else ''}><span><b>{words(f'settings.{level}')}</b>"
        f"<small>{words(f'settings.{level}.more')}</small></span></label>"
        for level in _STRICTNESS
    )
    return (
        f"<fieldset><legend>{words('settings.model')}</legend>"
        f'<p class="r-explained">{words("settings.model.explained")}</p>'
        f"{_model(NONE, words('settings.none'), words('settings.none.more'), model)}"
        f"{''.join(_offer(offer, model, words) for offer in offers)}{_nothing_found(offers, words)}</fieldset>"
        f'<fieldset><legend>{words("settings.passages")}</legend><p class="r-explained" id="r-passages-explained">'
        f'{words("settings.passages.explained")}</p><input type="number" name="passages" min="1" '
        f'max="{_MAX_PASSAGES}" value="{number}" placeholder="{words("settings.passages.usual")}" '
        f'aria-label="{words("settings.passages")}" aria-describedby="r-passages-explained"></fieldset>'
        f'<fieldset><legend>{words("settings.strictness")}</legend><p class="r-explained">'
        f"{words('settings.strictness.explained')}</p>{levels}</fieldset>"
    )


def _offer(offer: Offer, model: str, words: Words) -> str:
    if offer.kind == "own":
        return _model(offer.name, offer.name, words("settings.own.more"), model)
    if offer.kind == "ollama":
        more = words("settings.ollama.more" if offer.ready else "settings.ollama.missing")
        return _model(offer.name, offer.name.removeprefix("ollama:"), more, model, disabled=not offer.ready)
    return _provider(offer, model, words)


def _provider(offer: Offer, model: str, words: Words) -> str:
    """A provider: which of its models, and its key, which goes to the server and never comes back."""
    provider, _, name = offer.name.partition(":")
    chosen = model if model.startswith(f"{provider}:") else offer.name
    name = escape(chosen.partition(":")[2] or name)
    key = (
        f'<span class="r-kept">{words("settings.key.kept")}</span>'
        f'<button type="button" class="r-tool" data-forget-key="{provider}">{words("settings.key.forget")}</button>'
        if offer.ready
        else f'<input type="password" autocomplete="off" data-key-of="{provider}" '
        f'aria-label="{words("settings.key", provider=provider)}" placeholder="{words("settings.key.hint")}">'
        f'<button type="button" class="r-button" data-keep-key="{provider}">{words("settings.key.keep")}</button>'
    )
    return (
        f"{_model(chosen, provider.capitalize(), words('settings.provider.more'), model, disabled=not offer.ready)}"
        f'<div class="r-key"><input data-name-of="{provider}" value="{name}" autocomplete="off" '
        f'aria-label="{words("settings.model.name", provider=provider)}">{key}</div>'
    )


def _model(value: str, name: str, more: str, chosen: str, *, disabled: bool = False) -> str:
    state = " checked" if value == chosen and not disabled else ""
    return (
        f'<label class="r-radio"><input type="radio" name="model" value="{escape(value)}"{state}'
        f"{' disabled' if disabled else ''}><span><b>{escape(name)}</b><small>{more}</small></span></label>"
    )


def _nothing_found(offers: Sequence[Offer], words: Words) -> str:
    kinds = {offer.kind for offer in offers}
    lines = [
        words("settings.ollama.none") if "ollama" not in kinds else "",
        words("settings.providers.none") if not kinds & set(PROVIDERS) else "",
    ]
    return "".join(f'<p class="r-explained">{line}</p>' for line in lines if line)


def _day(at: str) -> str:
    return datetime.fromisoformat(at).strftime("%Y-%m-%d")
