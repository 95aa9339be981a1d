"""The ledger out and in again, as tables and as reviews."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from karwan.analysis.assurances.book import open_book
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.ledger.exchange import read_tables, to_claim_reviews, write_tables
from karwan.ledger.nouns import TABLES
from karwan.ledger.records import add_rows
from tests.ledger.test_records import NEW, WHEN, WHO
from tests.reference import catalog, packaged

AS_OF = dt.date(2026, 11, 22)
SCHEMA = Path(__file__).parents[1] / "golden" / "claimreview.schema.json"


def reviews() -> dict[str, Any]:
    book = open_book(catalog())
    found = book.assess(AS_OF)
    content: dict[str, Any] = json.loads(
        to_claim_reviews(book.ledger, found, book.addresses(found))
    )
    return content


def test_shipped_tables_are_written_as_they_stand(tmp_path: Path) -> None:
    names = write_tables(catalog(), tmp_path)
    assert names == [f"{table}.csv" for table in TABLES.values()]
    for table in TABLES.values():
        assert (tmp_path / f"{table}.csv").read_bytes() == packaged(table).read_bytes()


def test_tables_go_into_a_database_and_come_out_the_same(tmp_path: Path) -> None:
    """CSV → database → CSV → another database → CSV."""
    homes = [tmp_path / name for name in ("one", "two")]
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    one = Catalog(None, homes[0])
    add_rows(homes[0], one, NEW, who=WHO, when=WHEN)
    write_tables(one, folders[0])
    two = Catalog(None, homes[1])
    fresh = read_tables(two, folders[0])
    assert {kind: len(rows) for kind, rows in fresh.items()} == {
        "source": 1, "statement": 1, "proposition": 1, "indicator": 1, "evidence": 0,
    }  # fmt: skip
    add_rows(homes[1], two, fresh, who="other", when=WHEN)
    write_tables(two, folders[1])
    for table in TABLES.values():
        name = f"{table}.csv"
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    assert not any(read_tables(two, folders[0]).values())


def test_a_changed_row_is_refused_not_overwritten(tmp_path: Path) -> None:
    write_tables(catalog(), tmp_path)
    path = tmp_path / "ledger_evidence.csv"
    path.write_text(path.read_text().replace("E001,C01,", "E001,C02.1,"))
    with pytest.raises(DataError, match=r"ledger_evidence.csv: E001 is in the ledger already with"):
        read_tables(catalog(), tmp_path)


def test_a_folder_without_tables_or_with_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds none of ledger_sources.csv, ledger_st"):
        read_tables(catalog(), tmp_path)
    (tmp_path / "ledger_evidence.csv").write_text("id,what\nE1,x\n")
    with pytest.raises(DataError, match=r"ledger_evidence.csv: its columns must be id, proposi"):
        read_tables(catalog(), tmp_path)


def test_every_review_has_the_fields_that_claimreview_asks_for() -> None:
    content = reviews()
    jsonschema.validate(content, json.loads(SCHEMA.read_text()))
    assert len(content["@graph"]) == 135
    broken = {**content, "@graph": [{**content["@graph"][0]}]}
    del broken["@graph"][0]["reviewRating"]
    with pytest.raises(jsonschema.ValidationError, match=r"'reviewRating' is a required|'Claim'"):
        jsonschema.validate(broken, json.loads(SCHEMA.read_text()))


def test_opinions_go_out_as_claims_without_a_review_and_no_review_is_a_number() -> None:
    nodes = reviews()["@graph"]
    claims = {node["@id"] for node in nodes if node["@type"] == "Claim"}
    assert "urn:karwan:claim:S01" in claims
    assert all("ratingValue" not in json.dumps(node) for node in nodes)
    (one,) = (n for n in nodes if n["@id"] == "urn:karwan:review:T14:2026-11-22")
    assert one["reviewRating"]["alternateName"] == "not met; contradicted"
    assert {"@id": "https://www.afintl.com/en/202510130933"} in one["prov:wasDerivedFrom"]


def test_no_words_of_the_article_go_out() -> None:
    nodes = [n for n in reviews()["@graph"] if "S34" in n["@id"]]
    selector = nodes[0]["itemReviewed"]["appearance"]["oa:hasSelector"]
    assert selector["oa:end"] - selector["oa:start"] == 59  # characters: eight words
    assert "exact" not in json.dumps(nodes)
