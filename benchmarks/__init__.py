"""``make bench``: speed and memory as ratios to a yardstick measured in the same run. Timings never decide a test."""
