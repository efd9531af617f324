"""Demand forecasting: panels of series, methods behind one contract, selection by rolling-origin error."""
