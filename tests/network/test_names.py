"""Names as people type them, in the scripts of the region, lead to the rows they stand in."""

from __future__ import annotations

import pytest

from karwan.base.errors import UnknownNameError
from karwan.base.spelling import fold
from karwan.data.catalog import Catalog
from karwan.data.rows.network import PlaceNameRow, ThingNameRow
from karwan.network.build import build_network
from karwan.network.network import Network
from tests.worlds import Lands

SHARED = {
    "twin posts of one gate": {
        "Хоргос", "Карасу", "Қарасу", "Серахс", "Торугарт", "Бедель", "Иркештам", "Карамык",
        "Ишкашим", "Кульма", "阔勒买", "Торхам", "托尔哈姆", "طورخم", "Гулам-Хан", "غلام خان",
        "Ангур-Адда", "Хунджераб", "红其拉甫", "Khunjerab Pass",
    },
    "two towns of one name": {"贾拉拉巴德", "Ташкурган"},
}  # fmt: skip
"""Names that several rows bear, by reason; each of them asks for an id."""
OUTRANKED = {("khorgos-kz", "Khorgos"): "horgos"}
"""A second name of one place that is the main name of another: the main name is meant."""


@pytest.fixture(scope="module")
def network() -> Network:
    return build_network(Catalog())


def test_every_name_of_a_place_leads_to_its_row(network: Network) -> None:
    rows = Catalog().rows(PlaceNameRow)
    shared = set().union(*SHARED.values())
    for row in rows:
        if row.name in shared:
            with pytest.raises(UnknownNameError, match=rf"give an id: .*\b{row.place_id} \("):
                network.place(row.name)
        else:
            meant = OUTRANKED.get((row.place_id, row.name), row.place_id)
            assert network.place(row.name).id == meant, row
    assert shared <= {row.name for row in rows}
    assert len(rows) > 1200


def test_every_name_of_another_thing_leads_to_its_row(network: Network) -> None:
    rows = Catalog().rows(ThingNameRow)
    for row in rows:
        if row.kind == "country":
            assert network.names.country(row.name) == row.thing_id, row
        elif row.kind == "corridor":
            assert network.corridor(row.name).id == row.thing_id, row
        else:
            assert network.element(row.name).id == row.thing_id, row
    assert len(rows) > 380


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("مزار شريف", ("place", "mazar-e-sharif")),  # Arabic yeh
        ("Мазари-Шариф", ("place", "mazar-e-sharif")),
        ("мазари шариф", ("place", "mazar-e-sharif")),
        ("Торхам", ("element", "torkham-road")),
        ("طورخم", ("element", "torkham-road")),
        ("Торхам, Пакистан", ("place", "torkham-pk")),
        ("Almaty, Kazakhstan", ("place", "almaty")),
        ("Almaty KZ", ("place", "almaty")),
        ("Алматы (Казахстан)", ("place", "almaty")),
        ("Karachi, Sindh, Pakistan", ("place", "karachi")),
        ("كراچي", ("place", "karachi")),
        ("Mazar-e-Sharif", ("place", "mazar-e-sharif")),
        ("MAZARESHARIF", ("place", "mazar-e-sharif")),
        ("Afghanistan", ("country", "AF")),
        ("AFG", ("country", "AF")),
        ("af", ("country", "AF")),
        ("Афганистан", ("country", "AF")),
        ("阿富汗", ("country", "AF")),
        ("Jalalabad", ("place", "jalalabad-af")),
    ],
)
def test_a_name_is_found_as_it_is_typed(
    typed: str, meant: tuple[str, str], network: Network
) -> None:
    assert network.resolve(typed) == meant


@pytest.mark.parametrize(
    "spellings",
    [
        ("\u0643\u0627\u0628\u0644", "\u06a9\u0627\u0628\u0644"),  # kaf
        ("\u0634\u0631\u064a\u0641", "\u0634\u0631\u06cc\u0641", "\u0634\u0631\u0649\u0641"),  # yeh
        ("\u0631\u0627\u0647\u200c\u0622\u0647\u0646", "\u0631\u0627\u0647 \u0627\u0647\u0646"),
        ("\u0623\u0641\u063a\u0627\u0646", "\u0627\u0641\u063a\u0627\u0646"),  # hamza on alef
        ("\u0644\u0627\u06c1\u0648\u0631", "\u0644\u0627\u0647\u0648\u0631"),  # heh
        ("Берёза", "Береза"),
        ("Қарасу", "Карасу"),
        ("Farg\u02bbona", "Farg'ona", "Fargʼona", "Farg\u2018ona", "Farg`ona", "Fargona"),
        ("T\u00fcrkmenba\u015fy", "Turkmenbasy"),
        ("\u200fKabul\u200e", "Kabul"),
        ("N-\u06f5", "N-5"),
    ],
)
def test_what_keyboards_write_differently_is_one(spellings: tuple[str, ...]) -> None:
    assert len({fold(one) for one in spellings}) == 1


def test_a_name_that_misleads_is_gone(network: Network) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'Herat'"):
        network.place("Heart")


def test_a_wrong_country_or_spelling_of_a_geocoders_form_is_answered_with_what_is_near(
    network: Network,
) -> None:
    for typed in ("Almaty, Foo", "Almatyy, Kazakhstan"):
        with pytest.raises(UnknownNameError, match="Did you mean 'Almaty'"):
            network.resolve(typed)
    with pytest.raises(UnknownNameError, match="No place 'Almaty, Pakistan'"):
        network.place("Almaty, Pakistan")


def test_a_corridor_asked_as_a_gate_is_told_as_one(network: Network) -> None:
    with pytest.raises(UnknownNameError, match=r"That is a corridor \(kuap-road-chaman\); gates"):
        network.element("kuap-road-chaman")
    with pytest.raises(UnknownNameError, match="Several variants bear it; give an id: kuap-"):
        network.corridor("KUAP")
    with pytest.raises(UnknownNameError, match="That is a place; gates there: "):
        network.element("taftan")


def test_who_gives_ids_and_main_names_reads_no_table_of_other_names() -> None:
    network = build_network(Catalog())
    assert network.place("Karachi").id == "karachi"
    assert network.resolve("Torkham") == ("element", "torkham-road")
    assert network.country("PK") == "PK"
    for names in (network.place_names, network.thing_names, network.country_keys):
        assert "_made" not in vars(names)
    network.place("Карачи")
    assert "_made" in vars(network.place_names)


def test_a_country_without_a_place_is_refused_with_those_that_have_one(network: Network) -> None:
    with pytest.raises(UnknownNameError, match="Known: AE, AF, AZ"):
        network.country("Nepal")
    assert network.country("Pakistan") == network.country("PAK") == "PK"


def test_a_land_without_tables_of_names_has_its_codes(two_lands: Lands) -> None:
    network = build_network(two_lands.catalog)
    codes = sorted(network.countries)
    assert [network.country(code.lower()) for code in codes] == codes
