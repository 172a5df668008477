"""Benchmarks, run on request: `python -m tests.bench`. They print figures beside budgets and assert nothing."""
