"""Runs the python nodes of a KRT package. Needs only the standard library, Python 3.7 or newer."""
