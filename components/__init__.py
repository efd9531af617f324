"""Dash builders that know no use case."""
