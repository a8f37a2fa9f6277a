"""Benchmarks: every figure beside a named peer of the same run. `python -m bench [NAME ...]`."""
