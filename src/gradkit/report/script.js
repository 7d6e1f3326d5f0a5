"use strict";
// Sorts tables by their headers, hides names, opens everything for printing. The page says the same without it.
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!("v" in cell.dataset)) return cell.textContent.trim();
    return cell.dataset.v === "" ? null : Number(cell.dataset.v);
  };
  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number"
      ? one - other
      : String(one).localeCompare(String(other), undefined, { numeric: true });

  const sort = (table, column, descending) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: value(row, column) }));
    rows.sort((one, other) => {
      if (one.key === null || other.key === null) return (one.key === null) - (other.key === null);
      return (descending ? -1 : 1) * compare(one.key, other.key);
    });
    body.append(...rows.map(({ row }) => row));
  };

  for (const table of document.querySelectorAll("main table")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const isNumeric = [...table.tBodies[0].rows].some((row) => "v" in row.cells[column].dataset);
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const descending = before ? before === "ascending" : isNumeric;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sort(table, column, descending);
      });
    });
  }

  const hide = document.getElementById("hide");
  if (hide) {
    hide.hidden = false;
    hide.setAttribute("aria-pressed", "false");
    hide.addEventListener("click", () => {
      const hidden = hide.getAttribute("aria-pressed") !== "true";
      for (const who of document.querySelectorAll(".who")) {
        const shown = who.textContent;
        who.textContent = who.dataset.as;
        who.dataset.as = shown;
      }
      hide.setAttribute("aria-pressed", String(hidden));
      hide.textContent = hidden ? "Show names" : "Hide names";
    });
  }

  const printer = document.getElementById("print");
  printer.hidden = false;
  printer.addEventListener("click", () => window.print());
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((part) => { part.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((part) => { part.open = false; });
    opened = [];
  });
})();
