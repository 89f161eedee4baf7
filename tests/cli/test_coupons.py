"""Coupons and offers at the command line, on the memory platform: imported, given, approved, sent in private."""

from pathlib import Path

from tests.process import Home

CLUB = """
[pools.ten]
cents = 1000
currency = "EUR"
low = 1
[offers.sorry]
for = "goodwill"
from = 2026-01-01
until = 2099-01-01
pool = "ten"
text = "Take {coupon} for your next order. {terms}"
terms = "Once per person."
owner = "care"
"""


def test_an_offer_goes_from_the_file_to_the_customer(tmp_path: Path) -> None:
    """The code is masked until it is posted, and only its author reads it; each mistake is one line."""
    home = Home(tmp_path)
    home.configure(CLUB, "club.toml")
    home.say("@fernhill my parcel is two weeks late and nobody answers")
    assert home.run("once").code == 0
    codes = tmp_path / "codes.csv"
    codes.write_text("code\nABCDEF-77\nABCDEF-78\nbad code\n")
    assert home.run("coupons").out == "no coupons yet\n"
    done = home.run("coupons", "import", "ten", str(codes))
    assert done.out.startswith("pool ten: 2 codes new, 0 known\nline 4 is not a code") and done.code == 0
    assert "cannot read" in home.run("coupons", "import", "ten", "none.csv").err
    assert home.run("coupons", "import", "ten").code == 2 and home.run("coupons", "burn", "ten").code == 2
    assert "there is no offer 'sory'; club.toml has sorry" in home.run("offer", "1", "sory").err
    given = home.run("offer", "1", "sorry", "--reason", "third late parcel")
    assert "Take *******77 for your next order. Once per person." in given.out
    assert home.run("offer", "1").code == 2
    assert home.run("approve", "1").code == 0
    assert home.run("once", "--stage", "send").code == 0
    (post,) = home.posts()
    assert "Take ABCDEF-77 for" in post["text"] and post["private"] is True
    (pool,) = home.run("coupons", "--json").json
    assert (pool["free"], pool["given"], pool["imported"]) == (1, 1, 2)
    assert "ten: 2 imported: 1 free, 0 reserved, 0 in doubt, 1 given" in home.run("coupons").out
    (offer,) = home.run("offer", "list", "--json").json
    assert (offer["cents"], offer["free"], offer["runs"]) == (1000, 1, True)
    shown = [home.run(*line.split()).out for line in ("show 1", "show 1 --json", "log", "log --json", "person h1")]
    assert not any("ABCDEF" in out for out in shown) and "*******77" in shown[0]
    assert home.run("export", "all").code == 0
    assert not any("ABCDEF" in path.read_text() for path in (tmp_path / "all").iterdir())
    assert home.run("coupons", "void", "ten", "--reason", "leaked").out == "pool ten: 1 void\n"
