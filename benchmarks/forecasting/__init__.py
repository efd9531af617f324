"""Accuracy and speed of the forecasts that ``cli.py forecast`` writes: docs/forecasting-benchmarks.md."""
