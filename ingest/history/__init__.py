"""The past of the Hub's counters, from those who kept it: routes, files, extracts.

The Hub serves no history, and a dashboard installed today should not begin today. Two datasets hold daily
counts of every repository; this package takes the tracked ones out of them by byte ranges. It decides which
bytes are wanted and keeps them as an extract; it neither archives nor stores, and it fills no gap.
"""
