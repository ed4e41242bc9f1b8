"""Until when something holds: a key, a share."""

import re
from datetime import UTC, datetime, timedelta

from ...vectorstore.errors import InputError

_SPAN = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def expiry_of(told: str, since: datetime) -> datetime:
    """When something ends: after "12h", "90d" or "6w", or with a day like 2031-05-01 (UTC). Raises InputError."""
    if span := _SPAN.fullmatch(told.strip().lower()):
        ends = since + int(span[1]) * _UNITS[span[2]]
    else:
        try:
            ends = datetime.strptime(told.strip(), "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
        except (ValueError, OverflowError):
            raise InputError(f"{told[:40]!r} is no time. Write it like 90d, 12h, 6w or 2031-05-01.") from None
    if ends <= since:
        raise InputError(f"{told[:40]!r} is over already. Name a later time.")
    return ends


def is_over(expires: str | None, at: datetime) -> bool:
    """Whether a time (ISO 8601, UTC) has come; None never comes."""
    return expires is not None and datetime.fromisoformat(expires) <= at
