"""Charts as plain dictionaries: a fraction of a millisecond each. assets/35-charts.css gives them the theme."""
