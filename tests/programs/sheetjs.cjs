// Opens workbooks with SheetJS or a fork of it, which is named as the argument, types into them, and saves them: jobs
// come as JSON on standard input.
// A job: {source, target, typed: [[sheet, cell, text, format], ...]}; where there is a format, the text is an ISO date.
const XLSX = require(process.argv[2]);
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));
const DAY = 86400000;

function save({ source, target, typed }) {
  const book = XLSX.readFile(source);
  for (const [sheet, address, text, format] of typed) {
    const serial = (Date.parse(text) - Date.UTC(1899, 11, 30)) / DAY;
    book.Sheets[sheet][address] = format ? { t: "n", v: serial, z: format } : { t: "s", v: text };
  }
  XLSX.writeFile(book, target);
}

jobs.forEach(save);
