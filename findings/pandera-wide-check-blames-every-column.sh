#!/usr/bin/env bash
# A rule over two columns makes one failure case for every column of the row, also for those that no schema names.
#
# pandera 0.35.0 with pandas 3.1.1, lazy validation: a check of the whole frame that gives a value a row ("if the RAG is
# Red, recovery must say something") lists each cell of the row as a failure, first the columns that have nothing to do
# with it. Whoever sends failure cases back to a chair marks four cells where one is blank. Seen in November 2026:
#     ['ref', 'rag', 'recovery', 'note']
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pandera==0.35.0 pandas==3.1.1
cat > "$folder/try.py" <<'PYTHON'
import pandas as pd
import pandera.pandas as pa

frame = pd.DataFrame({"ref": ["J1", "J2"], "rag": ["Green", "Red"], "recovery": ["", ""], "note": ["a", "b"]})
rule = pa.Check(lambda rows: (rows.rag == "Green") | (rows.recovery != ""), name="recovery_needed")
schema = pa.DataFrameSchema({"rag": pa.Column(str), "recovery": pa.Column(str)}, checks=rule)
try:
    schema.validate(frame, lazy=True)
except pa.errors.SchemaErrors as errors:
    print(list(errors.failure_cases.column))
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py")
echo "$seen"
[ "$seen" = "['ref', 'rag', 'recovery', 'note']" ]
