"""Takes the design system's styles and script out of its npm package, without its crown and its font: make vendor."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "6.3.0"
STATIC = Path(__file__).parents[1] / "src" / "plan_sheets" / "desk" / "static" / "govuk"
_OURS = (
    (re.compile(r"@font-face\{[^}]*\}"), ""),  # the font may be used on GOV.UK alone
    (re.compile(r"GDS Transport,"), ""),
    (re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}"), ""),  # so may the crest
    (re.compile(r"/[*/][#@] ?sourceMappingURL=\S+?(\*/)?$"), ""),
)


def vendor() -> None:
    """Write the two files anew, from the package of the version above."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "--silent", f"govuk-frontend@{VERSION}"],
            cwd=folder, capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        with tarfile.open(Path(folder) / packed) as package:
            for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
                member = package.extractfile(f"package/dist/govuk/{name}")
                assert member
                text = member.read().decode()
                for pattern, ours in _OURS:
                    text = pattern.sub(ours, text.rstrip())
                (STATIC / name).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    vendor()
