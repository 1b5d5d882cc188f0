"""Workbooks, charts and Word."""
