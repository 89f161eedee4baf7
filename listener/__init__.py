"""Earshot answers brand mentions. The straight line:

platform.fetch(cursor) -> FeedPage                  intake   mentions and cursor are kept in one transaction
  -> sentiment, language, cues                      intake   pure functions of the text
  -> MentionSignals -> decide(signals, policy, ...) triage   pure: the same signals give the same decision
  -> Decision: ignore | escalate | draft + trail    triage   signals, decision and draft are kept in one transaction
  -> reply: drafted -> approved                     desk     staff change a state, nothing else
  -> sending -> sent + receipt                      outbox   the intent is committed before the call, the result after
  -> an event at every step                         store    who, what, when, why: the exchange log
"""
