"""The pages of the desk: one file for each that stands in the navigation."""

from __future__ import annotations

from plan_sheets.desk.pages import glance, returns, settle, work

PAGES = (*glance.ROUTES, *returns.ROUTES, *settle.ROUTES, *work.ROUTES)
