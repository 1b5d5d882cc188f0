// Opens workbooks with ExcelJS, types into them, and saves them: jobs come as JSON on standard input.
// A job: {source, target, typed: [[sheet, cell, text, format], ...]}; where there is a format, the text is an ISO date.
const ExcelJS = require("exceljs");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));

async function save({ source, target, typed }) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(source);
  for (const [sheet, address, text, format] of typed) {
    const cell = book.getWorksheet(sheet).getCell(address);
    if (format) cell.style = { ...cell.style, numFmt: format }; // a style of its own: cells share theirs
    cell.value = format ? new Date(`${text}T00:00:00Z`) : text;
  }
  await book.xlsx.writeFile(target);
}

(async () => {
  for (const job of jobs) await save(job);
})();
