"""What Facebook and Instagram share: Meta's Graph API over plain httpx.

`failures` what Meta's error codes mean, the only place that reads them · `usage` how many calls a day has, and what the
usage headers say · `client` calls through the gate · `state` a small file in the data folder · `pace` how quickly
replies may follow each other · `scan` how far posts and their comments were read (pure) · `listing` a page of posts or
comments · `reading` one page of one feed · `sending` posts and finds · `section` keys that both have.
"""
