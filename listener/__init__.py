"""Earshot answers brand mentions. The straight line:

platform.fetch(cursor) -> Page                    intake   mentions and cursor kept in one transaction
  -> sentiment, language, cues                     intake   pure functions of the text
  -> Facts -> decide(facts, policy, responders)    triage   pure: the same facts give the same decision
  -> Decision: ignore | escalate | draft + trail   triage   facts, decision and draft kept in one transaction
  -> reply: drafted -> approved                    desk     staff move a state, nothing else
  -> sending -> sent + receipt                     outbox   intention committed before the call, result after
  -> an event row at every arrow                   store    who, what, when, why: the exchange log
"""
