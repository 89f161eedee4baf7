"""Learning: the same files give the same weights, a held-out brand is not looked at, rare words get no weight."""

import csv
import json
from pathlib import Path

import pytest

from listener.reader.train import main

KIND = ("thank you, lovely shop", "what a lovely pad, thank you", "so happy with this, great work")
HARSH = ("still waiting, awful shop", "my parcel is late again, awful", "broken again and nobody answers")


def _files(folder: Path, rounds: int = 8) -> list[str]:
    paths = []
    for trade, brands in (("air", ("skyjet", "blueair")), ("shop", ("fernhill", "inkworks"))):
        path = folder / f"{trade}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text", "label", "brand", "author"])
            for number in range(rounds):
                for brand in brands:
                    for label, texts in (("positive", KIND), ("negative", HARSH)):
                        text = f"@{brand} {texts[number % 3]} {trade}word"
                        author = f"{brand}{label}{number}"
                        writer.writerow([f"{author}{trade}", text, label, brand, author])
            writer.writerow(["x", "@inkworks secretword", "negative", "inkworks", "z"])
        paths.append(str(path))
    return paths


def test_the_same_files_give_the_same_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And it learns: kind words speak for praise, harsh ones for a complaint."""
    files = _files(tmp_path)
    outs = [tmp_path / "a.json", tmp_path / "b.json"]
    for out in outs:
        main([*files, "--out", str(out)])
    assert outs[0].read_bytes() == outs[1].read_bytes()
    weights = json.loads(outs[0].read_text(encoding="utf-8"))["weights"]
    assert weights["lovely"][0] > 0 > weights["lovely"][1] and weights["awful"][0] < 0 < weights["awful"][1]
    assert "propose_from = " in capsys.readouterr().out


def test_words_of_few_authors_or_one_trade_get_no_weight(tmp_path: Path) -> None:
    """Privacy, and no "flight" in a pen shop."""
    main([*_files(tmp_path), "--out", str(tmp_path / "a.json")])
    weights = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["weights"]
    assert {"secretword", "airword", "shopword"}.isdisjoint(weights)


def test_a_held_out_brand_is_not_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is kept for the last look stays unseen."""
    main([*_files(tmp_path), "--hold-out", "inkworks", "--out", str(tmp_path / "a.json")])
    assert capsys.readouterr().out.startswith("48 mentions, ")
