"""Who speaks on the server, by the client API and, for what that lacks, by its pages."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fediverse.boot import Server

Json = dict[str, Any]
_NOWHERE = "urn:ietf:wg:oauth:2.0:oob"


@dataclass
class Person:
    """An account with a token."""

    server: Server
    name: str
    password: str
    token: str = ""

    @classmethod
    def sign_in(cls, server: Server, name: str, password: str) -> "Person":
        """Get a token by the authorization-code flow."""
        person = cls(server, name, password)
        asked = {"client_name": "test", "redirect_uris": _NOWHERE, "scopes": "read write"}
        app = person.call("POST", "/api/v1/apps", data=asked).json()
        login = {"login": name, "passwd": password, "redir": _NOWHERE, "cid": app["client_id"], "state": ""}
        page = person.call("POST", "/oauth/x-snac-login", data=login)
        code = re.search(r"\b[0-9a-f]{32}\b", page.text + page.headers.get("location", ""))
        assert code, page.text
        given = {"grant_type": "authorization_code", "code": code[0], "redirect_uri": _NOWHERE}
        secrets = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        person.token = person.call("POST", "/oauth/token", data={**given, **secrets}).json()["access_token"]
        return person

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A call on a connection of its own: snac closes those that are kept."""
        headers = {"Connection": "close"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        address = f"{self.server.url}{path}"
        got = httpx.request(method, address, headers=headers, trust_env=False, timeout=60, **more)
        assert got.status_code < 400, f"{method} {path}: {got.status_code} {got.text[:300]}"
        return got

    def post(self, text: str, visibility: str = "public") -> Json:
        """Post; returns the status as its author sees it."""
        made: Json = self.call("POST", "/api/v1/statuses", json={"status": text, "visibility": visibility}).json()
        return made

    def edit(self, status: Json, text: str) -> None:
        """Edit: the uri stays, the id does not."""
        self.call("PUT", f"/api/v1/statuses/{status['id']}", json={"status": text})

    def delete(self, status: Json) -> None:
        """Delete, by the page: the API cannot."""
        form = {"id": status["uri"], "actor": f"{self.server.url}/{self.name}", "action": "Delete", "redir": "top"}
        address = f"{self.server.url}/{self.name}/admin/action"
        login = (self.name, self.password)
        got = httpx.post(address, data=form, auth=login, headers={"Connection": "close"}, trust_env=False, timeout=60)
        assert got.status_code < 400, f"delete: {got.status_code}"
