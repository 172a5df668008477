"""Tests: behaviours stated as facts."""
