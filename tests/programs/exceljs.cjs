// Opens workbooks with ExcelJS, types into them, and saves them: jobs come as JSON on standard input.
// A job: {source, target, typed: [[sheet, cell, text, isDate], ...]}; a date is ISO and is typed as a real one.
const ExcelJS = require("exceljs");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));

async function save({ source, target, typed }) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(source);
  for (const [sheet, address, text, isDate] of typed) {
    const cell = book.getWorksheet(sheet).getCell(address);
    if (isDate) cell.numFmt = "d mmmm yyyy";
    cell.value = isDate ? new Date(`${text}T00:00:00Z`) : text;
  }
  await book.xlsx.writeFile(target);
}

(async () => {
  for (const job of jobs) await save(job);
})();
