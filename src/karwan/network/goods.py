"""What a sum of money in trade weighs, from the goods that a source names.

Sources name goods more often than their shares. A mix is written as groups: `pulses|fruit:0.8;
textiles` says that pulses and fruit together are 0.8 of the value, in parts nobody published, and
textiles the rest. The band of a group runs from all of it in its dearest good at the high price
to all of it in its cheapest at the low price, so it is wide on purpose. The middle takes the
geometric mean of the typical prices: the goods of a group weighing the same would give their
arithmetic mean, earning the same their harmonic mean, and it lies between the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from karwan.base.bands import Band, Kind
from karwan.data.rows.costs import CargoRow

NO_FREIGHT = "no-freight"
"""Part of the value that no vehicle carries, such as electricity."""

SHARES_SLACK = 1e-9
"""Shares are decimal fractions; their sum may pass 1 by a rounding in the last bit."""


@dataclass(frozen=True, slots=True)
class Group:
    """Goods that have one share of the value together; the share is None where unpublished."""

    cargo_ids: tuple[str, ...]
    value_share: float | None


def read_mix(text: str) -> tuple[Group, ...]:
    """Return the groups of a mix.

    Raises
    ------
    ValueError
        If a share is no number in 0-1, or the shares leave nothing, or too little, to share out.

    Examples
    --------
    >>> read_mix("pulses|fruit:0.8;textiles")[0]
    Group(cargo_ids=('pulses', 'fruit'), value_share=0.8)
    """
    groups = []
    for part in text.split(";"):
        names, colon, share = part.partition(":")
        cargo_ids = tuple(name.strip() for name in names.split("|"))
        if not all(cargo_ids) or len(set(cargo_ids)) < len(cargo_ids):
            msg = f"mix {text!r}: a good of {part!r} is blank or stands twice"
            raise ValueError(msg)
        groups.append(Group(cargo_ids, _share(text, share) if colon else None))
    known = math.fsum(group.value_share or 0.0 for group in groups)
    blank = any(group.value_share is None for group in groups)
    if known > 1.0 + SHARES_SLACK or (blank and known > 1.0 - SHARES_SLACK):
        msg = f"mix {text!r}: its shares come to {known:g}, which leaves nothing for the others"
        raise ValueError(msg)
    return tuple(groups)


def _share(text: str, share: str) -> float:
    try:
        number = float(share)
    except ValueError:
        number = math.nan
    if not 0.0 < number <= 1.0:
        msg = f"mix {text!r}: {share!r} is no share above 0 and up to 1"
        raise ValueError(msg)
    return number


def tonnes_per_musd(mix: Sequence[Group], cargo: Mapping[str, CargoRow]) -> Band:
    """Return the tonnes that a million USD of a mix weighs.

    What the shares leave over is taken to be like what they cover.

    Parameters
    ----------
    mix
        Groups; `NO_FREIGHT` weighs nothing.
    cargo
        Rows of the table `cargo` by `cargo_id`.

    Raises
    ------
    KeyError
        If a good is not in `cargo`.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> cargo = {row.cargo_id: row for row in Catalog().rows(CargoRow)}
    >>> half = tonnes_per_musd(read_mix("coal:0.5;no-freight:0.5"), cargo)
    >>> [round(end) for end in half.ends]
    [1786, 4545, 5556]
    """
    known = math.fsum(group.value_share or 0.0 for group in mix)
    blank = sum(group.value_share is None for group in mix)
    scale = 1.0 if blank else known
    rest = max(0.0, 1.0 - known) / blank if blank else 0.0
    low, central, high = [], [], []
    for group in mix:
        share = rest if group.value_share is None else group.value_share / scale
        if NO_FREIGHT in group.cargo_ids:
            continue
        goods = [cargo[name] for name in group.cargo_ids]
        logs = [math.log(good.usd_per_tonne_typical) for good in goods]
        low.append(share * 1e6 / max(good.usd_per_tonne_high for good in goods))
        central.append(share * 1e6 / math.exp(math.fsum(logs) / len(logs)))
        high.append(share * 1e6 / min(good.usd_per_tonne_low for good in goods))
    return Band(math.fsum(low), math.fsum(central), math.fsum(high), Kind.inputs)
