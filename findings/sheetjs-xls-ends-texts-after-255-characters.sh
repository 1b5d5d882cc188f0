#!/usr/bin/env bash
# SheetJS 0.18.5 (npm xlsx) saves a text of 300 characters in an .xls as its first 255, without an error.
#
# The other kinds of file keep it. Excel itself keeps 32,767 characters in an .xls (BIFF8). A return that went through a
# web page built on SheetJS and was saved as .xls ends in the middle of a sentence. Seen in November 2026:
#     xls 255
#     xlsx 300
#     xlsb 300
#     ods 300
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --prefix "$folder" --no-audit --no-fund --loglevel=error xlsx@0.18.5 > /dev/null
cat > try.cjs <<'NODE'
const XLSX = require("xlsx");
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["x".repeat(300)]]), "Return");
for (const kind of ["xls", "xlsx", "xlsb", "ods"]) {
  const saved = XLSX.write(book, { type: "buffer", bookType: kind });
  console.log(kind, XLSX.read(saved).Sheets.Return.A1.v.length);
}
NODE
seen=$(node try.cjs)
echo "$seen"
[ "$seen" = "xls 255
xlsx 300
xlsb 300
ods 300" ]
