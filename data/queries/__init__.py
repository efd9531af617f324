"""Reads and writes of the tables, one subject a file. Callers give the session; nothing here commits."""
