"""What leaves for people and programs: alerts, digests, webhooks, and a sign of life.

Alerts: causes -> messages in an outbox of their own -> channels.

A cause is what people should know just now: an open notice, or something at the desk (overdue replies, danger). Each
channel is notified once when a cause begins, again as a reminder, and once when it ends. What a channel cannot take is
kept and tried again; nothing here stops a stage.
"""
