"""The draw of drafts to be marked."""

import json
import sys
from pathlib import Path

import pytest

from bench import drafts

TEXTS = ("best pens ever, thank you", "my parcel never arrived", "nobody answers the phone, useless", "hello there")


def test_a_draw_depends_on_seed_and_ids_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seed draws the same drafts; what another seed drew can be left out; what has no draft is not drawn."""
    monkeypatch.setenv("EARSHOT_CONFIG", str(Path(__file__).parent.parent / "config"))
    file = tmp_path / "mentions.csv"
    rows = [f"{number},@fernhill {TEXTS[number % 4]}" for number in range(12)]
    file.write_text("\n".join(("id,text", *rows)), encoding="utf-8")

    def draw(*options: str) -> list[dict[str, str]]:
        monkeypatch.setattr(sys, "argv", ["drafts", "--n", "4", *options, "--json", "--", str(file)])
        drafts.main()
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    first = draw("--seed", "a")
    assert len(first) == 4 and first == draw("--seed", "a")
    assert {sample["id"] for sample in first}.isdisjoint(
        sample["id"] for sample in draw("--seed", "b", "--leave-out", "a")
    )
    assert all(int(sample["id"]) % 4 != 3 and sample["draft"] for sample in first)
