"""Servers side by side under one load: what tests/bench/run is made of."""
