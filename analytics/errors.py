"""The one error of the mathematics."""


class AnalyticsError(ValueError):
    """An input the mathematics is not defined for."""
