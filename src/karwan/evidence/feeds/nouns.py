"""What a feed is: who publishes it, on what terms, and the rows that are proposed of it.

Terms stand beside every row and go where it goes: a row that may not be passed on stays local, in
every form that leaves the machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.base.telling import Column, Columns

if TYPE_CHECKING:
    from karwan.base.sheets import Filled
    from karwan.evidence.incidents import IncidentSet


class Becomes(StrEnum):
    """What accepted rows become."""

    incidents = "incidents"
    records = "records"
    sources = "sources"
    figures = "figures"


class Decision(StrEnum):
    """What a person decided of a row."""

    accept = "accept"
    reject = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who publishes a feed, and what may be done with its rows.

    Attributes
    ----------
    may_pass_on
        Whether rows may leave the machine; where the terms are not plain, they stay.
    """

    publisher: str
    licence: str
    may_pass_on: bool
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A feed that can be read.

    Attributes
    ----------
    forms
        Forms of file that are read, by ending.
    page
        Where a person gets it.
    host
        Where it is fetched from when asked; blank where it is not fetched.
    key
        Environment variable with the name or token that its host asks for; blank for none.
    """

    name: str
    what: str
    becomes: Becomes
    terms: Terms
    forms: tuple[str, ...]
    page: str
    host: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What a file does not say of itself.

    Attributes
    ----------
    release
        Release of UCDP.
    countries, first, until
        Coverage: codes of two letters, first day, and the day after the last, as ISO texts.
    mapping
        Text of a mapping file (TOML), for a table of a layout of its own.
    """

    release: str = ""
    countries: tuple[str, ...] = ()
    first: str = ""
    until: str = ""
    mapping: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A row that is proposed.

    Attributes
    ----------
    key
        What the publisher, or the place in the file, knows it by; no two rows of a file share one.
    value, unit
        A figure with its unit; None where the row has none.
    link
        Where it can be read; blank where it has no address of its own.
    """

    key: str
    what: str
    place: str = ""
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    value: float | None = None
    unit: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read of a file.

    Attributes
    ----------
    set_aside
        How many rows of the file are not proposed, by the reason.
    events
        The same rows as incidents, where they become such.
    filled
        The same rows as a workbook has them, where they become records.
    sources
        Publisher and language of a row by its key, where rows become sources.
    """

    kind: Kind
    terms: Terms
    becomes: Becomes
    rows: tuple[Proposed, ...]
    set_aside: Mapping[str, int] = field(default_factory=dict)
    events: IncidentSet | None = None
    filled: Mapping[str, Filled] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, str]] = field(default_factory=dict)


UCDP_TERMS = Terms(
    publisher="Uppsala Conflict Data Program",
    licence="CC BY 4.0",
    may_pass_on=True,
    credit="Uppsala Conflict Data Program, Georeferenced Event Dataset and Candidate Events",
)
ACLED_TERMS = Terms(
    publisher="ACLED",
    licence="terms of ACLED",
    may_pass_on=False,
    credit="Armed Conflict Location and Event Data; not to be passed on",
)
WFP_TERMS = Terms(
    publisher="World Food Programme",
    licence="CC BY 3.0 IGO",
    may_pass_on=True,
    credit="World Food Programme, food prices, through the Humanitarian Data Exchange",
)
DTM_TERMS = Terms(
    publisher="International Organization for Migration",
    licence="terms of the Displacement Tracking Matrix",
    may_pass_on=False,
    credit="International Organization for Migration, Displacement Tracking Matrix; its terms "
    "differ by operation, so rows stay local",
)
RELIEFWEB_TERMS = Terms(
    publisher="ReliefWeb",
    licence="title, date and address only; the text is its publisher's",
    may_pass_on=True,
    credit="ReliefWeb, a service of OCHA",
)
OWN_TERMS = Terms(
    publisher="the user", licence="the user's own", may_pass_on=True, credit="the user"
)
PRIVATE_TERMS = Terms(
    publisher="the user",
    licence="private",
    may_pass_on=False,
    credit="supplied by the user; not to be passed on",
)
HAPI = "hapi.humdata.org"
HAPI_KEY = "KARWAN_HAPI_IDENTIFIER"
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="ucdp",
            what="Events with deaths, final and candidate (UCDP GED)",
            becomes=Becomes.incidents,
            terms=UCDP_TERMS,
            forms=("csv", "zip", "json"),
            page="https://ucdp.uu.se/downloads",
            host="ucdp.uu.se",
            key="KARWAN_UCDP_TOKEN",
        ),
        Kind(
            name="acled",
            what="Events of political violence (ACLED export)",
            becomes=Becomes.incidents,
            terms=ACLED_TERMS,
            forms=("csv",),
            page="https://acleddata.com",
        ),
        Kind(
            name="hapi-conflict",
            what="Events and deaths by district and month (HDX HAPI)",
            becomes=Becomes.figures,
            terms=Terms(
                publisher="ACLED through HDX HAPI",
                licence="terms of ACLED",
                may_pass_on=False,
                credit="Armed Conflict Location and Event Data, through the Humanitarian Data "
                "Exchange; not to be passed on",
            ),
            forms=("json", "csv"),
            page="https://hapi.humdata.org",
            host=HAPI,
            key=HAPI_KEY,
        ),
        Kind(
            name="hapi-prices",
            what="Prices of goods by market and month (HDX HAPI)",
            becomes=Becomes.figures,
            terms=WFP_TERMS,
            forms=("json", "csv"),
            page="https://hapi.humdata.org",
            host=HAPI,
            key=HAPI_KEY,
        ),
        Kind(
            name="wfp-prices",
            what="Prices of goods by market (WFP table on HDX)",
            becomes=Becomes.figures,
            terms=WFP_TERMS,
            forms=("csv",),
            page="https://data.humdata.org",
        ),
        Kind(
            name="dtm-flows",
            what="People counted at border points (IOM DTM flow monitoring)",
            becomes=Becomes.figures,
            terms=DTM_TERMS,
            forms=("csv",),
            page="https://dtm.iom.int",
        ),
        Kind(
            name="reliefweb",
            what="Reports: title, date and address (ReliefWeb)",
            becomes=Becomes.sources,
            terms=RELIEFWEB_TERMS,
            forms=("json",),
            page="https://reliefweb.int",
            host="api.reliefweb.int",
            key="KARWAN_RELIEFWEB_APPNAME",
        ),
        Kind(
            name="workbook",
            what="Sightings, closures and incidents (a filled template)",
            becomes=Becomes.records,
            terms=OWN_TERMS,
            forms=("xlsx",),
            page="karwan evidence template FILE",
        ),
        Kind(
            name="csv",
            what="Any table, with a mapping file that says what its columns hold",
            becomes=Becomes.figures,
            terms=PRIVATE_TERMS,
            forms=("csv",),
            page="docs/feeds.md",
        ),
    )
}
"""Feeds by name."""

FEEDS: Columns[Kind] = (
    Column(name="feed", get=lambda one: one.name),
    Column(name="what"),
    Column(name="becomes", get=lambda one: one.becomes.value),
    Column(name="publisher", get=lambda one: one.terms.publisher),
    Column(name="licence", get=lambda one: one.terms.licence),
    Column(name="may_pass_on", get=lambda one: one.terms.may_pass_on),
    Column(name="forms", get=lambda one: one.forms),
    Column(name="page"),
    Column(name="fetched_from", get=lambda one: one.host or None),
    Column(name="key", get=lambda one: one.key or None),
)
