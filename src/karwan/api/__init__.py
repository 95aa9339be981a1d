"""The public names of karwan for Python: what every door asks, and nothing below it knows.

`import karwan` offers them all. The command line makes its answers by the same functions, so what
Python gives and what a command prints are one.
"""

from __future__ import annotations

import datetime as dt
import getpass


def now() -> dt.datetime:
    """Return the time in the user's zone: the one place where karwan reads this machine's clock.

    Answers never ask; a door that is given no date passes `today` on. The trail of a workspace
    asks the clock of its database.
    """
    return dt.datetime.now(dt.UTC).astimezone()


def today() -> dt.date:
    """Return the day on the user's clock.

    Examples
    --------
    >>> import karwan
    >>> karwan.today().year >= 2026
    True
    """
    return now().date()


def login_name() -> str:
    """Return the name under which the operating system runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return "unnamed user"
