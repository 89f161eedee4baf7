"""New secrets end every wait of a platform: they may be another account's, whose limits are its own."""

from datetime import datetime

from listener.protocols import Platform, Rekeyable
from listener.store import platforms
from listener.store.engine import Store


def end_waits(store: Store, platform: Platform, now: datetime) -> None:
    """End the waits for reading and sending where the secrets were replaced: whichever room asks first tells both.

    Once a call was made with the new secrets, the platform does not call them new any more.
    """
    if isinstance(platform, Rekeyable) and platform.has_new_secret():
        with store.write() as connection:
            platforms.end_waits(connection, platform.name, now)
