// What a reader of a page meets, one question a function.  Each gives a list of problems.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Rules of WCAG at levels A and AA that axe finds broken. */
export async function broken_rules(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) =>
    globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), RULES);
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 120)}: ${rule.nodes[0].failureSummary}`);
}

/** Presses Tab from the top of the page to its end: what was never reached, or showed no focus. */
export async function lost_to_the_keyboard(page) {
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
    const reachable = all.filter((e) => e.tabIndex >= 0 && !e.closest("details:not([open]) > :not(summary)"));
    reachable.forEach((e, i) => { e.dataset.stop = i; });
    return reachable.length;
  });
  const problems = [];
  const seen = new Set();
  for (let i = 0; i < wanted; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\d.]+/g).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const one = luminance(style.outlineColor);
      const other = luminance(getComputedStyle(document.documentElement).backgroundColor);
      return {
        stop: e.dataset.stop, what: e.outerHTML.slice(0, 100),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
        there: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      };
    });
    if (stop.stop !== String(i)) problems.push(`Tab ${i + 1} came to ${stop.what}`);
    if (!stop.outlined) problems.push(`no outline: ${stop.what}`);
    if (stop.contrast < 3) problems.push(`outline of contrast ${stop.contrast}: ${stop.what}`);
    if (!stop.there) problems.push(`out of sight: ${stop.what}`);
    seen.add(stop.stop);
  }
  if (seen.size !== wanted) problems.push(`${seen.size} of ${wanted} reached`);
  if (wanted < 2) problems.push(`only ${wanted} to reach`);
  return problems;
}

/** The first Tab and Enter lead into the content. */
export async function does_not_skip(page) {
  await page.reload();
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.className);
  await page.keyboard.press("Enter");
  const then = await page.evaluate(() => document.activeElement.id);
  return first === "skip" && then === "main" ? [] : [{ first, then }];
}

/** What makes the page itself scroll sideways. */
export async function too_wide(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((e) =>
      e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".scroll, pre, .skip"));
    return [`${root.scrollWidth} > ${root.clientWidth}`, ...wide.slice(0, 4).map((e) => e.outerHTML.slice(0, 100))];
  });
}

/** Boxes that scroll and have no place in the order of Tab, or no name. */
export async function unreachable_scrollers(page) {
  return page.evaluate(() => [...document.querySelectorAll("body *")].filter((e) => {
    const style = getComputedStyle(e);
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY)
      && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
    return scrolls && e.tabIndex < 0;
  }).map((e) => e.outerHTML.slice(0, 100)));
}

/** Classes of octets that look alike when colours are gone. */
export async function alike_in_grey(page) {
  return page.evaluate(() => {
    const luminance = (colour) => {
      const [r, g, b] = colour.match(/[\d.]+/g).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const looks = new Map();
    for (const shape of document.querySelectorAll(".swatch rect"))
      looks.set(shape.getAttribute("class"), getComputedStyle(shape).fill);
    const all = [...looks];
    const problems = looks.size < 11 ? [`only ${looks.size} classes drawn`] : [];
    all.forEach(([one, fill], i) => all.slice(i + 1).forEach(([other, second]) => {
      if (fill.startsWith("url") || second.startsWith("url")) {
        if (fill === second) problems.push(`${one} and ${other}: one pattern`);
        return;
      }
      const [low, high] = [luminance(fill), luminance(second)].sort((a, b) => a - b);
      if ((high + 0.05) / (low + 0.05) < 1.25) problems.push(`${one} and ${other}: ${fill}, ${second}`);
    }));
    return problems;
  });
}

/** The table of an index, sorted by its first column with nothing but keys, one way and back. */
export async function sorts_by_keyboard(page) {
  const first = () => page.evaluate(() => document.querySelector("tbody tr").cells[0].textContent);
  const sorted = () => page.evaluate(() => document.activeElement.closest("th")?.getAttribute("aria-sort"));
  const names = await page.evaluate(() => [...document.querySelectorAll("tbody tr")].map((row) => row.cells[0].textContent).sort());
  const problems = [];
  await page.evaluate(() => document.querySelector("thead button").focus());
  for (const [way, name] of [["ascending", names[0]], ["descending", names.at(-1)]]) {
    await page.keyboard.press("Enter");
    if (await sorted() !== way) problems.push(`not ${way}: ${await sorted()}`);
    if (await first() !== name) problems.push(`${way}, but ${await first()} is first, not ${name}`);
  }
  return names.length > 1 ? problems : ["one row only"];
}
