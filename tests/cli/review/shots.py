"""The screens in docs/, drawn by the program itself: `python -m tests.cli.review.shots` writes them anew."""

from pathlib import Path
from tempfile import TemporaryDirectory

from listener import settings
from listener.cli.review import screen as shown
from listener.desk import marks, people
from tests.cli.review.club import open_club
from tests.cli.review.conftest import Sitting
from tests.conftest import SECTION
from tests.databases import make_store
from tests.desk.world import World

DOCS = Path(__file__).parents[3] / "docs"
KEYS = {
    "queue": (),
    "edit": ("e",),
    "undo": ("r", "1", "enter", "u"),
    "wide": (),
    "batch": ("end", "M", "A"),
    "reject": ("r",),
    "offer": ("o", "1", "1", "enter"),
}  # name of the screen -> the keys that lead there
PAGES = {"offer": DOCS / "club.md"}  # where a screen stands, if not in desk.md
SIZES = {"wide": (120, 40)}
SAID = (
    ("ada", "@fernhill two weeks now and my parcel has still not arrived. Nobody answers my mails. Where is it?"),
    ("cy", "@fernhill you will hear from my lawyer about this"),
    ("eli", "@fernhill the ink bled through every page, it is broken"),
    ("flo", "@fernhill do you ship to Canada?"),
    ("bo_r", "@fernhill I love the smooth paper, thank you so much!"),
    ("gus", "@fernhill lovely paper, thank you for the kind note!"),
)


def drawn(name: str, folder: Path) -> str:
    """One screen, at a fixed time and on a queue of its own."""
    (folder / "config").mkdir()
    (folder / "config" / "earshot.toml").write_text(SECTION)
    (folder / "config" / "mentions.jsonl").touch()
    store, times = make_store(folder), (shown.REST_S, shown.POLL_S)
    shown.REST_S = shown.POLL_S = 3600.0  # on a slow machine the lease would be taken before the screen is drawn
    try:
        world = World(store)
        ids = [_said(world, handle, text) for handle, text in SAID]
        people.note(store, world.desk("bo"), "memory:ada", "prefers mail; order 1182 was replaced in May")
        marks.claim(store, world.desk("bo"), ids[2])
        sitting = Sitting(world, settings.load(folder / "config"))
        sitting = open_club(sitting, folder / "config") if name == "offer" else sitting
        return sitting.play(*KEYS[name], size=SIZES.get(name, (80, 24)))
    finally:
        shown.REST_S, shown.POLL_S = times
        store.close()


def _said(world: World, handle: str, text: str) -> int:
    (reply_id,) = world.said(text, author_id=handle, author_handle=handle, url=f"https://social.example/{handle}/1")
    return reply_id


def written(page: str, screens: dict[str, str]) -> str:
    """The page with each screen in the block behind its mark."""
    for name, screen in screens.items():
        before, mark, after = page.partition(f"<!-- screen: {name} -->\n\n```text\n")
        if mark:
            page = f"{before}{mark}{screen}\n```\n" + after.partition("```\n")[2]
    return page


def screens() -> dict[str, str]:
    """All of them."""
    found = {}
    for name in KEYS:
        with TemporaryDirectory() as folder:
            found[name] = drawn(name, Path(folder))
    return found


def page_of(name: str) -> Path:
    """Where a screen stands."""
    return PAGES.get(name, DOCS / "desk.md")


if __name__ == "__main__":
    for name, screen in screens().items():
        page = page_of(name)
        page.write_text(written(page.read_text(encoding="utf-8"), {name: screen}), encoding="utf-8")
