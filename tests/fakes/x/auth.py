"""OAuth 1.0a as a server checks it (RFC 5849, section 3.4): the signature covers the URL that was really called."""

import hashlib
import hmac
import re
from base64 import b64encode
from urllib.parse import parse_qsl, quote, unquote, urlsplit

SECRETS = {
    "EARSHOT_X_CONSUMER_KEY": "consumer-key",
    "EARSHOT_X_CONSUMER_SECRET": "consumer-secret-canary",
    "EARSHOT_X_ACCESS_TOKEN": "100-access-token",
    "EARSHOT_X_ACCESS_TOKEN_SECRET": "access-secret-canary",
}


def signed(method: str, url: str, header: str, secrets: dict[str, str]) -> bool:
    """True when the Authorization header signs this call with these secrets."""
    given = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
    signature = given.pop("oauth_signature", "")
    if given.get("oauth_consumer_key") != secrets["EARSHOT_X_CONSUMER_KEY"]:
        return False
    if given.get("oauth_token") != secrets["EARSHOT_X_ACCESS_TOKEN"]:
        return False
    return hmac.compare_digest(signature, _signature(method, url, given, secrets))


def _signature(method: str, url: str, oauth: dict[str, str], secrets: dict[str, str]) -> str:
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *oauth.items()]
    coded = "&".join(
        f"{name}={value}" for name, value in sorted((_quote(name), _quote(value)) for name, value in pairs)
    )
    base = "&".join((method, _quote(f"{parts.scheme}://{parts.netloc}{parts.path}"), _quote(coded)))
    key = f"{_quote(secrets['EARSHOT_X_CONSUMER_SECRET'])}&{_quote(secrets['EARSHOT_X_ACCESS_TOKEN_SECRET'])}"
    return b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _quote(text: str) -> str:
    return quote(text, safe="~")
