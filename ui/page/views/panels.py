"""What opens over the page, as HTML: earlier conversations, and the settings with a sentence on each."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from ....rag.tools.citations.styles import STYLES
from ..history import Conversation
from ..models import NONE, PROVIDERS, Models, Offer
from ..words import Words
from .template import html

_WAYS = ("auto", "select", "write")
_STRICTNESS = ("lenient", "usual", "strict")
_MAX_PASSAGES = 20
_CALLED = {"openai": "OpenAI", "anthropic": "Anthropic"}


def conversations_html(conversations: Sequence[Conversation], current: str, query: str, words: Words) -> Markup:
    """Earlier conversations, latest first, each with a way to remove it."""
    if not conversations:
        return html("panels", "nothing", says=words("history.not_found" if query.strip() else "history.none"))
    return html("panels", "conversations", conversations=conversations, current=current, words=words)


def settings_html(
    models: Models, owner: str, chosen: Mapping[str, str], defaults: tuple[int | None, str], words: Words
) -> Markup:
    """The settings form: answering model and its way, number of passages, strictness; each explained in a sentence."""
    passages, strictness = defaults
    model = chosen.get("model") or models.default
    offers = models.offered(owner)
    none = _model(NONE, words("settings.none"), words("settings.none.more"), model)
    return html(
        "panels",
        "settings",
        models=[none, *(_offer(offer, model, words) for offer in offers)],
        missing=_missing(models, offers),
        ways=_WAYS,
        way=chosen.get("way") or _WAYS[0],
        number=chosen.get("passages") or str(passages or ""),
        most=_MAX_PASSAGES,
        levels=_STRICTNESS,
        strict=chosen.get("strictness") or strictness,
        styles=STYLES,
        style=chosen.get("style") or STYLES[0],
        words=words,
    )


def _offer(offer: Offer, model: str, words: Words) -> Markup:
    goes = goes_to(offer.host, words)
    if offer.kind == "own":
        return _model(offer.name, offer.name, f"{words('settings.own.more')} {goes}", model, goes)
    if offer.kind == "local":
        more = goes if offer.ready else words("settings.local.missing")
        return _model(offer.name, offer.name, more, model, goes, disabled=not offer.ready)
    return _provider(offer, model, words)


def goes_to(host: str | None, words: Words) -> str:
    """Where what is asked goes: it stays on the server's machine, or is sent to a host."""
    return words("settings.sent", host=host) if host else words("settings.stays")


def _provider(offer: Offer, model: str, words: Words) -> Markup:
    """A provider: which of its models, and its key, which goes to the server and never comes back."""
    provider, _, name = offer.name.partition(":")
    chosen = model if model.startswith(f"{provider}:") else offer.name
    called = _CALLED.get(provider, provider.capitalize())
    goes = goes_to(called, words)
    choice = _model(chosen, called, goes, model, goes, disabled=not offer.ready)
    name = chosen.partition(":")[2] or name
    return choice + html(
        "panels", "provider", provider=provider, called=called, name=name, kept=offer.ready, words=words
    )


def _model(value: str, name: str, more: str, chosen: str, goes: str = "", *, disabled: bool = False) -> Markup:
    checked = value == chosen and not disabled
    return html(
        "panels", "radio", of="model", value=value, name=name, more=more, checked=checked, disabled=disabled, goes=goes
    )


def _missing(models: Models, offers: Sequence[Offer]) -> list[str]:
    """What is said of the kinds of model that cannot be chosen here."""
    kinds = {offer.kind for offer in offers}
    lines = {
        "settings.look.none": models.found == (),
        "settings.providers.none": not kinds & set(PROVIDERS),
        "settings.allowed": bool(models.rules.allowed),
    }
    return [key for key, missing in lines.items() if missing]
