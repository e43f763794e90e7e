"""Fleets of real browsers, what they did on one clock, and who judges it."""
