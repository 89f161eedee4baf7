"""The whole line against a real fediverse server on this machine: `make test-mastodon`, or `python -m tests.fediverse`.

`needs` where snac comes from · `boot` starts and ends it · `people` who post, edit and delete, and what stands on the
server's disk · `story` what happens. What is the same on Bluesky stands in tests/listening.py.
"""
