"""Words of the interface that tables, lists and answers name at run time, not where they are said.

Each has its place in every catalogue, beside those that the code says itself.
"""

from __future__ import annotations

STATES = ("open", "shut", "limited", "unknown", "not known", "no report", "persons only", "cut")
DEEDS = ("as if built", "yes", "no")
DELIVERIES = (
    "not due", "met", "met late", "partly met", "not met", "overdue, no evidence",
    "withdrawn or superseded", "no deadline given",
)  # fmt: skip
MODES = (
    "road",
    "rail",
    "sea",
    "border",
    "crossing",
    "terminal",
    "haul",
    "transfer",
    "port",
    "ferry",
)
SIGNS = ("USD", "h", "km", "sum h", "sum USD", "N")
SECTIONS = (
    "Compare",
    "Crossings",
    "Corridors",
    "Capacity",
    "Chokepoints",
    "Impact",
    "Projects",
    "Ledger",
    "Benefits",
    "Energy",
    "Studies",
    "Sources",
    "Help",
)
HEADS = (
    "crossing", "frontier", "mode", "last report", "from", "to", "traffic", "direction", "what",
    "source", "grade", "name", "country", "kind", "status", "rows", "table", "statement", "date",
    "delivery", "evidence", "corridor", "corridors", "hours", "capacity", "note", "title",
    "licence", "days",
)  # fmt: skip
MORE_HEADS = (
    "USD a day", "USD, from today", "USD, ordinary", "activity", "after per day",
    "after, low to high", "as observed", "as promised", "basis", "before per day",
    "beyond its parts, USD a day", "boxes at port", "build state", "built", "capacity per day",
    "capex musd", "carrier", "central case", "claim count", "claim id", "crossings named",
    "crossings shut", "days, from today", "days, ordinary", "due", "element", "evidence status",
    "from country", "good", "grade A count", "grade B count", "grade C count", "held back",
    "horizon days", "id", "indicator", "known on", "length km", "link", "mean", "median", "modes",
    "open hours", "ordinary", "outage episode count", "p new closure", "p open within", "p shut",
    "pairs hit", "paraphrase", "part", "passenger class", "period", "place", "post", "project",
    "queue trucks", "reason", "reference class", "rests on", "role", "said", "said on",
    "source date", "speaker", "stages", "stakeholder", "state", "state as of", "tables", "text",
    "to country", "told", "toll usd", "trucks at most", "trucks now", "unit", "value", "ways",
    "what, in our words", "who", "year", "what is shut", "pairs cut",
)  # fmt: skip
"""Heads of columns of the pages beside the screen."""
CELLS = (
    "cargo", "pedestrian", "passenger", "all", "both", "outbound", "inbound", "not stated",
    "all activities", "trucks", "counts", "class", "stated", "contradicted", "mixed", "consistent",
    "insufficient", "not testable", "refused", "named", "outside", "context", "announced",
    "building", "city", "seaport", "length", "unit cost", "volume", "tonnes", "electricity", "gas",
    "operating", "suspended", "contract", "claim", "under construction", "oil products", "lpg",
    "gain", "loss", "dry port", "station", "junction", "pass", "Afghan authorities",
    "energy carrier",
)  # fmt: skip
"""Words that stand in cells of tables."""
SEAS = ("Caspian Sea", "Arabian Sea")
UNITS = ("Truck, 20 t", "Container, 20 ft", "Container, 40 ft", "Covered wagon")
CARGO = (
    "wheat (3rd class)", "barley", "wheat flour", "rice, non-basmati", "rice, basmati", "sugar",
    "potatoes", "citrus (kinnow)", "grapes, pomegranates, apricots, melons",
    "vegetables (onions, tomatoes, cucumbers)", "mung beans and other pulses",
    "dried fruit and nuts", "sunflower oil", "meat, chilled or frozen", "cement (grey)", "coal",
    "LPG", "diesel", "motor gasoline", "urea", "potash and phosphate fertiliser", "sulphur",
    "ferrous metals, rolled", "Kazakh exports to Pakistan, average 2024", "cotton, raw and lint",
    "cotton yarn and fabric", "garments", "pharmaceuticals", "medical and surgical instruments",
    "machinery and parts", "vehicles and tractors", "consumer goods, mixed container",
    "talc, soapstone, marble", "humanitarian food (wheat flour, pulses, oil)",
)  # fmt: skip
LABELS = (
    *STATES, *DEEDS, *DELIVERIES, *MODES, *SIGNS, *SECTIONS, *HEADS, *MORE_HEADS, *CELLS, *SEAS,
    *UNITS, *CARGO,
)  # fmt: skip
