"""The second reader: a learned second opinion on what the rules decide. It doubts, proposes and listens; guards stand.

`features.py` says what it looks at, `score.py` weighs that, `opinion.py` says what follows; these are pure. `train.py`
(with `samples.py`, `fit.py` and `bounds.py`) makes `weights.json` from labelled files; nothing else runs it.
"""
