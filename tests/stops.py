"""Stop this process at a counted file operation, as a kill would: for placed failures."""

from __future__ import annotations

import os
import sys

WATCHED = ("open", "os.", "shutil.", "tempfile.", "fcntl.")
STOPPED = 9


def stop_at(last: int) -> None:
    """End the process, without any clearing up, at its file operation number `last` from now on."""
    count = 0

    def hook(event: str, _: object) -> None:
        nonlocal count
        if event.startswith(WATCHED):
            count += 1
            if count == last:
                os._exit(STOPPED)

    sys.addaudithook(hook)
