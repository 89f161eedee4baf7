"""Meta's Graph API on loopback: `graph` what both hosts share, `facebook` a Page, `instagram` an account."""

from tests.fakes.meta.facebook import PAGE_ID, FacebookServer
from tests.fakes.meta.graph import TOKEN
from tests.fakes.meta.posts import Comment, Person, Post

__all__ = ["PAGE_ID", "TOKEN", "Comment", "FacebookServer", "Person", "Post"]
