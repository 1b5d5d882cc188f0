#!/usr/bin/env bash
# xlsx-populate 1.21.0 opens and saves a workbook, and the typed words "NaN" and "Infinity" are numbers afterwards.
#
# It writes them as cells of numbers whose value is no number, so readers see an error or fail on the sheet, and the
# word that a person typed is no text any more. Other words stay. Seen in November 2026:
#     A1 number NaN
#     A2 number Infinity
#     A3 text None
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --prefix "$folder" --no-audit --no-fund --loglevel=error xlsx-populate@1.21.0 exceljs@4.4.0 > /dev/null
cat > try.cjs <<'NODE'
const Excel = require("exceljs");
const Populate = require("xlsx-populate");
(async () => {
  const typed = new Excel.Workbook();
  const sheet = typed.addWorksheet("Return");
  ["NaN", "Infinity", "None"].forEach((word, row) => (sheet.getCell(row + 1, 1).value = word));
  await typed.xlsx.writeFile("typed.xlsx");
  await (await Populate.fromFileAsync("typed.xlsx")).toFileAsync("saved.xlsx");
  const saved = new Excel.Workbook();
  await saved.xlsx.readFile("saved.xlsx");
  for (const name of ["A1", "A2", "A3"]) {
    const cell = saved.getWorksheet("Return").getCell(name);
    console.log(name, cell.type === Excel.ValueType.Number ? "number" : "text", String(cell.value));
  }
})();
NODE
seen=$(node try.cjs)
echo "$seen"
[ "$seen" = "A1 number NaN
A2 number Infinity
A3 text None" ]
