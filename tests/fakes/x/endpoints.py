"""The calls of the fake X: reading, paging, the reply rules, what each costs."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice, takewhile
from typing import Any

from tests.fakes.x.faults import ANSWERS, PROBLEM, problem
from tests.fakes.x.ledger import PRICES, Ledger
from tests.fakes.x.posts import EPOCH_MS, Json, Post, Posts

Reply = tuple[int, str]


@dataclass
class Account:
    """Whose tokens these are. owns_app: reads of its own mentions and timeline are cheaper."""

    id: str = "100"
    username: str = "shop"
    name: str = "The Shop"
    owns_app: bool = True


@dataclass
class X:
    """The state. reach: where the mentions feed ends in silence; own_lag: seconds until own posts are listed;

    deaf: field names of one vocabulary that are no longer known ("tweet" or "post"); media, polls: by key, as they are
    expanded (of others there is only an error); media_usd: the price of one.
    """

    account: Account = field(default_factory=Account)
    posts: Posts = field(default_factory=Posts)
    ledger: Ledger = field(default_factory=Ledger)
    reach: int = 800
    own_lag: float = 0.0
    deaf: str = ""
    partial_errors: list[Json] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    media: dict[str, Json] = field(default_factory=dict)
    polls: dict[str, Json] = field(default_factory=dict)
    media_usd: float = PRICES["media"]

    def me(self) -> Reply:
        """GET /2/users/me: free."""
        account = self.account
        return 200, json.dumps({"data": {"id": account.id, "username": account.username, "name": account.name}})

    def mentions(self, user: str, params: dict[str, str]) -> Reply:
        """GET /2/users/:id/mentions."""
        if user != self.account.id:
            return problem(404, "Not Found Error", "Could not find user", PROBLEM + "resource-not-found")
        listed = islice(self.posts.mentions(user, self.posts.now()), self.reach)
        return self._page(listed, params, least=5, owned=True)

    def timeline(self, user: str, params: dict[str, str]) -> Reply:
        """GET /2/users/:id/tweets."""
        listed = islice((item for item in self.posts.listed(self.posts.now()) if item.author_id == user), 3200)
        return self._page(listed, params, least=5, owned=True)

    def search(self, params: dict[str, str]) -> Reply:
        """GET /2/tweets/search/recent: seven days, and a since_id from before them is refused."""
        now = self.posts.now()
        ms = int((now - timedelta(days=7)).timestamp() * 1000) - EPOCH_MS
        oldest = max(ms, 0) << 22
        since = params.get("since_id")
        if since and int(since) < oldest:
            message = (
                "'since_id' must be a tweet id created after 2026-07-31T11:45Z. Please use a 'since_id' that is larger"
                f" than {oldest}"
            )
            return _invalid(message, "since_id", since)
        listed = takewhile(lambda one: int(one.id) > oldest, self.posts.found(params.get("query", ""), now))
        return self._page(listed, params, least=10, owned=False)

    def _page(self, listed: Iterable[Post], params: dict[str, str], *, least: int, owned: bool) -> Reply:
        size = int(params.get("max_results", "10"))
        if not least <= size <= 100:
            return _invalid(f"max_results {size} is not between {least} and 100", "max_results", str(size))
        token = params.get("pagination_token") or params.get("next_token")
        if token and not re.fullmatch(r"p\d+", token):
            return _invalid("pagination_token is not valid", "pagination_token", token)
        above = int(params.get("since_id", "0"))
        below = min(int(token[1:]) if token else 2**63, int(params.get("until_id", 2**63)) + 1)
        known = takewhile(lambda one: int(one.id) > above, listed)
        rest = list(islice((one for one in known if int(one.id) < below), size + 1))
        return 200, json.dumps(self._body(rest[:size], len(rest) > size, params, owned=owned))

    def _body(self, page: list[Post], more: bool, params: dict[str, str], *, owned: bool) -> Json:
        body: Json = {"meta": {"result_count": len(page)}}
        if page:
            body["data"] = [self._told(one, params) for one in page]
            body["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if more:
            body["meta"]["next_token"] = f"p{page[-1].id}"
        now, cheap = self.posts.now(), owned and self.account.owns_app
        self.ledger.read(now, "post", [one.id for one in page], PRICES["owned" if cheap else "post"])
        self._include(body, page, params)
        if self.partial_errors:
            body.setdefault("errors", []).extend(self.partial_errors)
        return body

    def _include(self, body: Json, page: list[Post], params: dict[str, str]) -> None:
        """Expanded objects come along, and are billed too."""
        asked = set(params.get("expansions", "").split(","))
        if "author_id" in asked and page:
            ids = list(dict.fromkeys(one.author_id for one in page))
            users = [self.users.get(one, {"id": one, "username": f"user{one}"}) for one in ids]
            body.setdefault("includes", {})["users"] = users
            self.ledger.read(self.posts.now(), "user", ids, PRICES["user"])
        if asked & {"referenced_posts", "referenced_tweets.id"}:
            ids = [target for one in page for target in (one.reply_to, one.quotes) if target]
            self._expand(body, "posts", "id", ids, {one: self._quoted(one) for one in ids if one in self.posts.by_id})
            self.ledger.read(self.posts.now(), "post", ids, PRICES["post"])
        if "attachments.media_keys" in asked:
            fields = {"type", *params.get("media.fields", "").split(",")}
            media = {key: {k: v for k, v in item.items() if k in fields} for key, item in self.media.items()}
            self._expand(body, "media", "media_key", [key for one in page for key in one.media], media)
        if "attachments.poll_ids" in asked:
            self._expand(body, "polls", "id", [key for one in page for key in one.polls], self.polls)

    def _quoted(self, post_id: str) -> Json:
        return {"id": post_id, "text": self.posts.by_id[post_id].text}

    def _expand(self, body: Json, kind: str, name: str, keys: list[str], known: dict[str, Json]) -> None:
        """Put what is known beside the posts; of the rest X gives an error. Media and polls are billed as `media`."""
        present = [key for key in dict.fromkeys(keys) if key in known]
        if present:
            body.setdefault("includes", {})[kind] = [{name: key, **known[key]} for key in present]
        gone = [key for key in dict.fromkeys(keys) if key not in known]
        if gone:
            body.setdefault("errors", []).extend(_gone(kind, key) for key in gone)
        if kind != "posts":
            self.ledger.read(self.posts.now(), kind, present, self.media_usd)

    def _told(self, post: Post, params: dict[str, str]) -> Json:
        post_names = "post.fields" in params
        fields = set(params.get("post.fields" if post_names else "tweet.fields", "").split(","))
        expansions = set(params.get("expansions", "").split(","))
        if self.deaf == ("post" if post_names else "tweet"):
            fields, expansions = set(), set()
        return post.told(fields, post_names=post_names, expansions=expansions)

    def create(self, body: Any) -> Reply:
        """POST /2/tweets: a reply to who mentioned or quoted us; everything else is refused as X refuses it."""
        if not isinstance(body, dict) or set(body) - {"text", "reply"} or not isinstance(body.get("text"), str):
            return _invalid("the body has unknown or missing fields", "body", "")
        target_id = (body.get("reply") or {}).get("in_reply_to_tweet_id")
        with self.posts.lock:
            refusal = self._refusal(body["text"], target_id)
            return refusal or self._created(body["text"], target_id)

    def _refusal(self, text: str, target_id: str | None) -> Reply | None:
        target = self.posts.by_id.get(target_id or "")
        if target_id and (target is None or target.deleted):
            return ANSWERS["target-gone"]
        if target and not self._summoned(target):
            return ANSWERS["not-summoned"]
        own = [one for one in self.posts.by_id.values() if one.author_id == self.account.id and not one.deleted]
        return ANSWERS["duplicate"] if any(post.text == text and post.reply_to == target_id for post in own) else None

    def _summoned(self, target: Post) -> bool:
        quoted = self.posts.by_id.get(target.quotes or "")
        quotes_us = quoted is not None and quoted.author_id == self.account.id
        return (
            quotes_us
            or target.author_id == self.account.id
            or any(uid == self.account.id for uid, _ in target.mentions)
        )

    def _created(self, text: str, target_id: str | None) -> Reply:
        now = self.posts.now()
        target = self.posts.by_id.get(target_id or "")
        post = Post(self.posts.new_id(now), self.account.id, text, now, now + timedelta(seconds=self.own_lag))
        if target:
            post.reply_to, post.reply_to_user = target.id, target.author_id
            post.conversation_id = target.conversation_id or target.id
        self.posts.add(post)
        self.ledger.posted.append({"id": post.id, "text": text, "in_reply_to": target_id, "at": now.isoformat()})
        self.ledger.wrote(now, post.id, PRICES["summoned" if target else "url" if "http" in text else "create"])
        return 201, json.dumps({"data": {"id": post.id, "text": text, "edit_history_tweet_ids": [""]}})


def _gone(kind: str, key: str) -> Json:
    detail = f"Could not find {kind} with id: [{key}]."
    return {"resource_type": kind, "resource_id": key, "title": "Not Found Error", "detail": detail}


def _invalid(message: str, name: str, value: str) -> Reply:
    errors = [{"message": message, "parameters": {name: [value]}}]
    detail = "One or more parameters to your request was invalid."
    return problem(400, "Invalid Request", detail, PROBLEM + "invalid-request", errors=errors)
