"""Kinds of reply: each module is one, with its `Options` and `respond(signals, policy, options)`.

A new kind is one file here, named in policy.toml and worded in replies.toml.
"""
