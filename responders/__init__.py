"""Kinds of reply: each module is one, with its `Options` and `respond(facts, policy) -> Draft | Escalate | Pass`.

A new kind is one file here, named in policy.toml and worded in replies.toml. `wording` is no kind: it renders for all.
"""
