"""What a move between modes or gauges takes: waiting, handling, and the road to the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from karwan.base.provenance import Figure
from karwan.network.dated_figures import FROM_SEA, TO_SEA
from karwan.network.gauges import SEA
from karwan.network.nouns import Terminal
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.charges import HANDLING, WAITING, Charge
from karwan.route.expand import Arc, StateGraph
from karwan.route.hauls import Hauls


@dataclass
class Transfers:
    """Prices terminals for one consignment."""

    graph: StateGraph
    consignment: Consignment
    tariffs: Tariffs
    hauls: Hauls

    def charges(self, arc: Arc) -> list[Charge]:
        """Return the charges of the move that a transfer arc stands for."""
        terminal = self.graph.network.terminals[arc.terminal]
        name = self.graph.place_name(arc.tail)
        if terminal.kind == "gauge":
            return self._gauge_break(terminal, name)
        what = f"{name}: {terminal.from_layer} to {terminal.to_layer}"
        if terminal.kind == "port":
            hours = [Charge(WAITING, what, hours=self._port_stay(terminal))]
            usd = self._terminal_usd(terminal, self.tariffs.port_usd(self.consignment))
        else:
            hours = [
                Charge(
                    HANDLING,
                    what,
                    hours=self._hours(
                        terminal, "handling_hours", "terminal_handling_hours", "intermodal"
                    ),
                ),
                Charge(
                    WAITING,
                    what,
                    hours=self._hours(
                        terminal, "queue_hours", "terminal_queue_hours", "intermodal"
                    ),
                ),
            ]
            usd = self._terminal_usd(terminal, self.tariffs.transfer_usd(self.consignment))
        return [*hours, Charge(HANDLING, what, usd=usd), *self.hauls.drayage(arc, terminal)]

    def _gauge_break(self, terminal: Terminal, name: str) -> list[Charge]:
        """Nothing is added where the border hours and fees already hold the change of gauge."""
        what = f"{name}: change of gauge"
        if terminal.place_id in self.graph.network.gauge_in_border_hours:
            return []
        hours = self._hours(terminal, "handling_hours", "gauge_break_hours", "rail")
        return [
            Charge(HANDLING, what, hours=hours),
            Charge(
                HANDLING,
                what,
                usd=self._terminal_usd(terminal, self.tariffs.transfer_usd(self.consignment)),
            ),
        ]

    def _port_stay(self, terminal: Terminal) -> Figure:
        """Return the stay between land and sea, of the period asked where one is told."""
        stay = self.tariffs.dated(
            "port_stay",
            terminal.place_id,
            way=TO_SEA if terminal.to_layer == SEA else FROM_SEA,
            rolls_on=self.consignment.unit.rolls_on,
        )
        return stay or self._hours(terminal, "queue_hours", "port_queue_hours", "port")

    def _hours(self, terminal: Terminal, column: str, parameter: str, applies_to: str) -> Figure:
        value: float | None = getattr(terminal, column)
        if value is not None:
            return Figure(
                value=value,
                low=value,
                high=value,
                unit="h",
                source=terminal.source,
                basis="terminals",
            )
        figure = self.tariffs.parameter(parameter, applies_to)
        return _of_place(figure, parameter, terminal.place_id)

    def _terminal_usd(self, terminal: Terminal, default: Figure) -> Figure:
        value = terminal.cost_usd_per_container
        count = float(self.consignment.road_vehicle_count)
        if value is not None:
            published = Figure(
                value=value,
                low=value,
                high=value,
                unit="USD",
                source=terminal.source,
                basis="terminals",
            )
            return self.tariffs.repriced(published).scaled(count)
        kind = "port_usd_per_container" if terminal.kind == "port" else "transfer_usd_per_container"
        return _of_place(default, kind, terminal.place_id).scaled(count)


def _of_place(figure: Figure, name: str, place_id: str) -> Figure:
    """Return a parameter as the default of one place, so that two places stay two unknowns."""
    return replace(figure, default_id=f"{name}:{place_id}")
