"""A list that reads its rows bit by bit reads them anew when something has changed."""

from __future__ import annotations

from dash import ClientsideFunction, Input, Output, State, clientside_callback


def renew_rows(grid_id: str, *, after: str, renewed: str) -> None:
    """Have the grid read again whenever the store ``after`` changes; ``renewed`` is a store of its own."""
    clientside_callback(
        ClientsideFunction("grids", "renew"),
        Output(renewed, "data"),
        Input(after, "data"),
        State(grid_id, "id"),
        prevent_initial_call=True,
    )
