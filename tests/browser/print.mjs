// A page on paper: what stands on which sheet, as pdftotext reads it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

/** The text of each sheet, one string a page. */
export async function sheets_of(page, path) {
  writeFileSync(path, await page.pdf({ preferCSSPageSize: true, printBackground: false }));
  const text = execFileSync("pdftotext", ["-layout", "-enc", "UTF-8", path, "-"], { encoding: "utf8", maxBuffer: 1 << 28 });
  return text.split("\f").slice(0, -1);
}

/** The first page has all that who decides needs, and nothing else has begun there. */
export function first_page_problems(sheets) {
  const problems = [];
  for (const part of ["Why", "What leaves the device", "What this run could not see", "In full:"])
    if (!new RegExp(`^ *${part}`, "m").test(sheets[0])) problems.push(`not on page 1: ${part}`);
  if (!sheets[1].trimStart().startsWith("The ledger")) problems.push(`page 2 begins: ${sheets[1].trimStart().slice(0, 80)}`);
  return problems;
}

/** Each sheet says which it is of how many, and none is nearly empty. */
export function numbering_problems(sheets) {
  return sheets.flatMap((sheet, i) => [
    ...(sheet.includes(`page ${i + 1} of ${sheets.length}`) ? [] : [`page ${i + 1} has no number`]),
    ...(sheet.trim().split("\n").length > 3 ? [] : [`page ${i + 1} is empty`]),
  ]);
}

/** The heading of a finding stands with what was found there. */
export function cut_headings(sheets, ids) {
  return ids.flatMap((id) => {
    const head = new RegExp(`^ *${id} +(critical|high|medium|low|info) +\\S+ *$`, "m");
    const sheet = sheets.find((text) => head.test(text));
    if (sheet === undefined) return [`${id} has no heading`];
    const rest = sheet.slice(sheet.search(head));
    return /Carried|Could carry/.test(rest) && /Capacity/.test(rest) ? [] : [`${id} is cut after its heading`];
  });
}

/** A table that goes on has its head again: every sheet with one of @rows has @head. */
export function headless_sheets(sheets, rows, head) {
  const with_rows = sheets.map((text, i) => [text, i + 1]).filter(([text]) => rows.test(text));
  const problems = with_rows.filter(([text]) => !head.test(text)).map(([, number]) => `page ${number}`);
  return with_rows.length > 1 ? problems : ["the table is on one page: nothing was tested"];
}

/** A head of a table at the foot of a sheet, with its rows on the next. */
export function heads_alone(sheets) {
  const head = /^ *(Channel +State|Finding +Severity|Protocol +From|Address +Name|Class +Octets|Stream +Track|Service +Protocol)/;
  return sheets.flatMap((sheet, i) => {
    const lines = sheet.split("\n").filter((line) => line.trim() !== "" && !/page \d+ of \d+/.test(line));
    return lines.slice(-2).some((line) => head.test(line)) ? [`page ${i + 1} ends with ${lines.at(-1)}`] : [];
  });
}

/** What a table is called stands on one sheet, with something of the table behind it. */
export function cut_captions(sheets, captions) {
  const flat = (text) => text.replace(/\s+/g, " ").trim();
  const texts = sheets.map((text) => flat(text.replace(/^.*page \d+ of \d+.*$/gm, "")));
  return captions.map(flat).flatMap((caption) =>
    texts.some((text) => text.includes(caption) && !text.endsWith(caption)) ? [] : [`cut: ${caption}`]);
}
