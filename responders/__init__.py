"""Kinds of reply: each module is one, with its `Options` and `respond(signals, policy, options)`.

A new kind is one file here, named in policy.toml and worded in replies.toml. A module whose wording contains a fact of
the fact sheet sets `USES_FACTS = True`.
"""
