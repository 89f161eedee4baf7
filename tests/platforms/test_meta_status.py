"""What an operator sees of Facebook and Instagram: calls of the day, what cannot be seen, and what `check` finds."""

from pathlib import Path

from tests.fakes.meta import ACCOUNT_ID, PAGE_ID, TOKEN, FacebookServer, InstagramServer
from tests.platforms.meta_worlds import serving
from tests.process import Home

SECTION = '[platforms.{name}]\n{key} = "{id}"\napi_url = "{url}"\nstart = "all"\n'


def test_status_and_check_show_calls_and_blind_spots(tmp_path: Path) -> None:
    """A comment on each; a round; then both screens."""
    env = {"EARSHOT_FACEBOOK_TOKEN": TOKEN, "EARSHOT_INSTAGRAM_TOKEN": TOKEN}
    with serving(FacebookServer()) as page, serving(InstagramServer()) as account:
        page.say("My parcel is two weeks late.", page.first)
        account.say("My parcel is two weeks late.", account.first)
        home = Home(tmp_path, env=env)
        sections = SECTION.format(name="facebook", key="page_id", id=PAGE_ID, url=page.url)
        home.configure(sections + SECTION.format(name="instagram", key="account_id", id=ACCOUNT_ID, url=account.url))
        assert home.run("once", "--json").json["stored"] == 2
        shown, checked = home.run("status").out, home.run("check", "--online").out
    assert "of 4,800 calls on" in shown and "cannot be seen" in shown and "captions" in shown
    assert "we are @Fernhill Paper" in checked and "we are @fernhill" in checked and "daily_calls" in checked


def test_token_of_a_person_is_a_problem_that_check_finds(tmp_path: Path) -> None:
    """Before anybody wonders why nothing is read."""
    with serving(FacebookServer()) as page:
        page.is_page = False
        home = Home(tmp_path, env={"EARSHOT_FACEBOOK_TOKEN": TOKEN})
        home.configure(SECTION.format(name="facebook", key="page_id", id=PAGE_ID, url=page.url))
        checked = home.run("check", "--online")
    assert checked.code == 1 and "not that of the Page" in checked.err
