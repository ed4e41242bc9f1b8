"""Signing in by an OpenID Connect provider (OpenID Connect Core 1.0, the authorization code flow with PKCE, RFC 7636).

    begin -> the provider's address, and what is kept until the browser comes back -> finish -> Person

What a provider says counts only as far as it can be checked: the signature by its published keys, issuer, audience,
expiry, and that it answers what this browser asked (state, nonce, code verifier). Roles and collections follow from
its groups by the operator's settings. Needs the extra `oidc` (Authlib, joserfc, httpx).
"""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

from ...vectorstore.errors import InputError
from .accounts import ROLES, Person, Role, checked_role
from .proxies import is_loopback

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import KeySetSerialization

EVERYBODY = "*"
CALLBACK = "/sign-in/oidc/callback"
PENDING_S = 600.0
_DISCOVERY = "/.well-known/openid-configuration"
_KNOWN_S = 600.0  # how long what a provider says of itself is taken for true
_TIMEOUT_S = 10.0
_LEEWAY_S = 60  # clocks differ
_PENDING_AT_ONCE = 1000
# Signed by a key that only the provider has: neither "none" nor a secret that is shared (RFC 8725, 3.1).
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_SCOPE = "openid profile email"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotSignedIn(Exception):
    """Somebody is not signed in; `reason` is the key of the words that say why: late, failed, nobody, unreachable."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Who a provider's people are here: claims that hold their name and groups, roles and collections by group."""

    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    roles: Mapping[str, Role]
    collections: Mapping[str, str]

    def person(self, claims: Mapping[str, Any]) -> Person:
        """Who it is by checked claims. Raises NotSignedIn for somebody whom no group lets in."""
        name = claims.get(self.name_claim)
        if not isinstance(name, str) or not name:
            raise NotSignedIn("failed", f"the claim {self.name_claim} holds no name")
        if self.name_claim == "email" and claims.get("email_verified") is not True:
            raise NotSignedIn("failed", "the provider has not verified the address")
        told = claims.get(self.groups_claim, [])
        groups = {EVERYBODY, *(group for group in told if isinstance(group, str))} if isinstance(told, list) else set()
        given = {role for group, role in self.roles.items() if group in groups}
        role: Role | None = next((role for role in reversed(ROLES) if role in given), None)
        if role is None:
            raise NotSignedIn("nobody", "none of the groups has a role")
        return Person(
            subject=f"{claims['iss']} {claims['sub']}", name=name, role=role,
            collections=self._collections(groups) if role == "reader" else None,
        )  # fmt: skip

    def _collections(self, groups: set[str]) -> tuple[str, ...] | None:
        """What a reader may read: all where nothing is said of collections, or where a group is given all."""
        found = [name for group, name in self.collections.items() if group in groups]
        if not self.collections or EVERYBODY in found:
            return None
        if not found:
            raise NotSignedIn("nobody", "none of the groups has a collection")
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-in that was begun: the browser's token, what must come back, and where to go on."""

    browser: str
    nonce: str
    verifier: str
    then: str
    ends: float


class Provider:
    """One provider, and the sign-ins that have been begun with it. Safe to share between threads."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        public_url: str,
        rules: Rules,
        name: str = "",
    ) -> None:
        """Raises InputError where `issuer` or `public_url`, the address that people reach this server by, is not https.

        Loopback may be http. Raises InputError where Authlib is not installed.
        """
        try:
            import authlib.oidc.core  # noqa: F401
            import httpx  # noqa: F401
        except ModuleNotFoundError as error:
            says = "ONRECORD_OIDC_ISSUER needs Authlib and httpx: pip install 'onrecord[oidc]'"
            raise InputError(says) from error
        self.issuer = issuer
        self.name = name or urlsplit(issuer).hostname or issuer
        self._client_id, self._client_secret = client_id, client_secret
        _check_address("ONRECORD_OIDC_ISSUER", issuer)
        _check_address("ONRECORD_PUBLIC_URL", public_url)
        self._callback = public_url.rstrip("/") + CALLBACK
        self._rules = rules
        self._lock = threading.Lock()
        self._pending: dict[str, Pending] = {}
        self._known: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self, then: str, *, anew: bool = False) -> tuple[str, str]:
        """Where the browser is to go, and the token that it is to keep until it comes back.

        `anew` has the provider ask for the password again. Raises NotSignedIn where the provider does not answer.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        known = self._metadata()
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        pending = Pending(
            browser=browser, nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), then=then,
            ends=time.monotonic() + PENDING_S,
        )  # fmt: skip
        more = {"prompt": "login"} if anew else {}
        address = prepare_grant_uri(
            known["authorization_endpoint"], self._client_id, "code", redirect_uri=self._callback, scope=_SCOPE,
            state=state, nonce=pending.nonce, code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256", **more,
        )  # fmt: skip
        with self._lock:
            now = time.monotonic()
            self._pending = {key: each for key, each in self._pending.items() if each.ends > now}
            while len(self._pending) >= _PENDING_AT_ONCE:
                self._pending.pop(next(iter(self._pending)))
            self._pending[state] = pending
        return address, browser

    def finish(self, sent: Mapping[str, str], browser: str) -> tuple[Person, str]:
        """Whom the provider has signed in, and where to go on, by what the browser brings back and its token.

        Raises NotSignedIn. What was begun is over then, whatever comes of it.
        """
        with self._lock:
            pending = self._pending.pop(sent.get("state", ""), None)
        if pending is None or pending.ends <= time.monotonic():
            raise NotSignedIn("late", "no such sign-in is under way")
        if not secrets.compare_digest(pending.browser.encode(), browser.encode("utf-8", "surrogatepass")):
            raise NotSignedIn("late", "another browser began this sign-in")
        if sent.get("error") or not sent.get("code"):
            raise NotSignedIn("failed", "the provider refused")
        if sent.get("iss", self.issuer) != self.issuer:  # RFC 9207
            raise NotSignedIn("failed", "another provider answers")
        claims = self._claims(sent["code"], pending)
        return self._rules.person(claims), pending.then

    # --- what the provider says --------------------------------------------------------------------------------

    def _claims(self, code: str, pending: Pending) -> Mapping[str, Any]:
        """What the provider certifies for a code. Raises NotSignedIn."""
        import httpx
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        jwks = self._metadata()["jwks_uri"]
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as client:
                token = self._token(client, code, pending)
                keys = KeySet.import_key_set(cast("KeySetSerialization", _json_of(client.get(jwks))))
            decoded = jwt.decode(str(token["id_token"]), keys, algorithms=list(_ALGORITHMS))
            claims = CodeIDToken(
                decoded.claims, decoded.header, {"iss": {"value": self.issuer}, "aud": {"value": self._client_id}},
                {"nonce": pending.nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
            )  # fmt: skip
            claims.validate(leeway=_LEEWAY_S)
        except httpx.TransportError as error:
            raise NotSignedIn("unreachable", f"{type(error).__name__}") from error
        except (httpx.HTTPError, JoseError, KeyError, TypeError, ValueError) as error:
            raise NotSignedIn("failed", f"{type(error).__name__}: {error}") from error
        return dict(claims)

    def _metadata(self) -> Mapping[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0). Raises NotSignedIn."""
        import httpx

        since, known = self._known
        if known and time.monotonic() - since < _KNOWN_S:
            return known
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as client:
                known = _json_of(client.get(self.issuer.rstrip("/") + _DISCOVERY))
        except (httpx.HTTPError, ValueError) as error:
            raise NotSignedIn("unreachable", f"{type(error).__name__}: {error}") from error
        if known.get("issuer") != self.issuer:
            raise NotSignedIn("failed", "the provider calls itself by another name than ONRECORD_OIDC_ISSUER")
        for name in _ENDPOINTS:
            try:
                _check_address(name, str(known.get(name)))
            except InputError as error:
                raise NotSignedIn("failed", str(error)) from error
        self._known = time.monotonic(), known
        return known

    def _token(self, client: "httpx.Client", code: str, pending: Pending) -> dict[str, Any]:
        """What the provider gives for a code. Raises httpx.HTTPError, ValueError, NotSignedIn."""
        known = self._metadata()
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._callback,
            "code_verifier": pending.verifier, "client_id": self._client_id,
        }  # fmt: skip
        ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not self._client_secret:
            return _json_of(client.post(known["token_endpoint"], data=sent))
        if "client_secret_basic" in ways:
            pair = (quote(self._client_id, safe=""), quote(self._client_secret, safe=""))  # RFC 6749, 2.3.1
            return _json_of(client.post(known["token_endpoint"], data=sent, auth=pair))
        return _json_of(client.post(known["token_endpoint"], data=sent | {"client_secret": self._client_secret}))


def provider_from(
    *,
    issuer: str,
    client_id: str,
    client_secret: str | None,
    public_url: str,
    name: str,
    name_claim: str,
    groups_claim: str,
    roles: str,
    collections: str,
) -> Provider | None:
    """The provider of the settings, None where there is none. Raises InputError for settings that do not fit."""
    if not issuer:
        return None
    for setting, value in (("CLIENT_ID", client_id), ("ROLES", roles)):
        if not value.strip():
            says = " For instance: minute-takers=contributor,*=reader" if setting == "ROLES" else ""
            raise InputError(f"ONRECORD_OIDC_ISSUER needs ONRECORD_OIDC_{setting} too.{says}")
    rules = Rules(
        name_claim=name_claim, groups_claim=groups_claim,
        roles={group: checked_role(role) for group, role in _pairs("ONRECORD_OIDC_ROLES", roles)},
        collections=dict(_pairs("ONRECORD_OIDC_COLLECTIONS", collections)),
    )  # fmt: skip
    return Provider(
        issuer=issuer, client_id=client_id, client_secret=client_secret, public_url=public_url, rules=rules, name=name
    )


def _pairs(setting: str, told: str) -> Sequence[tuple[str, str]]:
    """Groups and what they have: `press=Press releases,staff=*`. Raises InputError."""
    pairs: list[tuple[str, str]] = []
    for pair in filter(None, map(str.strip, told.split(","))):
        group, is_pair, value = (part.strip() for part in pair.rpartition("="))
        if not (group and is_pair and value):
            raise InputError(f"{setting}: {pair[:100]!r} is not GROUP=VALUE, with a comma between two.")
        pairs.append((group, value))
    return pairs


def _check_address(what: str, address: str) -> None:
    """Raises InputError for an address that is not https, or http on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise InputError(f"{what}: {address[:200]!r} is no address.") from None
    is_here = host == "localhost" or is_loopback(host)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    if not (host and is_safe) or parts.username or parts.fragment:
        raise InputError(f"{what}: {address[:200]!r} must be an https address (http on this machine alone).")


def _json_of(reply: "httpx.Response") -> dict[str, Any]:
    """The object in a reply. Raises httpx.HTTPError, ValueError."""
    reply.raise_for_status()
    told = reply.json()
    if not isinstance(told, dict):
        raise ValueError("the reply is no object")
    return told
