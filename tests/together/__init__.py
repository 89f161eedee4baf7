"""Two daemons and three people of the staff on one PostgreSQL, while all kinds of things happen to them.

`python -m tests.together --rounds 20 --platform x`. A lease lasts three seconds here and not sixty, and what follows
from that is as much shorter: a daemon that stands still for six seconds stands for two minutes of the real program.
"""
