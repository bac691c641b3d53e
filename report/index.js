// Sorts the table by the column whose heading is pressed; again: the other way round.
"use strict";
for (const heading of document.querySelectorAll("thead th")) {
  const button = document.createElement("button");
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => {
    const body = document.querySelector("tbody");
    const column = heading.cellIndex;
    const ranked = body.rows.length > 0 && "rank" in body.rows[0].cells[column].dataset;
    const before = heading.getAttribute("aria-sort");
    const up = before ? before === "descending" : !ranked;
    const value = (row) => {
      const cell = row.cells[column];
      return ranked ? Number(cell.dataset.rank) : cell.textContent;
    };
    const order = (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0);
    const rows = Array.from(body.rows);
    rows.sort((a, b) => (up ? order(a, b) : order(b, a)));
    document.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    body.append(...rows);
  });
}
