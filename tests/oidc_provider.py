"""A city's sign-in, as the outside has it: a small OpenID provider over HTTP (discovery, JWKS, RS256, PKCE, one client).

It approves at once whoever `claims` describe. `break_signature` signs tokens with a key that it does not publish.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "yinqiao", "city secret"


class Quiet(WSGIRequestHandler):
    def log_message(self, *args) -> None: ...


class Provider:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict = {"sub": "city-1"}
        self.userinfo: dict | None = None  # other than the token's claims
        self.break_signature = False
        self.codes: dict[str, str] = {}  # code → PKCE challenge
        self.tokens: set[str] = set()
        self.address = ""

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        query = {key: values[0] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        form = {key: values[0] for key, values in parse_qs(body).items()}
        pages = {
            "/.well-known/openid-configuration": self.discovery,
            "/keys": self.keys,
            "/authorize": lambda: self.authorize(query),
            "/token": lambda: self.token(form),
            "/userinfo": lambda: self.user(environ.get("HTTP_AUTHORIZATION", "")),
        }
        status, headers, answer = pages[environ["PATH_INFO"]]()
        start_response(status, [("Content-Type", "application/json"), *headers])
        return [json.dumps(answer).encode()]

    def discovery(self):
        return (
            "200 OK",
            [],
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
            },
        )

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return "200 OK", [], {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, query):
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return "400 Bad Request", [], {"error": "invalid_request"}
        if query.get("code_challenge_method") != "S256" or "openid" not in query.get("scope", ""):
            return "400 Bad Request", [], {"error": "invalid_request"}
        code = secrets.token_urlsafe()
        self.codes[code] = query["code_challenge"]
        back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        return "302 Found", [("Location", back)], {}

    def token(self, form):
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("client_secret") != CLIENT_SECRET or self.codes.pop(form.get("code", ""), None) != challenge:
            return "400 Bad Request", [], {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.claims}
        key = self.other_key if self.break_signature else self.key
        access = secrets.token_urlsafe()
        self.tokens.add(access)
        token = jwt.encode(said, key, algorithm="RS256", headers={"kid": "1"})
        return "200 OK", [], {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def user(self, authorization):
        if authorization.removeprefix("Bearer ") not in self.tokens:
            return "401 Unauthorized", [], {"error": "invalid_token"}
        return "200 OK", [], self.userinfo or self.claims


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, handler_class=Quiet)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
