"""An OpenID Connect provider that checks what it is sent, and can be told to certify what it should not."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

SECRET = "a-secret-that-both-know"


class ForgingProvider:
    """`claims` is what it certifies of whoever comes; `forge` may change claims, header and key of the next token."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "17", "preferred_username": "anna", "groups": ["readers"]}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.issuer = ""
        self.metadata: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any], dict[str, Any]], Any] = lambda claims, header: self.key
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/jwks", lambda _: JSONResponse({"keys": [self.key.as_dict(private=False)]})),
            ]
        )

    async def _describe(self, _: Request) -> Response:
        described = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
        }  # fmt: skip
        return JSONResponse(described | self.metadata)

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def _token(self, request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = base64.b64decode(request.headers.get("authorization", " ").split()[-1]).decode()
        fits = (
            asked is not None
            and (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", challenge)
            and sent["redirect_uri"] == asked["redirect_uri"]
            and known == f"{asked['client_id']}:{SECRET}"
        )
        if not fits or asked is None:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": asked["client_id"], "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **self.claims,
        }  # fmt: skip
        header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        key = self.forge(claims, header)
        token = signed(claims, header, key)
        return JSONResponse({"access_token": "opens nothing", "token_type": "Bearer", "id_token": token})


def signed(claims: dict[str, Any], header: dict[str, Any], key: Any) -> str:
    """A token, whatever its algorithm: "none" signs nothing."""
    if header["alg"] == "none":
        parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
        return f"{'.'.join(parts)}."
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])
