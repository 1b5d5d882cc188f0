// Opens workbooks with hucre and saves them: jobs come as JSON on standard input. A job: {source, target}.
import { readFileSync, writeFileSync } from "node:fs";
import { openXlsx, saveXlsx } from "hucre/xlsx";

for (const { source, target } of JSON.parse(readFileSync(0, "utf8"))) {
  writeFileSync(target, await saveXlsx(await openXlsx(readFileSync(source))));
}
