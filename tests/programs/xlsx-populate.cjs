// Opens workbooks with xlsx-populate, types into them, and saves them: jobs come as JSON on standard input.
// A job: {source, target, typed: [[sheet, cell, text, format], ...]}; where there is a format, the text is an ISO date.
const XlsxPopulate = require("xlsx-populate");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));

async function save({ source, target, typed }) {
  const book = await XlsxPopulate.fromFileAsync(source);
  for (const [sheet, address, text, format] of typed) {
    const cell = book.sheet(sheet).cell(address);
    if (format) cell.style("numberFormat", format);
    const [year, month, day] = text.split("-").map(Number);
    cell.value(format ? new Date(year, month - 1, day) : text);
  }
  await book.toFileAsync(target);
}

(async () => {
  for (const job of jobs) await save(job);
})();
