"""The whole line against a real Bluesky on this machine: `make test-bluesky`, or `python -m tests.network`.

`needs` what has to be there (node, PostgreSQL, the npm package) · `boot` starts and ends it (network.mjs is the node
part) · `people` who post, staff and what stands in the threads · `story` what happens.
"""
