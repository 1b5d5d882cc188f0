// Opens workbooks with SheetJS, types into them, and saves them: jobs come as JSON on standard input.
// A job: {source, target, typed: [[sheet, cell, text, isDate], ...]}; a date is ISO and is typed as a real one.
const XLSX = require("xlsx");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const DAY = 86400000;

function save({ source, target, typed }) {
  const book = XLSX.readFile(source);
  for (const [sheet, address, text, isDate] of typed) {
    const serial = (Date.parse(text) - Date.UTC(1899, 11, 30)) / DAY;
    book.Sheets[sheet][address] = isDate ? { t: "n", v: serial, z: "d mmmm yyyy" } : { t: "s", v: text };
  }
  XLSX.writeFile(book, target);
}

jobs.forEach(save);
