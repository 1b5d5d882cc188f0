"""What is looked at on a page in a real browser."""

from __future__ import annotations

from typing import Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_TOO_WIDE = """(() => {
    const whole = document.documentElement;
    if (whole.scrollWidth <= whole.clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter(
        (one) => one.getBoundingClientRect().left + one.scrollWidth > whole.clientWidth
            && !one.closest(".desk-scroll"));
    return [location.pathname, ...out.map((one) => `${one.tagName} ${one.className} ${one.innerText.slice(0, 50)}`)];
})()"""


def barriers(page: Any) -> list[str]:
    """What axe finds on a page as it stands: each rule that is broken, with where."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - it may not be there

    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{page.url}: {one['help']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]


def list_too_wide(page: Any) -> list[str]:
    """What makes the page be scrolled sideways; what scrolls by itself within it is none of that."""
    return [*page.evaluate(_TOO_WIDE)]


def focused(page: Any) -> str:
    """What has the focus: its tag, and its words or its name."""
    return str(
        page.evaluate(
            "(() => { const it = document.activeElement;"
            " return `${it.tagName} ${(it.innerText || it.name || it.id || '').trim().split('\\n')[0]}` })()"
        )
    )
