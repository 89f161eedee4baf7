"""What X answers when something is wrong, by name."""

import json
from typing import Any

PROBLEM = "https://api.x.com/2/problems/"


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> tuple[int, str]:
    """An error body in X's shape."""
    body = {"title": title, "detail": detail, "type": kind, "status": status, **more}
    return status, json.dumps(body)


ANSWERS: dict[str, tuple[int, str]] = {
    "unauthorized": problem(401, "Unauthorized", "Unauthorized"),
    "credits": problem(
        402,
        "CreditsDepleted",
        "Your enrolled account [1] does not have any credits to fulfill this request.",
        "https://api.twitter.com/2/problems/credits",
    ),
    "credits-depleted": problem(402, "Payment Required", "credits depleted", PROBLEM + "credits-depleted"),
    "usage-capped": problem(
        429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", PROBLEM + "usage-capped", period="Monthly"
    ),
    "rate": problem(429, "Too Many Requests", "Too Many Requests"),
    "rate-88": (429, json.dumps({"errors": [{"code": 88, "message": "Rate limit exceeded"}]})),
    "unavailable": (503, "<html><body><h1>503 Service Unavailable</h1></body></html>"),
    "internal": problem(500, "Internal Server Error", "Something is broken", PROBLEM + "internal-error"),
    "not-summoned-old": problem(
        403,
        "Forbidden",
        "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the"
        " author of the post you are replying to.",
    ),
    "not-summoned": problem(
        403,
        "Authorization Error",
        "You can only reply to or quote posts where you are mentioned or are the author.",
        PROBLEM + "not-authorized-for-resource",
    ),
    "who-can-reply": problem(403, "Forbidden", "You are not permitted to reply to this conversation."),
    "target-gone": problem(
        403,
        "Forbidden",
        "You attempted to reply to a Tweet that is deleted or not visible to you.",
    ),
    "duplicate": problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    "no-reason": problem(403, "Forbidden", "You are not permitted to perform this action."),
    "feature": problem(403, "Forbidden", "Your account is not permitted to access this feature."),
    "read-only-app": problem(
        403,
        "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        PROBLEM + "oauth1-permissions",
    ),
    "suspended": (403, json.dumps({"errors": [{"code": 64, "message": "Your account is suspended"}]})),
    "list-body": (403, "[]"),
    "missing-page": (404, ""),
    "proxy-refuses": (403, "<html><body>Blocked by your organisation's policy</body></html>"),
}
