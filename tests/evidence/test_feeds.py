"""Feeds: each format in small files of our own, read, proposed, accepted; and what is no data."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import karwan
from karwan.analysis.world.world import open_world
from karwan.api.feeding import (
    Stamp,
    country_codes,
    decide_asked,
    read_asked,
    rows_asked,
    shelf_asked,
)
from karwan.api.watching import source_days
from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.contents import keep_alone
from karwan.evidence.copying import copy_workspace
from karwan.evidence.feeds.nouns import KINDS, Becomes, Decision, How, Proposed
from karwan.evidence.feeds.shelf import FOLDER, feed_named, read_feed, shelf, shelved
from karwan.evidence.own_record import list_records
from karwan.evidence.records import Withdrawal, withdraw
from karwan.evidence.registry import read_files
from karwan.evidence.rows import FeedDecisionRow
from karwan.evidence.workbook import INCIDENT, SEEN, evidence_template
from karwan.evidence.workspace import add_row, workspace_version, writing
from karwan.main import main
from tests import events, reference
from tests.events import event
from tests.evidence.test_workbook import filled
from tests.postgres import Team

MADE_TOKEN = "made-name-of-nobody"
STAMP = Stamp(who="desk", when="2026-11-24T10:00:00+00:00", today=dt.date(2026, 11, 24))
CODES = country_codes(Catalog())[0]
MAY = {
    "reference_period_start": "2026-05-01T00:00:00",
    "reference_period_end": "2026-05-31T23:59:59",
}
CONFLICT = {
    "location_code": "AFG", "admin1_name": "Nangarhar", "admin2_name": "Dara",
    "admin2_code": "AF0601", "event_type": "political_violence", "events": 3, "fatalities": None,
    **MAY,
}  # fmt: skip
PRICE = {
    "location_code": "PAK", "market_name": "Peshawar", "lat": 34.0, "lon": 71.5,
    "commodity_name": "Wheat flour", "unit": "KG", "price_flag": "actual", "price_type": "Retail",
    "currency_code": "PKR", "price": 142.5, **MAY,
}  # fmt: skip
WFP = """\
date,admin1,admin2,market,market_id,latitude,longitude,category,commodity,commodity_id,unit,priceflag,pricetype,currency,price,usdprice
#date,#adm1+name,#adm2+name,#loc+market+name,,#geo+lat,#geo+lon,#item+type,#item+name,,#item+unit,#item+price+flag,#item+price+type,#currency,#value,#value+usd
2026-05-15,Kabul,Kabul,Kabul,1,34.5,69.2,cereals,Bread,5,KG,actual,Retail,AFN,55,0.8
2026-06-15,Kabul,Kabul,Kabul,1,34.5,69.2,cereals,Bread,5,KG,actual,Retail,AFN,,
"""
DTM = """\
Date,Border Point,Flow Type,Individuals
2026-05-04,Torkham,Inflow,1200
2026-05-04,Torkham,Outflow,800
2026-05-05,Torkham,Inflow,
"""
REPORT = {
    "id": "4000001",
    "fields": {
        "title": "Border  points: week 18",
        "date": {"original": "2026-05-06T00:00:00+00:00", "created": "2026-05-07T09:00:00+00:00"},
        "url_alias": "https://reliefweb.int/report/afghanistan/week-18",
        "source": [{"shortname": "IOM", "name": "International Organization for Migration"}],
        "country": [{"iso3": "afg"}],
        "language": [{"code": "en"}],
        "body": "not taken",
    },
}
GED = (event("1", "2026-05-03"), event("2", "2026-05-09", best="0", low="0", high="0"))


def file(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def rows(folder: Path, feed: str, name: str, content: object, how: How | None = None) -> Any:
    return read_feed(feed_named(feed), file(folder, name, content), how or How(), CODES)


# Each format


def test_counts_of_hapi_are_rows_and_a_blank_is_none(tmp_path: Path) -> None:
    read = rows(tmp_path, "hapi-conflict", "c.json", {"data": [CONFLICT]})
    (row,) = read.rows
    assert (row.value, row.unit, row.country, row.place) == (3, "events", "AF", "Dara, Nangarhar")
    assert (row.start, row.end) == (dt.date(2026, 5, 1), dt.date(2026, 5, 31))
    assert dict(read.set_aside) == {"fatalities blank in the file": 1}
    assert not read.terms.may_pass_on


def test_the_same_rows_as_csv_read_alike(tmp_path: Path) -> None:
    names = list(CONFLICT)
    text = ",".join(names) + "\n" + ",".join("" if v is None else str(v) for v in CONFLICT.values())
    told = rows(tmp_path, "hapi-conflict", "c.csv", text + "\n")
    assert told.rows == rows(tmp_path, "hapi-conflict", "c.json", {"data": [CONFLICT]}).rows


def test_prices_of_hapi_name_currency_and_unit(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "hapi-prices", "p.json", {"data": [PRICE]}).rows
    assert (row.value, row.unit, row.place, row.country) == (142.5, "PKR per KG", "Peshawar", "PK")
    assert row.what == "Wheat flour, retail actual"


def test_prices_of_wfp_skip_the_row_of_tags_and_need_a_country(tmp_path: Path) -> None:
    read = rows(tmp_path, "wfp-prices", "w.csv", WFP, How(countries=("AF",)))
    (row,) = read.rows
    assert (row.value, row.unit, row.country) == (55, "AFN per KG", "AF")
    assert dict(read.set_aside) == {"price blank in the file": 1}
    with pytest.raises(DataError, match="of which country it is"):
        rows(tmp_path, "wfp-prices", "w.csv", WFP)


def test_flows_of_dtm_are_people_by_point_and_direction(tmp_path: Path) -> None:
    read = rows(tmp_path, "dtm-flows", "d.csv", DTM)
    assert [(row.what, row.value, row.unit) for row in read.rows] == [
        ("people counted, inflow", 1200, "people"),
        ("people counted, outflow", 800, "people"),
    ]
    assert dict(read.set_aside) == {"count blank in the file": 1}
    with pytest.raises(DataError, match=r"(?s)no column for place.*headings differ by operation"):
        rows(tmp_path, "dtm-flows", "d.csv", "Date,Gate,Individuals\n2026-05-04,Torkham,1\n")


def test_reports_of_reliefweb_are_title_date_and_address_alone(tmp_path: Path) -> None:
    read = rows(tmp_path, "reliefweb", "r.json", {"data": [REPORT]})
    assert read.rows == (
        Proposed(
            key="4000001",
            what="Border points: week 18",
            place="IOM",
            country="AF",
            start=dt.date(2026, 5, 6),
            link="https://reliefweb.int/report/afghanistan/week-18",
        ),
    )
    assert "not taken" not in repr(read)


def test_events_of_ucdp_read_alike_from_csv_zip_and_the_api(tmp_path: Path) -> None:
    kind = feed_named("ucdp")
    table = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    packed = tmp_path / "ged.zip"
    with zipfile.ZipFile(packed, "w") as made:
        made.write(table, table.name)
    pages = file(tmp_path, "GEDEvent_v26_0_5.2026.json", [{"Result": [dict(one)]} for one in GED])
    told = [read_feed(kind, path, How(), CODES) for path in (table, packed, pages)]
    assert told[0].rows == told[1].rows == told[2].rows
    assert [row.value for row in told[0].rows] == [2, 0]
    assert {one.events.release.name for one in told if one.events} == {"26.0.5"}


ACLED = "event_id_cnty,event_date,latitude,longitude,event_type,fatalities,country\n"


def test_an_export_of_acled_stays_local_and_needs_its_coverage(tmp_path: Path) -> None:
    text = ACLED + "AFG1,04 May 2026,34.1,71.1,Battles,2,Afghanistan\n"
    how = How(countries=("AF",), first="2026-05-01", until="2026-06-01")
    read = rows(tmp_path, "acled", "a.csv", text, how)
    assert [(row.key, row.what, row.value) for row in read.rows] == [("AFG1", "Battles", 2)]
    assert read.events.release.local_only
    assert not read.terms.may_pass_on
    with pytest.raises(DataError, match="say of which countries"):
        rows(tmp_path, "acled", "a.csv", text)


MAPPING = """
rows = "figures"
publisher = "Chamber of Peshawar"
licence = "CC BY 4.0"
credit = "Chamber of Peshawar"
may_pass_on = true
separator = ";"
[columns]
date = "day"
value = "trucks"
place = "gate"
[given]
what = "trucks waiting"
unit = "trucks"
"""
OWN = "day;gate;trucks\n2026-05-04;Torkham;310\n2026-05-05;Torkham;\n"


def test_a_table_of_any_layout_is_read_by_its_mapping(tmp_path: Path) -> None:
    read = rows(tmp_path, "csv", "own.csv", OWN, How(mapping=MAPPING))
    (row,) = read.rows
    assert (row.what, row.place, row.value, row.unit) == (
        "trucks waiting",
        "Torkham",
        310,
        "trucks",
    )
    assert (read.terms.publisher, read.terms.may_pass_on) == ("Chamber of Peshawar", True)


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("rows =", "is no TOML"),
        ('rows = "prices"', "say one of incidents, figures"),
        ('rows = "figures"\n[columns]\ndat = "day"', "'dat' is not known; did you mean 'date'"),
        ('rows = "figures"\n[columns]\nvalue = "x"', "what is needed"),
        ('rows = "figures"\nmay_pass_on = true', "name the licence that allows it"),
        ('rows = "incidents"\nmay_pass_on = true', "stay local"),
        ('rows = "closures"', "say true, with the licence"),
        ('rows = "figures"\nmay_pass_on = "no"', "say true or false"),
        ('rows = "figures"\nseparator = "é"', "it is one character"),
        ('rows = "figures"\nseparator = \'"\'', "it is one character"),
        ('rows = "incidents"\nseparator = ";"', "with commas, by"),
        ('rows = "incidents"\n[given]\nkind = "attack"', r"given: .* by \[columns\] alone"),
        ("", "say one of"),
    ],
)
def test_a_mapping_at_fault_is_told(mapping: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=why):
        rows(tmp_path, "csv", "own.csv", OWN, How(mapping=mapping + "\n" if mapping else " "))


@pytest.mark.parametrize("sign", [";", ","])
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "day;gate;trucks\n2026-05-05;Torkham;3\n2026-05-04;Torkham\n",
            "line 3 has 2 cells, not 3",
        ),
        ("day;gate;trucks\n2026-05-05;Torkham;3\n2026-05", "line 3 has 1 cells, not 3"),
        ("day;gate;trucks;trucks\n2026-05-05;Torkham;3;4\n", "'trucks' stands there 2 times"),
    ],
)
def test_a_line_that_was_cut_is_not_a_blank_figure(
    text: str, why: str, sign: str, tmp_path: Path
) -> None:
    mapping = MAPPING.replace('";"', f'"{sign}"')
    with pytest.raises(DataError, match=why):
        rows(tmp_path, "csv", "own.csv", text.replace(";", sign), How(mapping=mapping))


@pytest.mark.parametrize("sign", ["\\ud800", "\\u0000"])
def test_a_sign_that_nothing_can_keep_is_told(sign: str, tmp_path: Path) -> None:
    text = json.dumps({"data": [REPORT]}).replace("week 18", f"week {sign}")
    with pytest.raises(DataError, match="holds a sign that is no letter"):
        rows(tmp_path, "reliefweb", "r.json", text)
    pair = text.replace(sign, "\\ud83d\\ude9a")
    assert rows(tmp_path, "reliefweb", "r.json", pair).rows[0].what.endswith("\U0001f69a")


def test_a_table_without_a_mapping_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs a mapping file"):
        rows(tmp_path, "csv", "own.csv", OWN)


# What is no data


@pytest.mark.parametrize("feed", [name for name in KINDS if name != "workbook"])
@pytest.mark.parametrize("content", ["<!DOCTYPE html><p>Sign in</p>", "\ufeff <HTML>", "", "  \n"])
def test_a_page_or_nothing_is_told_as_that(feed: str, content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a web page, not data|is empty"):
        rows(tmp_path, feed, "x.csv", content, How(mapping=MAPPING))


@pytest.mark.parametrize(
    ("feed", "content", "why"),
    [
        ("hapi-conflict", '{"data": [{"location_code": "AF', "cut in the middle"),
        ("hapi-conflict", {"error": "app_identifier"}, "no list 'data'"),
        ("hapi-conflict", {"data": [{"location_code": "AFG"}]}, "column 'events' is missing"),
        ("hapi-conflict", {"data": []}, "holds no row"),
        ("hapi-conflict", {"data": [{**CONFLICT, "events": -1}]}, "events '-1' is not a number"),
        ("hapi-conflict", {"data": [{**CONFLICT, "events": "NaN"}]}, "events 'NaN' is not"),
        ("hapi-conflict", {"data": [CONFLICT, CONFLICT]}, "stands there 2 times"),
        ("hapi-prices", {"data": [{**PRICE, "lat": 340}]}, "lat '340' is not a number"),
        ("hapi-prices", {"data": [CONFLICT]}, "column 'market_name' is missing"),
        ("wfp-prices", "adm0_id,mp_price\n1,2\n", "another version of it"),
        ("reliefweb", {"data": [{"id": "1", "fields": {}}]}, "title is missing"),
        (
            "reliefweb",
            {"data": [{**REPORT, "fields": {**REPORT["fields"], "url_alias": "javascript:x"}}]},  # type: ignore[dict-item]
            "url is missing",
        ),
        ("ucdp", {"Result": [{"id": 1}]}, "column 'type_of_violence' is missing"),
        ("acled", "event_id_cnty\nx\n", "column 'event_date' is missing"),
    ],
)
def test_files_of_another_version_or_cut_are_refused_whole(
    feed: str, content: object, why: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=why):
        rows(tmp_path, feed, "x.txt", content, How(countries=("AF",), release="26.0.5"))


def test_a_feed_is_known_by_its_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hapi-prices'"):
        feed_named("hapi-price")


# Proposed, accepted


def read_in(folder: Workspace, feed: str, path: Path, how: How | None = None) -> str:
    return read_asked(
        reference.catalog(), folder, feed, path, how or How(), beside=None, stamp=STAMP
    ).ident


def decide(
    folder: Workspace, ident: str, *keys: str, decision: Decision = Decision.accept
) -> tuple[int, list[str]]:
    catalog = Catalog(None, folder)
    return decide_asked(catalog, folder, ident, keys, decision, note="", stamp=STAMP)


def test_what_is_proposed_counts_for_nothing_and_reading_twice_changes_nothing(
    tmp_path: Path,
) -> None:
    path = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    folder = tmp_path / "w"
    assert read_in(folder, "ucdp", path) == "P0001"
    before = workspace_version(folder)
    assert read_in(folder, "ucdp", path) == "P0001"
    assert workspace_version(folder) == before
    assert read_files(folder) == {}
    (row,) = shelf(folder)
    assert (row.dated, row.licence, row.may_pass_on, row.row_count) == (
        "2026-11-24",
        "CC BY 4.0",
        1,
        2,
    )


def test_accepted_events_are_incidents_with_their_coverage_and_twice_is_once(
    tmp_path: Path,
) -> None:
    path = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    folder = tmp_path / "w"
    ident = read_in(folder, "ucdp", path)
    assert decide(folder, ident) == (2, ["F0001"])
    assert decide(folder, ident) == (0, [])
    (one,) = read_files(folder).values()
    assert (one.events.height, one.release.name, one.release.local_only) == (2, "26.0.5", False)
    assert workspace_version(folder).count("feed_decisions=1") == 1


def test_rejected_events_are_left_out_and_the_file_says_how_many(tmp_path: Path) -> None:
    path = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    folder = tmp_path / "w"
    ident = read_in(folder, "ucdp", path)
    assert decide(folder, ident, "2", decision=Decision.reject) == (1, [])
    assert decide(folder, ident) == (1, ["F0001"])
    (one,) = read_files(folder).values()
    assert one.events["event_id"].to_list() == ["1"]
    assert "1 of its events were not accepted" in list_records(folder).incident_files[0].note
    with pytest.raises(DataError, match="row '1' became F0001: withdraw that"):
        decide(folder, ident, "1", decision=Decision.reject)
    with pytest.raises(DataError, match="has no row '9'"):
        decide(folder, ident, "9")


def withdraw_row(folder: Workspace, ident: str) -> None:
    gone = Withdrawal(ident, "", "by mistake")
    withdraw(folder, gone, who="desk", when=STAMP.when, today=STAMP.today)


def counts(folder: Workspace) -> dict[str, int]:
    (one,) = shelf_asked(reference.catalog(), folder)
    return one.counts


def test_what_was_withdrawn_can_be_decided_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    folder = tmp_path / "w"
    ident = read_in(folder, "ucdp", path)
    assert decide(folder, ident, "1") == (1, ["F0001"])
    with pytest.raises(DataError, match="accept all of them again by their keys"):
        decide(folder, ident, "2")
    assert counts(folder) == {"proposed": 1, "accept": 1, "reject": 0, "withdrawn": 0}
    withdraw_row(folder, "F0001")
    assert counts(folder) == {"proposed": 1, "accept": 0, "reject": 0, "withdrawn": 1}
    assert main(["feed", "list", "--workspace", str(folder)]) == 0
    assert "withdrawn" in capsys.readouterr().out
    assert main(["feed", "list", ident, "--format", "json", "--workspace", str(folder)]) == 0
    told = {row["key"]: row["decision"] for row in json.loads(capsys.readouterr().out)["rows"]}
    assert told == {"1": "withdrawn", "2": "proposed"}
    assert decide(folder, ident, "1", "2") == (2, ["F0002"])
    assert counts(folder)["accept"] == 2, "decided again, it counts again"
    assert [one.events.height for one in read_files(folder).values()] == [2]
    withdraw_row(folder, "F0002")
    assert decide(folder, ident) == (0, [])  # what was taken out does not come back by itself
    assert decide(folder, ident, "1", decision=Decision.reject) == (1, [])
    assert read_files(folder) == {}


def test_accepted_reports_are_sources_of_the_ledger(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    ident = read_in(folder, "reliefweb", file(tmp_path, "r.json", {"data": [REPORT]}))
    assert decide(folder, ident) == (1, ["W-SRC-reliefweb-4000001"])
    from karwan.ledger.own_rows import read_texts

    (source,) = read_texts(folder)["source"]
    assert (source["publisher"], source["source_date"]) == ("IOM", "2026-05-06")
    assert str(source["note"]).startswith("Border points: week 18 (ReliefWeb")


def test_a_filled_template_is_proposed_and_becomes_records(tmp_path: Path) -> None:
    seen = {"element": "torkham-road", "day": "2026-11-20", "state": "shut", "source": "call",
            "source_date": "2026-11-20"}  # fmt: skip
    bang = {
        "day": "2026-06-01",
        "lat": 34,
        "lon": 71,
        "source": "call",
        "source_date": "2026-06-02",
    }
    path = tmp_path / "e.xlsx"
    content = filled(evidence_template(["torkham-road"]), {SEEN: [seen], INCIDENT: [bang]})
    path.write_bytes(content)
    folder = tmp_path / "w"
    ident = read_in(folder, "workbook", path)
    assert list_records(folder).sightings == ()
    keys = [row.key for row in shelved(folder, ident, CODES).reading.rows]
    assert keys == [f"{SEEN} 2", f"{INCIDENT} 2"]
    assert decide(folder, ident, f"{SEEN} 2") == (1, ["S0001"])
    assert decide(folder, ident) == (1, ["I0001"])
    own = list_records(folder)
    assert (own.sightings[0].element_id, own.incidents[0].lat) == ("torkham-road", 34)


def test_a_template_that_could_not_be_added_is_not_proposed(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    seen = {"element": "torkam", "day": "2026-11-20", "state": "shut", "source": "call",
            "source_date": "2026-11-20"}  # fmt: skip
    path.write_bytes(filled(evidence_template(["torkham-road"]), {SEEN: [seen]}))
    with pytest.raises(DataError, match="sheet sightings, row 2, column element: No "):
        read_in(tmp_path / "w", "workbook", path)
    assert not (tmp_path / "w").exists()


def test_sightings_of_a_table_become_records_by_their_mapping(tmp_path: Path) -> None:
    mapping = """
rows = "sightings"
licence = "CC0-1.0"
credit = "the desk"
may_pass_on = true
[columns]
element = "gate"
day = "on"
state = "was"
[given]
source = "https://example.org/desk"
source_date = "2026-11-21"
"""
    path = file(tmp_path, "own.csv", "gate,on,was\ntorkham-road,2026-11-20,shut\n")
    ident = read_in(tmp_path / "w", "csv", path, How(mapping=mapping))
    assert decide(tmp_path / "w", ident) == (1, ["S0001"])
    there = open_world(
        Catalog(None, tmp_path / "w"), dt.date(2026, 11, 24), network=reference.network()
    )
    assert there.crossing_status("torkham-road").known_on == dt.date(2026, 11, 20)


def test_of_a_figure_told_again_the_newest_stands_and_licences_go_along(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    first = file(tmp_path, "p1.json", {"data": [PRICE]})
    second = file(tmp_path, "p2.json", {"data": [{**PRICE, "price": 150}]})
    local = file(tmp_path, "c.json", {"data": [CONFLICT]})
    for feed, path in (("hapi-prices", first), ("hapi-prices", second), ("hapi-conflict", local)):
        assert decide(folder, read_in(folder, feed, path)) == (1, [])
    answer, stay = rows_asked(reference.catalog(), folder)
    assert [(one.row.value, one.file.licence) for one in answer.content] == [(150, "CC BY 3.0 IGO")]
    assert stay == 1
    told = answer.to_dict()
    assert (told["kept_local"], told["rows"][0]["may_pass_on"]) == (1, True)
    assert rows_asked(reference.catalog(), folder, local=True)[1] == 0
    mine = karwan.region(as_of="2026-11-24", workspace=folder).evidence
    assert mine.figures("hapi-prices").to_dict()["rows"] == told["rows"]
    days = source_days(karwan.region(as_of="2026-11-24", workspace=folder))
    assert days["feed hapi-prices"] == [dt.date(2026, 5, 1)]  # so that its silence is noticed
    assert decide(folder, "P0002", decision=Decision.reject) == (0, [])  # all are decided
    key = answer.content[0].row.key
    assert decide(folder, "P0002", key, decision=Decision.reject) == (1, [])
    assert (
        rows_asked(reference.catalog(), folder, feed="hapi-prices")[0].content[0].row.value == 142.5
    )


def test_figures_as_recorded_are_those_accepted_by_then(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    decide(folder, read_in(folder, "hapi-prices", file(tmp_path, "p.json", {"data": [PRICE]})))
    for day, found in (("2026-11-23", []), ("2026-11-24", [dt.date(2026, 5, 1)])):
        then = karwan.region(as_of="2026-11-24", as_recorded=day, workspace=folder)
        assert source_days(then).get("feed hapi-prices", []) == found
        assert len(then.evidence.figures().content) == len(found)


def test_a_figure_pushes_out_no_other_that_has_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    numbered = MAPPING.replace("[given]", 'key = "n"\n[given]')
    for name, gate in (("a.csv", "Torkham"), ("b.csv", "Chaman")):
        path = file(tmp_path, name, f"n;day;gate;trucks\n1;2026-05-04;{gate};310\n")
        decide(folder, read_in(folder, "csv", path, How(mapping=numbered)))
    for country, name in (("AF", "w1.csv"), ("PK", "w2.csv")):
        path = file(tmp_path, name, WFP.replace("0.8", f"0.8{country == 'AF':d}"))
        decide(folder, read_in(folder, "wfp-prices", path, How(countries=(country,))))
    told = rows_asked(reference.catalog(), folder)[0].content
    assert [(one.row.place, one.row.country) for one in told] == [
        ("Torkham", None), ("Chaman", None), ("Kabul", "AF"), ("Kabul", "PK"),
    ]  # fmt: skip


def test_a_kept_file_that_changed_or_is_gone_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    ident = read_in(folder, "hapi-prices", file(tmp_path, "p.json", {"data": [PRICE]}))
    (kept,) = (folder / FOLDER).glob("*.kept")
    kept.write_text("{}", encoding="utf-8")
    with pytest.raises(SourceError, match="differs from what was read as P0001"):
        decide(folder, ident)
    kept.unlink()
    with pytest.raises(SourceError, match=r"is gone\. Put back a copy of p"):
        decide(folder, ident)


def test_no_name_of_a_file_leads_out_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    path = file(tmp_path, "p.json", {"data": [PRICE]})
    ident = read_in(folder, "hapi-prices", path)
    (row,) = shelf(folder)
    outside = tmp_path / "outside.json"
    with writing(folder) as connection:
        add_row(connection, replace(row, file_name=str(outside)))
        add_row(connection, replace(row, file_name="a/.."))
    for number in ("P0002", "P0003"):
        assert (
            shelved(folder, number, CODES).reading.rows
            == shelved(folder, ident, CODES).reading.rows
        )
    assert not outside.exists()
    with pytest.raises(SourceError, match="no file of a workspace"):
        keep_alone(folder, "feeds/../../outside.json", b"x", who="desk")
    assert not outside.exists()


@pytest.mark.parametrize(
    "strange",
    [{"feed": "newer"}, {"how": "{"}, {"how": "[]"}, {"how": '{"countries": [], "x": 1}'}],
)
def test_a_file_that_another_program_added_is_told(strange: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "w"
    read_in(folder, "hapi-prices", file(tmp_path, "p.json", {"data": [PRICE]}))
    with writing(folder) as connection:
        add_row(connection, replace(shelf(folder)[0], **strange))  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="Row P0002 of the table feed_files is none"):
        shelved(folder, "P0002", CODES)


@pytest.mark.parametrize("keys", ["{", "1", "[1]"])
def test_a_decision_that_another_program_added_is_told(keys: str, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    ident = read_in(folder, "hapi-prices", file(tmp_path, "p.json", {"data": [PRICE]}))
    row = FeedDecisionRow(
        id="", file_id=ident, decision="accept", row_keys=keys, became="", note="",
        added_by="x", added_at=STAMP.when,
    )  # fmt: skip
    with writing(folder) as connection:
        add_row(connection, row)
    with pytest.raises(SourceError, match="Row Q0001 of the table feed_decisions is none"):
        shelved(folder, ident, CODES)


def test_every_feed_says_its_terms_and_what_its_rows_become() -> None:
    answer = karwan.region(as_of="2026-11-24").evidence.feeds()
    told = {row["feed"]: row for row in answer.to_dict()}
    assert set(told) == set(KINDS)
    assert {name for name, row in told.items() if not row["may_pass_on"]} == {
        "acled", "hapi-conflict", "dtm-flows", "csv",
    }  # fmt: skip
    assert {kind.becomes for kind in KINDS.values()} == set(Becomes)


# The command


def test_a_feed_goes_through_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, own = str(file(tmp_path, "c.json", {"data": [CONFLICT]})), str(tmp_path / "w")

    def told(*words: str, code: int = 0) -> str:
        assert main(["feed", *words, "--workspace", own]) == code
        both = capsys.readouterr()
        return both.out + both.err

    assert "P0001: 1 row proposed of c.json, none accepted" in told("read", "hapi-conflict", path)
    assert "read before in the same way" in told("read", "hapi-conflict", path)
    assert "stays local" in told("list", "P0001")
    assert told("accept", "P0001") == "P0001: 1 row accepted\n"
    assert told("accept", "P0001") == "Nothing new.\n"
    out = told("rows", "--format", "csv")
    assert "political violence" not in out
    assert "1 row may not be passed on (--include-local)" in out
    assert "political violence" in told("rows", "--format", "csv", "--include-local")
    assert json.loads(told("list", "--format", "json"))[0]["accept"] == 1
    assert "one of both" in told("read", "hapi-conflict", code=2)
    assert "is not fetched: download it" in told("read", "acled", "--fetch", code=2)
    assert "set KARWAN_HAPI_IDENTIFIER" in told("read", "hapi-prices", "--fetch", code=2)
    assert "Did you mean 'P0001'" in told("accept", "P0002", code=2)


# In the database of a team


def test_feeds_of_a_team_are_kept_decided_and_copied(team: Team, tmp_path: Path) -> None:
    """The same rows as in a folder, also by a role that may only add."""
    path = events.write_csv(tmp_path, "GEDEvent_v26_0_5.csv", list(GED))
    prices = file(tmp_path, "p.json", {"data": [PRICE]})
    reports = file(tmp_path, "r.json", {"data": [REPORT]})
    told = []
    for place in (team.place, tmp_path / "w"):
        made: list[Any] = []
        for feed, one in (("ucdp", path), ("hapi-prices", prices), ("reliefweb", reports)):
            ident = read_in(place, feed, one)
            assert read_in(place, feed, one) == ident
            made.append((ident, decide(place, ident), decide(place, ident)))
        withdraw_row(place, "F0001")
        made.append(decide(place, "P0001", "1", "2"))
        figures = rows_asked(reference.catalog(), place)[0].to_dict()
        told.append((made, figures, [one.events.height for one in read_files(place).values()]))
    assert told[0] == told[1]
    copy_workspace(team.place, tmp_path / "copy")
    assert rows_asked(reference.catalog(), tmp_path / "copy")[0].to_dict() == told[0][1]
    assert shelved(tmp_path / "copy", "P0001", CODES).decided("2") == "accept"
