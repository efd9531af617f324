"""S&OP › Executive: the figures of the review, each in a call of its own."""

from __future__ import annotations

from dash import Input, Output, callback
from dash.development.base_component import Component

from callbacks.executive_views import (
    capacity_heat,
    decision_list,
    family_heat,
    gap_figure,
    gap_sentence,
    hit_rate_sentence,
    indicator_cards,
    risk_list,
)
from components.figures.chart import Figure
from core.ids import PageIds

PATH = "/sop/executive"


class Ids(PageIds):
    measure: str
    level: str
    cards: str
    families: str
    capacity: str
    gap: str
    gap_told: str
    risks: str
    decisions: str
    hit_rate: str


@callback(Output(Ids.cards, "children"), Input(Ids.measure, "value"))
def show_cards(measure: object) -> list[Component]:
    return indicator_cards(measure)


@callback(Output(Ids.families, "children"), Input(Ids.level, "value"), Input(Ids.measure, "value"))
def show_families(level: object, measure: object) -> Component:
    return family_heat(level, measure)


@callback(Output(Ids.capacity, "children"), Input(Ids.capacity, "id"))
def show_capacity(_id: str) -> Component:
    return capacity_heat()


@callback(Output(Ids.gap, "figure"), Output(Ids.gap_told, "children"), Input(Ids.measure, "value"))
def show_gap(measure: object) -> tuple[Figure, str]:
    return gap_figure(measure), gap_sentence(measure)


@callback(Output(Ids.risks, "children"), Input(Ids.risks, "id"))
def show_risks(_id: str) -> Component:
    return risk_list()


@callback(Output(Ids.decisions, "children"), Output(Ids.hit_rate, "children"), Input(Ids.decisions, "id"))
def show_decisions(_id: str) -> tuple[Component, str]:
    return decision_list(), hit_rate_sentence()
