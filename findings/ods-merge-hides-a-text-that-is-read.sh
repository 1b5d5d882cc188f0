#!/usr/bin/env bash
# What lies hidden under merged cells of an .ods is an ordinary value to one reader, and not there for the other.
#
# When cells are merged, LibreOffice offers first to keep the contents of the hidden cells; they are saved as
# table:covered-table-cell with their texts. A person sees one "Green" over two rows. pandas 3.1.1 reads "Red" in the
# second row with the engine "calamine" (python-calamine 0.9.1) and a blank with the engine "odf" (odfpy 1.4.1); neither
# says that the cell is covered. Seen in November 2026:
#     odf [['Green', 'J1'], ['', 'J2']]
#     calamine [['Green', 'J1'], ['Red', 'J2']]
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
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

book, table = OpenDocumentSpreadsheet(), Table(name="Return")
shown, hidden = TableCell(valuetype="string", numberrowsspanned=2, numbercolumnsspanned=1), CoveredTableCell(valuetype="string")
for cell, text, ref in ((shown, "Green", "J1"), (hidden, "Red", "J2")):
    row, beside = TableRow(), TableCell(valuetype="string")
    cell.addElement(P(text=text))
    beside.addElement(P(text=ref))
    row.addElement(cell)
    row.addElement(beside)
    table.addElement(row)
book.spreadsheet.addElement(table)
book.save(sys.argv[1])
for engine in ("odf", "calamine"):
    print(engine, pd.read_excel(sys.argv[1], header=None, engine=engine, keep_default_na=False).values.tolist())
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py" "$folder/return.ods")
echo "$seen"
[ "$seen" = "odf [['Green', 'J1'], ['', 'J2']]
calamine [['Green', 'J1'], ['Red', 'J2']]" ]
