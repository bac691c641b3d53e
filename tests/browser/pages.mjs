// Opens every page that lenscap writes and meets it as readers do: with a screen reader's rules,
// in light and dark, by keyboard, on a phone, without colours, on paper.
// usage: node pages.mjs CHROMIUM LENSCAP PRINT-SAMPLE
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import * as look from "./look.mjs";
import * as print from "./print.mjs";
import { finish, skip, tell } from "./tap.mjs";

const [browser_path, lenscap, print_sample] = process.argv.slice(2);
const source = join(dirname(fileURLToPath(import.meta.url)), "../..");
const folder = mkdtempSync(join(tmpdir(), "lenscap-pages-"));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

function sample(name) {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, execFileSync(print_sample, [name, "html"], { maxBuffer: 1 << 26 }));
  return path;
}

/** Cases of three captures, an index over them and what lies between them. */
function real_pages() {
  const cases = join(folder, "cases");
  const inputs = ["dns-tcp", "clean-tcp", "still-tcp"].map((name) => join(source, "samples/captures", `${name}.pcapng`));
  const profile = join(source, "samples/profiles/camera.ini");
  spawnSync(lenscap, ["analyze", "-o", cases, "--profile", profile, ...inputs], { stdio: "ignore" });
  const [clean, leaky, still] = readdirSync(cases).filter((name) => name.endsWith(".case")).sort().map((name) => join(cases, name));
  const comparison = join(folder, "comparison.html");
  spawnSync(lenscap, ["compare", "--format", "html", "-o", comparison, clean, leaky], { stdio: "ignore" });
  return { leaky: join(leaky, "report.html"), still: join(still, "report.html"), index: join(cases, "index.html"), comparison, case_: leaky };
}

async function open(browser, path, options = {}) {
  const page = await browser.newPage(options);
  const complaints = [];
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== pathToFileURL(path).href) complaints.push(`asks for ${request.url()}`);
  });
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  await page.goto(pathToFileURL(path).href);
  return { page, complaints };
}

/** Proof that the policy is there and that what leaves the page would be seen. */
async function policy_holds(browser, path) {
  const changed = join(folder, "changed.html");
  const evil = "<img src=\"http://192.0.2.66/x.png\"><script>document.title = 'ran'</script><p style=\"color:red\">x</p>";
  writeFileSync(changed, readFileSync(path, "utf8").replace("</main>", `${evil}</main>`));
  const { page, complaints } = await open(browser, changed);
  const title = await page.title();
  await page.close();
  const refused = complaints.filter((text) => /Content Security Policy/i.test(text)).length;
  return refused >= 3 && title !== "ran" ? [] : [{ refused, title, complaints }];
}

/** At a desk, in one of the colour schemes. */
async function meet_at_desk(browser, name, path, colorScheme) {
  const { page, complaints } = await open(browser, path, { colorScheme, viewport: { width: 1000, height: 800 } });
  tell(`${name}: no rule of WCAG A or AA is broken, ${colorScheme}`, await look.broken_rules(page));
  tell(`${name}: everything is reached by Tab and shows it, ${colorScheme}`, await look.lost_to_the_keyboard(page));
  tell(`${name}: the first link skips to the content, ${colorScheme}`, await look.does_not_skip(page));
  tell(`${name}: the policy refuses nothing and nothing is asked for, ${colorScheme}`, complaints);
  await page.close();
}

async function meet_on_phone(browser, name, path) {
  const { page, complaints } = await open(browser, path, { viewport: { width: 360, height: 740 } });
  tell(`${name}: a phone of 360 px scrolls in one direction`, await look.too_wide(page));
  tell(`${name}: what scrolls on a phone is reached by keyboard`, await look.unreachable_scrollers(page));
  tell(`${name}: no rule is broken on a phone`, await look.broken_rules(page));
  await page.setViewportSize({ width: 320, height: 740 });
  tell(`${name}: nor one of 320 px`, await look.too_wide(page));
  tell(`${name}: and nothing is refused or asked for there`, complaints);
  await page.close();
}

/** A heading that is not shown has no place on paper. */
const captions_of = (page) => page.$$eval("caption", (all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent));

async function print_report(browser, path, ids) {
  const { page } = await open(browser, path);
  const sheets = await print.sheets_of(page, join(folder, "report.pdf"));
  await page.close();
  tell("paper: the first page is one sheet and whole", print.first_page_problems(sheets));
  tell("paper: every sheet has its number, none is empty", print.numbering_problems(sheets));
  tell("paper: no finding is cut in its heading", print.cut_headings(sheets, ids));
  tell("paper: no table begins with nothing but its head", print.heads_alone(sheets));
  tell("paper: the table of channels has its head on each sheet",
    print.headless_sheets(sheets, /^ *\S+ +[●○▲×] (examined|not-)/m, /Channel +State/));
}

async function run(browser) {
  const real = real_pages();
  const reports = { rich: sample("rich"), hostile: sample("hostile"), long: sample("long"), extreme: sample("extreme"),
    failed: sample("failed"), clean: sample("clean"), "a capture": real.leaky };
  const pages = { ...reports, index: real.index, comparison: real.comparison };
  for (const [name, path] of Object.entries(pages)) await meet_on_phone(browser, name, path);
  for (const name of ["rich", "hostile", "a capture", "index", "comparison"])
    await meet_at_desk(browser, name, pages[name], "light");
  for (const name of ["a capture", "index", "comparison"])
    await meet_at_desk(browser, name, pages[name], "dark");
  const { page: index } = await open(browser, real.index);
  tell("index: it sorts by keyboard", await look.sorts_by_keyboard(index));
  await index.close();
  tell("what a page may not do is refused", await policy_holds(browser, real.leaky));
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await open(browser, real.leaky, { colorScheme });
    tell(`classes differ without colours, ${colorScheme}`, await look.alike_in_grey(page));
    await page.emulateMedia({ media: "print" });
    tell(`and on paper, ${colorScheme}`, await look.alike_in_grey(page));
    await page.close();
  }
  const again = join(folder, "again");
  execFileSync(lenscap, ["report", "-o", again, real.case_]);
  tell("rendered again, the page is the same to the octet",
    readFileSync(join(again, "report.html")).equals(readFileSync(real.leaky)) ? [] : ["it differs"]);
  const ids = JSON.parse(readFileSync(join(real.case_, "evaluation.json"), "utf8")).findings.map((finding) => finding.id);
  if (spawnSync("pdftotext", ["-v"]).error) skip("paper", "pdftotext is not installed");
  else {
    await print_report(browser, real.leaky, ids);
    const printed = { ...reports, still: real.still }; // its flows begin at the foot of a sheet
    for (const name of ["rich", "hostile", "long", "failed", "clean", "still"]) {
      const { page } = await open(browser, printed[name]);
      const sheets = await print.sheets_of(page, join(folder, `${name}.pdf`));
      tell(`paper: the first page of ${name} is one sheet and whole`, print.first_page_problems(sheets));
      tell(`paper: no caption of ${name} is cut or without its table`,
        print.cut_captions(sheets, await captions_of(page)));
      await page.close();
    }
  }
}

const browser = await chromium.launch({ executablePath: browser_path, args: FLAGS });
try {
  await run(browser);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
finish();
