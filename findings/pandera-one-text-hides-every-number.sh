#!/usr/bin/env bash
# One text in a column hides every number out of range in that column, and the failure names no row.
#
# pandera 0.35.0 with pandas 3.1.1, lazy validation: a built-in check that compares (le, ge, in_range) is run over the
# whole column at once. If a chair typed "about 90" in one return, "200" in another is not reported: the only failure
# case is a TypeError whose index is the check's, not the row's. Types have to be checked first, in a call of their own.
# Seen in November 2026:
#     numbers only: [(1, 200)]
#     with one text: ["TypeError(\"'<=' not supported between instances of 'str' and 'int'\")"]
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pandera==0.35.0 pandas==3.1.1
cat > "$folder/try.py" <<'PYTHON'
import pandas as pd
import pandera.pandas as pa

schema = pa.DataFrameSchema({"percent": pa.Column(None, pa.Check.le(120))})


def cases(values):
    try:
        schema.validate(pd.DataFrame({"percent": pd.Series(values, dtype=object)}), lazy=True)
    except pa.errors.SchemaErrors as errors:
        return errors.failure_cases
    return None


found = cases([5, 200, 7])
print("numbers only:", [(int(row.index), row.failure_case) for row in found.itertuples(index=False)])
print("with one text:", [str(case) for case in cases([5, 200, "about 90"]).failure_case])
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py")
echo "$seen"
[ "$(grep -c 200 <<< "$(tail -n 1 <<< "$seen")")" = 0 ] && [ "$(head -n 1 <<< "$seen")" = "numbers only: [(1, 200)]" ]
