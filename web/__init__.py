"""Plain Flask views: what must work without Dash (signing in, health, files) and what wraps every answer."""
