"""The pages of the desk: one file for each that stands in the navigation."""

from __future__ import annotations

from plan_sheets.desk.pages import files, glance, history, masters, plan, returns, send, settle, trace, work

PAGES = (
    *glance.ROUTES,
    *returns.ROUTES,
    *settle.ROUTES,
    *send.ROUTES,
    *masters.ROUTES,
    *plan.ROUTES,
    *trace.ROUTES,
    *history.ROUTES,
    *files.ROUTES,
    *work.ROUTES,
)
