"""Make a labelled CSV of customers' posts that staff answered with help: nobody may be thanked there.

    python -m bench.staff_replies OUT.csv [IN.csv]
    earshot evaluate OUT.csv

Rows whose brand_reply apologises, helps or asks for a direct message; columns id, text, label, brand. IN.csv is
../shared/data/staff_replies_dev.csv unless it is given.
"""

import csv
import re
import sys
from pathlib import Path

REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "staff_replies_dev.csv"
HELP = re.compile(r"\b(sorry|apolog\w*|DM|direct message|look into|assist)\b")  # capitals count


def rows(source: Path) -> list[dict[str, str]]:
    """The posts that staff met with help, labelled `support`."""
    with source.open(encoding="utf-8", newline="") as file:
        return [
            {"id": row["id"], "text": row["customer_text"], "label": "support", "brand": row["brand"]}
            for row in csv.DictReader(file)
            if HELP.search(row["brand_reply"])
        ]


def main() -> None:
    """Write OUT.csv and say how many rows it holds."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m bench.staff_replies OUT.csv [IN.csv]")
    source = Path(sys.argv[2]) if len(sys.argv) > 2 else REAL
    if not source.exists():
        sys.exit(f"{source} is not here: give the file of posts and replies")
    found = rows(source)
    with Path(sys.argv[1]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "label", "brand"])
        writer.writeheader()
        writer.writerows(found)
    print(f"{len(found)} posts that staff met with help: {sys.argv[1]}")


if __name__ == "__main__":
    main()
