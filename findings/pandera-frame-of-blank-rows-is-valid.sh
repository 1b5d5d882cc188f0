#!/usr/bin/env bash
# A frame is valid although its rule says False, where every row that breaks the rule is blank.
#
# pandera 0.35.0 with pandas 3.1.1, lazy validation: a check of the whole frame that gives a value a row leaves out, by
# default (ignore_na), the blank cells of a row that fails. Of a row that is blank all over nothing is left, and the
# frame passes: whoever asks "recovery must say something" accepts the return in which nobody has filled in anything.
# With ignore_na=False the failure is told. Seen in November 2026:
#     valid
#     3 failures
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pandera==0.35.0 pandas==3.1.1
cat > "$folder/try.py" <<'PYTHON'
import pandas as pd
import pandera.pandas as pa

frame = pd.DataFrame({"ref": ["J1", None], "rag": ["Red", None], "recovery": ["More staff", None]}, dtype=object)
for options in ({}, {"ignore_na": False}):
    rule = pa.Check(lambda rows: rows.recovery.notna(), name="recovery_needed", **options)
    try:
        pa.DataFrameSchema(checks=rule).validate(frame, lazy=True)
        print("valid")
    except pa.errors.SchemaErrors as errors:
        print(len(errors.failure_cases), "failures")
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py")
echo "$seen"
[ "$seen" = "valid
3 failures" ]
