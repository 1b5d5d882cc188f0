#!/usr/bin/env bash
# A cell of an .ods that is a link and names no value type is read as blank; LibreOffice shows its words.
#
# OpenDocument lets a cell hold paragraphs without office:value-type, and Calligra Sheets 3.2.1 writes linked cells so.
# python-calamine 0.9.1 and pandas 3.1.1 (engines "odf" and "calamine") give no value for it, without an error.
# A person who collects answers in .ods loses what was typed into such cells. Seen in November 2026:
#     odf [['', 'typed']]
#     calamine [['', 'typed']]
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet odfpy==1.4.1 python-calamine==0.9.1 pandas==3.1.1
cat > "$folder/try.py" <<'PYTHON'
import sys

import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import A, P

book, row = OpenDocumentSpreadsheet(), TableRow()
table = Table(name="Return")
plain, linked, words = TableCell(valuetype="string"), TableCell(), P()
plain.addElement(P(text="typed"))
words.addElement(A(href="https://example.org/report", text="See the report"))
linked.addElement(words)
row.addElement(linked)
row.addElement(plain)
table.addElement(row)
book.spreadsheet.addElement(table)
book.save(sys.argv[1])
for engine in ("odf", "calamine"):
    print(engine, pd.read_excel(sys.argv[1], header=None, engine=engine, keep_default_na=False).values.tolist())
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py" "$folder/return.ods")
echo "$seen"
[ "$seen" = "odf [['', 'typed']]
calamine [['', 'typed']]" ]
