"""Meta's Graph API on loopback: `graph` what both hosts share, `facebook` a Page, `instagram` an account."""

from tests.fakes.meta.facebook import PAGE_ID, FacebookServer
from tests.fakes.meta.graph import TOKEN
from tests.fakes.meta.instagram import ACCOUNT_ID, InstagramServer
from tests.fakes.meta.posts import Comment, Person, Post

__all__ = ["ACCOUNT_ID", "PAGE_ID", "TOKEN", "Comment", "FacebookServer", "InstagramServer", "Person", "Post"]
