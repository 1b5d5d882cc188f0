#!/usr/bin/env bash
# hucre 1.0.0 (npm) opens and saves a workbook, and the blank unlocked cells of a form are locked afterwards.
#
# The sheet stays protected, so nobody can fill the form in any more. Drop-downs stay; prompts of cells that allow any
# value are gone. Nothing is said. Seen in November 2026:
#     before: locked false, list yes, prompt of a free cell yes
#     after: locked true, list yes, prompt of a free cell no
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --prefix "$folder" --no-audit --no-fund --loglevel=error hucre@1.0.0 exceljs@4.4.0 > /dev/null
cat > try.mjs <<'NODE'
import Excel from "exceljs";
import { readFileSync, writeFileSync } from "node:fs";
import { openXlsx, saveXlsx } from "hucre/xlsx";

const form = new Excel.Workbook();
const sheet = form.addWorksheet("Return");
const list = { type: "list", allowBlank: true, formulae: ['"Red,Amber,Green"'] };
sheet.getCell("A1").value = "RAG";
sheet.getCell("A2").dataValidation = list;
sheet.getCell("A2").protection = { locked: false };
sheet.getCell("B2").dataValidation = { type: "any", showInputMessage: true, promptTitle: "Progress", prompt: "What was done" };
await sheet.protect("");
await form.xlsx.writeFile("before.xlsx");
writeFileSync("after.xlsx", await saveXlsx(await openXlsx(readFileSync("before.xlsx"))));
for (const name of ["before", "after"]) {
  const book = new Excel.Workbook();
  await book.xlsx.readFile(`${name}.xlsx`);
  const [choice, free] = ["A2", "B2"].map((cell) => book.getWorksheet("Return").getCell(cell));
  const has = (thing) => (thing ? "yes" : "no");
  console.log(
    `${name}: locked ${choice.protection?.locked ?? true}, list ${has(choice.dataValidation?.formulae)},`,
    `prompt of a free cell ${has(free.dataValidation?.prompt)}`,
  );
}
NODE
seen=$(node try.mjs)
echo "$seen"
[ "$seen" = "before: locked false, list yes, prompt of a free cell yes
after: locked true, list yes, prompt of a free cell no" ]
