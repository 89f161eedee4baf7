"""The story of a customer in docs/club.md, as the program runs it: `python -m tests.club.story` writes it anew.

From her first complaint to an apology with a coupon, to membership, to an offer that she may ask for once, and to
words of hers that the shop may show.
"""

import json
import re
import shlex
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.process import Home

PAGE = Path(__file__).parents[2] / "docs" / "club.md"
MARK = "<!-- story -->\n\n```text\n"
TIME = re.compile(r"\d{4}-\d\d-\d\d([ T])\d\d:\d\d(:\d\dZ| UTC)")
WIDTH = 100
CLUB = """
[club]
join = ["join the fernhill club"]
terms = "https://fernhill.example/club, version of November 2026"
disclosures = ["i got a coupon"]

[testimonials]
ask = "May we show your words on our website? If so, please answer: yes, you may quote me."
consent = ["you may quote me"]

[pools.ten]
cents = 1000
currency = "EUR"

[offers.autumn]
for = "asked"
from = 2026-01-01
until = 2099-01-01
pool = "ten"
claim = ["my autumn code"]
text = "Your code is {coupon}: 10 % off one order. {terms}"
terms = "Once per person; we gave it for asking, not for praise."
owner = "marketing"
known_days = 0

[offers.sorry]
for = "goodwill"
from = 2026-01-01
until = 2099-01-01
pool = "ten"
text = "As an apology, {coupon} takes 10 euros off your next order. {terms}"
terms = "Once per person."
owner = "customer care"
"""
POLICY = """
[brand]
name = "Fernhill"

[staff]
names = ["dana"]

[responders.claim]
due = "4h"

[responders.support]
due = "24h"

[responders.thank_you]
due = "3d"
"""
REPLIES = """
[[claim]]
id = "here"
text = "Here you are! {{ statement }}"

[[support]]
id = "parcel"
text = "I'm sorry that your parcel is late. I am looking into it now."

[[thank_you]]
id = "paper"
text = "So glad to hear that, and thank you for saying so."
"""
PRAISE = "I love the smooth paper of your new notebooks, @fernhill"
CODES = ("TEN-4F7K21", "TEN-9Q2M38", "TEN-1B6D54")


class Story:
    """Ada, a shop, and what both see."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder, env={"EARSHOT_STAFF": "dana", "COLUMNS": "100"})
        for name, text in (("club.toml", CLUB), ("policy.toml", POLICY), ("replies.toml", REPLIES)):
            self.home.configure(text, name)
        (folder / "codes.csv").write_text("\n".join(CODES))
        self.lines: list[str] = []
        self._posts = 0

    def write(self, post_id: str, text: str) -> None:
        """Ada writes, and the daemon's next round reads it."""
        row = {"id": post_id, "author": "ada", "author_id": "ada", "text": text, "lang": "en"}
        with self.home.mentions.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self.lines += ["", f"@ada writes ({post_id}): {text}"]
        assert self.home.run("once").code == 0

    def run(self, command: str, code: int = 0) -> None:
        """Dana types a command."""
        done = self.home.run(*shlex.split(command))
        assert done.code == code, (command, done)
        shown = (done.out + done.err).rstrip().splitlines()
        self.lines += [f"$ earshot {command}", *(f"  {line}".rstrip() for line in shown)]

    def send(self) -> None:
        """The daemon's next round sends what is approved; what Ada gets."""
        assert self.home.run("once", "--stage", "send").code == 0
        for post in self.home.posts()[self._posts :]:
            self._posts += 1
            self.lines.append(f"@ada gets{' in private' if post.get('private') else ''}: {post['text']}")

    def text(self) -> str:
        """The log so far, at a fixed time."""
        story = "\n".join("\n".join(_wrap(line)) or "" for line in self.lines).strip()
        return TIME.sub(lambda time: f"2026-11-30{time[1]}09:00{':00Z' if time[1] == 'T' else time[2]}", story)


def _wrap(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def tell(folder: Path) -> str:
    """Tell the whole story."""
    story = Story(folder)
    assert story.home.run("once").code == 0
    story.run("coupons import ten codes.csv")
    story.write("1040", "@fernhill my third parcel this year is late and nobody answers my mails")
    story.run('offer 1 sorry --reason "third late parcel"')
    story.run("approve 1")
    story.send()
    story.write("1041", "@fernhill thanks, that is fair. I'd like to join the Fernhill club")
    story.run("member ada --join memory:1041")
    story.write("1042", "@fernhill may I have my autumn code?")
    (asked,) = [reply["id"] for reply in story.home.queue() if reply["kind"] == "claim"]
    story.run(f"approve {asked}")
    story.send()
    story.write("1043", "@fernhill once more, may I have my autumn code?")
    (again,) = [reply["id"] for reply in story.home.queue() if reply["mention"]["id"] == "1043"]
    story.run(f"offer {again} autumn", code=1)
    story.run("coupons")
    _praise(story)
    return story.text()


def _praise(story: Story) -> None:
    """She praises the shop, says that she got something from it, and agrees to be quoted."""
    story.write("1044", f"{PRAISE}. Thank you so much!")
    story.run("testimonials ask memory:1044", code=1)
    story.write("1045", f"{PRAISE}, and I got a coupon, too. Thank you so much!")
    story.run("testimonials ask memory:1045")
    (asks,) = [reply["id"] for reply in story.home.queue() if reply["mention"]["id"] == "1045"]
    story.run(f"approve {asks}")
    story.send()
    story.write("1046", "@fernhill sure, you may quote me!")
    story.run("testimonials list")
    story.run("testimonials confirm memory:1045 memory:1046")
    story.run("testimonials export quotes.csv")
    story.lines.append("$ cat quotes.csv")
    story.lines += [f"  {line}" for line in (story.home.folder / "quotes.csv").read_text().splitlines()]


def written(page: str, story: str) -> str:
    """The page with the story in the block behind its mark."""
    before, mark, after = page.partition(MARK)
    assert mark, "the page has no place for the story"
    return f"{before}{mark}{story}\n```\n" + after.partition("```\n")[2]


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tell(Path(name))), encoding="utf-8")
