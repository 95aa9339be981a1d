"""The ledger out and in: its tables as CSV, its reviews as ClaimReview with provenance.

A review is given in words, never as a number: there is no score of truth. What is refused goes
out as a claim without a review. Texts stay with their owners; a span goes out as its position.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError
from karwan.base.outgoing import script_json, web_address
from karwan.base.telling import csv_text
from karwan.base.troubles import read_utf8
from karwan.ledger.assessment import Assessment, Status
from karwan.ledger.nouns import TABLES, Ledger, Statement
from karwan.ledger.words import SpeakerKind

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.ledger.own_rows import Texts

CONTEXT = [
    "https://schema.org",
    {
        "prov": "http://www.w3.org/ns/prov#",
        "oa": "http://www.w3.org/ns/oa#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    },
]
PERSONS = frozenset({SpeakerKind.political_leader, SpeakerKind.official_unnamed})


def table_texts(catalog: Catalog) -> dict[str, list[Texts]]:
    """Return all rows of the ledger as texts, the shipped first, then the workspace's."""
    import polars as pl

    texts: dict[str, list[Texts]] = {}
    for kind, table in TABLES.items():
        content = catalog.content(table)
        texts[kind] = pl.read_csv(content, infer_schema=False, null_values=[""]).to_dicts()
    if catalog.workspace is not None:
        from karwan.ledger.own_rows import read_texts

        for kind, rows in read_texts(catalog.workspace).items():
            texts[kind] += rows
    return texts


def write_tables(catalog: Catalog, folder: Path) -> list[str]:
    """Write every table of the ledger into a folder and return the file names."""
    names = []
    for kind, rows in table_texts(catalog).items():
        table = catalog.resource(TABLES[kind]).table
        name = f"{TABLES[kind]}.csv"
        columns = [field.name for field in table.fields]
        text = csv_text(columns, [[row[column] for column in columns] for row in rows])
        (folder / name).write_text(text, encoding="utf-8")
        names.append(name)
    return names


def read_tables(catalog: Catalog, folder: Path) -> dict[str, list[Texts]]:
    """Return the rows of a folder that are not in the ledger yet, as texts by kind.

    Raises
    ------
    DataError
        If the folder holds no table of the ledger, a file has other columns, or a row has the id
        of another.
    """
    held = table_texts(catalog)
    fresh_by_kind: dict[str, list[Texts]] = {}
    faults: list[str] = []
    if not folder.is_dir():
        raise DataError("the tables to add", [f"{folder} is not a folder"])
    for kind, table in TABLES.items():
        path = folder / f"{table}.csv"
        if not path.exists():
            continue
        columns = [field.name for field in catalog.resource(table).table.fields]
        try:
            rows = _read_rows(path, columns)
        except DataError as error:
            faults += error.texts
            continue
        known = {row[columns[0]]: row for row in held[kind]}
        fresh = [row for row in rows if known.get(row[columns[0]]) != row]
        faults += [
            f"{path.name}: {row[columns[0]]} is in the ledger already with other words; a record "
            "is never changed"
            for row in fresh
            if row[columns[0]] in known
        ]
        fresh_by_kind[kind] = fresh
    if not fresh_by_kind and not faults:
        names = ", ".join(f"{table}.csv" for table in TABLES.values())
        faults.append(f"{folder} holds none of {names}")
    if faults:
        raise DataError("the tables to add", faults)
    return fresh_by_kind


def _read_rows(path: Path, columns: Sequence[str]) -> list[Texts]:
    """Return the rows of one file, which has exactly these columns in every line."""
    reader = csv.DictReader(StringIO(read_utf8(path, path.name), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise DataError(path.name, [f"{path.name} cannot be read as CSV: {error}"]) from error
    if list(reader.fieldnames or []) != list(columns):
        raise DataError(path.name, [f"{path.name}: its columns must be {', '.join(columns)}"])
    ragged = [line for line, row in enumerate(rows, 2) if None in row or None in row.values()]
    if ragged:
        told = [f"{path.name}: line {line} has more or fewer cells than columns" for line in ragged]
        raise DataError(path.name, told)
    return [{name: row[name] or None for name in columns} for row in rows]


def to_claim_reviews(
    ledger: Ledger, statuses: Sequence[Status], addresses: Mapping[str, str]
) -> str:
    """Return the statuses as JSON-LD: a ClaimReview each, or a Claim where it is refused.

    Parameters
    ----------
    addresses
        Address of each piece of evidence, by id.
    """
    known = {ident: web_address(address) for ident, address in addresses.items()}
    nodes = [
        _claim(ledger, status.statement) if status.refused else _review(ledger, status, known)
        for status in statuses
    ]
    content = {"@context": CONTEXT, "@graph": nodes}
    return script_json(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"


def _url(address: str) -> dict[str, str]:
    """Return the address as a part of a node; nothing where no page may lead there."""
    known = web_address(address)
    return {"url": known} if known else {}


def _claim(ledger: Ledger, said: Statement) -> dict[str, Any]:
    source = ledger.sources[said.source_id]
    appearance: dict[str, Any] = {
        "@type": "CreativeWork",
        **_url(said.source.url),
        "publisher": {"@type": "Organization", "name": source.publisher},
        "inLanguage": source.language,
    }
    if said.source.date:
        appearance["datePublished"] = said.source.date
    if said.span is not None:
        appearance["oa:hasSelector"] = {
            "@type": "oa:TextPositionSelector",
            "oa:start": said.span.start_index,
            "oa:end": said.span.end_index,
        }
    return {
        "@type": "Claim",
        "@id": f"urn:karwan:claim:{said.id}",
        "text": said.paraphrase,
        "author": {
            "@type": "Person" if said.speaker_kind in PERSONS else "Organization",
            "name": said.speaker,
        },
        "datePublished": said.said_on,
        "appearance": appearance,
    }


def _review(ledger: Ledger, status: Status, addresses: Mapping[str, str]) -> dict[str, Any]:
    said = status.statement
    words = [word.value for word in (status.delivery, status.evidence) if word is not None]
    rules = sorted({part.rule for part in status.parts})
    return {
        "@type": ["ClaimReview", "prov:Entity"],
        "@id": f"urn:karwan:review:{said.id}:{status.as_of}",
        **_url(said.source.url),
        "claimReviewed": said.paraphrase,
        "itemReviewed": _claim(ledger, said),
        "author": {"@type": "Organization", "name": "karwan ledger"},
        "datePublished": status.as_of.isoformat(),
        "reviewRating": {"@type": "Rating", "alternateName": "; ".join(words)},
        "reviewBody": "; ".join(dict.fromkeys(part.reason for part in status.parts)),
        "prov:wasAttributedTo": {"@type": "prov:SoftwareAgent", "name": ", ".join(rules)},
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:endedAtTime": {"@type": "xsd:date", "@value": status.as_of.isoformat()},
            "prov:used": [_used(part, addresses) for part in status.parts],
        },
        "prov:wasDerivedFrom": _derived(status.parts, addresses),
    }


def _used(part: Assessment, addresses: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@type": "prov:Entity",
        "@id": f"urn:karwan:test:{part.proposition_id}:{part.rule}",
        "identifier": part.inputs_sha256,
        "citation": [
            {"identifier": ident, "url": addresses[ident], "additionalType": way}
            for way, idents in (("supports", part.supports), ("contradicts", part.contradicts))
            for ident in idents
            if addresses.get(ident)
        ],
    }


def _derived(parts: Sequence[Assessment], addresses: Mapping[str, str]) -> list[dict[str, str]]:
    idents = [i for part in parts for i in (*part.supports, *part.contradicts)]
    urls = dict.fromkeys(addresses[i] for i in idents if addresses.get(i, "").startswith("http"))
    return [{"@id": url} for url in urls]
