"""The trail at the door: its entries, and the verdict when every hash is made anew."""

from __future__ import annotations

from karwan.api.answer import Answer
from karwan.base.telling import to_dict
from karwan.base.workspaces import Workspace
from karwan.evidence.audit import BREAKS, ENTRIES, Verdict, list_entries, verify_trail
from karwan.evidence.rows import AuditRow


def trail_asked(
    place: Workspace, *, since: str = "", who: str = "", kind: str = ""
) -> Answer[tuple[AuditRow, ...]]:
    """Return the entries of the trail of a workspace, in order.

    Parameters
    ----------
    since
        Of this day or later, UTC, as an ISO text.
    who, kind
        Of this name; of this table, or of `contents`.
    """
    entries = list_entries(place, since=since, who=who, kind=kind)
    return Answer(
        title=f"Trail of {place}",
        content=entries,
        tell=lambda: {"entries": [to_dict(ENTRIES, one) for one in entries]},
        columns=ENTRIES,
        rows=lambda: entries,
    )


def verdict_asked(place: Workspace, *, expect: str = "") -> Answer[Verdict]:
    """Return whether the trail of a workspace and the rows that it tells of still stand.

    Parameters
    ----------
    expect
        A hash of the trail that was kept elsewhere: an entry must bear it.
    """
    verdict = verify_trail(place, expect=expect)
    return Answer(
        title=f"Trail of {place}: {'stands' if verdict.stands else 'BROKEN'}",
        content=verdict,
        tell=verdict.to_dict,
        columns=BREAKS,
        rows=lambda: verdict.breaks,
    )
