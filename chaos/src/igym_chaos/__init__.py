"""Faults for browsers, networks and processes, each with inject, heal and a pure oracle; scenarios that compose them."""
