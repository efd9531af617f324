"""Files in and out: a strict reader of other people's tables and a writer whose files come back unchanged."""
