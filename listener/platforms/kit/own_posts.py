"""Whether a round also reads our own posts, a list of its own to call: they show what a person answered there."""


class ReadsOwnPosts:
    """Part of a platform that lists our own posts apart (`OwnPostsReader` in listener/capabilities.py)."""

    _own_posts_needed = True

    def set_own_posts_needed(self, is_needed: bool, /) -> None:
        """Read our own posts in the next rounds, or leave them out."""
        self._own_posts_needed = is_needed
