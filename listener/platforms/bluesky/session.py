"""The session: tokens made with the app password, renewed in time, kept in a 0600 file in the data folder.

Access tokens live two hours, refresh tokens 90 days; a renewed pair is written before it is used, and the old one
stays good for two hours. Signing in is limited to some hundred times a day, so the file also spares restarts of it.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from listener.errors import Cause
from listener.model import Json
from listener.platforms.bluesky.section import HANDLE, PASSWORD, Section
from listener.platforms.kit.addresses import url_problem
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.private_file import write_private
from listener.platforms.kit.response import HttpResponse
from listener.platforms.kit.values import object_in, objects_in
from listener.protocols import Secrets

FILE = "bluesky-session.json"
Judge = Callable[[HttpResponse], Exception]


def method(base: str, name: str) -> str:
    """Return the address of an XRPC method."""
    return f"{base.rstrip('/')}/xrpc/{name}"


def bearer(token: str) -> dict[str, str]:
    """Return the headers that carry a token."""
    return {"Authorization": f"Bearer {token}"}


class CredentialsMissing(Exception):
    """There is no session: a secret is missing, an answer of no use came, or the tokens cannot be kept.

    cause, do: as ReadFailed has them.
    """

    def __init__(self, message: str, do: str, cause: Cause = "transient") -> None:
        super().__init__(message)
        self.do, self.cause = do, cause


@dataclass(frozen=True)
class Session:
    """Who we are and where our repository is. proof: a slow hash of the secrets the session was made with."""

    proof: str
    did: str
    handle: str
    base: str
    access: str
    refresh: str


class Sessions:
    """Signs in and renews. Raises CredentialsMissing, CallFailed, and what `judge` makes of a refusal."""

    def __init__(self, section: Section, secrets: Secrets, folder: Path, web: HttpClient) -> None:
        self._service, self._secrets, self._path, self._web = section.service_url, secrets, folder / FILE, web
        self._known: Session | None = None
        self._anew: Session | None = None  # signed in because the account seemed to be elsewhere
        self._proofs: dict[tuple[str, str], str] = {}

    def account(self) -> str:
        """The handle of the configuration, without its @; "" when there is none."""
        return (self._secrets.get(HANDLE) or "").strip().removeprefix("@")

    def secret(self) -> str:
        """Changes when the secrets are replaced."""
        return f"{self.account()}\0{self._password()}"

    def _password(self) -> str:
        return (self._secrets.get(PASSWORD) or "").strip()

    def open(self, judge: Judge) -> Session:
        """The session in use, the file's, or a new one; other secrets than it was made with end it."""
        proof = self._proof()
        if self._known is None or self._known.proof != proof:
            self._known = self._load(proof) or self._sign_in(proof, judge)
        return self._known

    def renew(self, old: Session, judge: Judge) -> Session:
        """Return the session after this one: the one of another process, or by its refresh token, or a new one."""
        kept = self._load(old.proof)
        if kept and kept.access != old.access:
            self._known = kept
            return kept
        refresh = (kept or old).refresh
        answer = self._web.post(method(old.base, "com.atproto.server.refreshSession"), None, bearer(refresh))
        if answer.status == 200:
            self._known = self._save(self._parse(answer, old.proof))
        elif answer.status == 429 or answer.status >= 500:
            raise judge(answer)
        else:  # revoked, or 90 days old
            self._known = self._sign_in(self._proof(), judge)
        return self._known

    def sign_in_anew(self, judge: Judge) -> Session:
        """Return a new session, whatever tokens there are: its answer names the server that keeps the account now."""
        self._known = self._anew = self._sign_in(self._proof(), judge)
        return self._known

    def may_have_moved(self, session: Session) -> bool:
        """Return whether signing in anew may help; not if this very session came of it."""
        return session != self._anew

    def _sign_in(self, proof: str, judge: Judge) -> Session:
        body = {"identifier": self.account(), "password": self._password()}
        answer = self._web.post(method(self._service, "com.atproto.server.createSession"), body)
        if answer.status != 200:
            raise judge(answer)
        return self._save(self._parse(answer, proof))

    def _parse(self, answer: HttpResponse, proof: str) -> Session:
        """The session of an answer. Raises CredentialsMissing where it cannot be read."""
        body = answer.object()
        texts = [body.get(name) for name in ("did", "handle", "accessJwt", "refreshJwt")]
        if not all(isinstance(text, str) and text for text in texts):
            raise CredentialsMissing("its answer to a sign-in cannot be read", "")
        did, handle, access, refresh = map(str, texts)
        return Session(proof, did, handle, self._find_home(body.get("didDoc")), access, refresh)

    def _find_home(self, document: object) -> str:
        """The server that keeps our repository; the configured one where the DID document names none that is safe."""
        for service in objects_in(object_in(document).get("service")):
            url = service.get("serviceEndpoint")
            if isinstance(url, str) and str(service.get("id", "")).endswith("#atproto_pds") and self._is_safe(url):
                return url
        return self._service

    def _is_safe(self, url: str) -> bool:
        """Tokens go where https protects them; to another server on this machine only when the first one is here."""
        return not url_problem(url) and (url.startswith("https:") or self._service.startswith("http:"))

    def _proof(self) -> str:
        """Slow on purpose: the file that holds it must not help to guess the password. Raises CredentialsMissing."""
        handle, password = self.account(), self._password()
        if not handle or not password:
            name = PASSWORD if handle else HANDLE
            raise CredentialsMissing(f"{name} is not set", f"set it, or {name}_FILE to a file that holds it", "account")
        key = (handle, password)
        if key not in self._proofs:
            salt = f"earshot {self._service} {handle}".encode(errors="replace")
            digest = hashlib.scrypt(password.encode(errors="replace"), salt=salt, n=2**13, r=8, p=1)
            self._proofs = {key: digest.hex()}
        return self._proofs[key]

    def _load(self, proof: str) -> Session | None:
        """The file's session, when these secrets made it; a file that cannot be read is as good as none."""
        with suppress(OSError, ValueError, TypeError):
            raw: Json = json.loads(self._path.read_text(encoding="utf-8"))
            kept = Session(**{field.name: str(raw[field.name]) for field in fields(Session) if field.name in raw})
            return kept if kept.proof == proof and self._is_safe(kept.base) else None
        return None

    def _save(self, session: Session) -> Session:
        """Written and synced before it is used: a token that is used and lost could not be renewed."""
        try:
            write_private(self._path, json.dumps(asdict(session)))
        except OSError as error:
            message = f"the session cannot be kept in {self._path.name} ({error.strerror})"
            raise CredentialsMissing(message, "make the data folder writable, with room on the disk") from None
        return session
