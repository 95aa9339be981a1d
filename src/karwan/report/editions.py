"""Editions of the report: four pages, everything that a reader asks, and what it all rests on."""

from __future__ import annotations

from enum import StrEnum


class Edition(StrEnum):
    """How much of the report is written."""

    short = "short"
    full = "full"
    appendix = "appendix"

    @property
    def file(self) -> str:
        """The name of its file in the folder of a run."""
        return "report.html" if self is Edition.full else f"report-{self}.html"


DEFAULT_EDITIONS = (Edition.full, Edition.appendix)
"""What a run writes where nobody says."""
SHORT = ("ranges", "waiting", "targets")
"""Sections of the short edition, which fills four sheets of A4."""
APPENDIX_ALONE = ("foresight",)
"""Sections that stand in the appendix and nowhere else: how well forecasts scored."""
APPENDIX = (*APPENDIX_ALONE, "defaults", "tables", "runs", "method", "sources", "limits")


def stands_in(section_id: str, edition: Edition) -> bool:
    """Return whether a section stands in an edition.

    Examples
    --------
    >>> [stands_in("foresight", edition) for edition in Edition]
    [False, False, True]
    """
    if edition is Edition.full:
        return section_id not in APPENDIX_ALONE
    return section_id in (SHORT if edition is Edition.short else APPENDIX)


def home_of(section_id: str) -> Edition:
    """Return the edition to which a link to a section leads from one without it.

    Examples
    --------
    >>> str(home_of("foresight")), str(home_of("tables"))
    ('appendix', 'full')
    """
    return Edition.appendix if section_id in APPENDIX_ALONE else Edition.full
