"""What a user would write in an afternoon: VADER and SQLModel. It scores and stores mentions, and decides nothing.

python -m bench.afternoon MENTIONS.csv FILE.db     # prints microseconds of processor time a mention
"""

import csv
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, create_engine
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

PAGE = 500  # mentions a commit


class Heard(SQLModel, table=True):
    """A mention with its score."""

    key: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    text: str
    brand: str | None = None
    lang: str | None = None
    seen_at: datetime
    compound: float
    positive: float
    negative: float
    neutral: float
    label: str = Field(index=True)


def main() -> None:
    """Score and store a file."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    engine = create_engine(f"sqlite:///{target}")
    SQLModel.metadata.create_all(engine)
    analyzer = SentimentIntensityAnalyzer()
    start = time.process_time()
    with source.open(encoding="utf-8", newline="") as file, Session(engine) as session:
        rows = [_score(row, analyzer) for row in csv.DictReader(file)]
        for first in range(0, len(rows), PAGE):
            session.add_all(rows[first : first + PAGE])
            session.commit()
    print((time.process_time() - start) / len(rows) * 1e6)


def _score(row: dict[str, str], analyzer: SentimentIntensityAnalyzer) -> Heard:
    scores = analyzer.polarity_scores(row["text"])
    label = "positive" if scores["compound"] >= 0.05 else "negative" if scores["compound"] <= -0.05 else "neutral"
    return Heard(
        id=row["id"],
        text=row["text"],
        brand=row["brand"],
        lang=row["lang"],
        seen_at=datetime.now(UTC),
        compound=scores["compound"],
        positive=scores["pos"],
        negative=scores["neg"],
        neutral=scores["neu"],
        label=label,
    )


if __name__ == "__main__":
    main()
