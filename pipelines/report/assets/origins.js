/* Where a figure comes from: its formula, the published cells that went into it, and their file. */
(() => {
  "use strict";
  const known = window.burdenshareOrigins = { editions: {}, ...window.burdenshareOrigins };

  function make(name, content, attributes = {}) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...[content].flat());
    return element;
  }

  const editionOf = (name) => {
    const [cell, ...keys] = name.split("|");
    const grain = known.grains[cell.split(".")[0]];
    return keys[grain.indexOf(grain.includes("edition_id") ? "edition_id" : "publisher")];
  };

  function explain(origin, text, value) {
    const [cell, ...keys] = origin.split("|");
    const [table, column] = cell.split(".");
    const { about, unit, formula } = known.columns[cell];
    const grain = known.grains[table], edition = editionOf(origin), source = known.sources[edition];
    const held = known.editions[edition];
    const cells = (held?.figures[cell]?.[keys.join("|")] ?? []).map((place) => held.cells[place]);
    const who = keys.filter((_, i) => !["edition_id", "publisher"].includes(grain[i])).map((key) => known.names[key] ?? key).join(", ");
    const whose = source ? `edition of ${known.editionNames[edition]}` : `newest editions of NATO and ${known.publisherNames[edition]}`;
    return [
      make("p", [make("b", text), ` ${who}; ${whose}. ${about}`]),
      make("p", `Exactly ${value}${unit ? `, ${unit}` : ""}.`, { class: "note" }),
      ...(formula.length ? [make("h3", "Formula"), make("pre", formula.join("\n"))] : []),
      make("h3", `Source cells (${cells.length})`),
      cells.length ? listed(cells, held) : make("p", "No published cell was counted for this figure."),
      ...(source ? [make("p", source.line, { class: "note" })] : []),
      ...(source?.sha256 ? [make("p", `SHA-256 of ${source.file}: ${source.sha256}`, { class: "note hash" })] : []),
      make("h3", "The same with SQL"), make("pre", query(table, column, grain, keys)),
      make("h3", "The whole way"), make("pre", `burdenshare explain ${table} ${keys.map(quoted).join(" ")} --column ${column}`),
    ];
  }

  function listed(cells, held) {
    const head = make("tr", ["Who", "Year", "Value", "Table, row, column", "Cell"].map((text) => make("th", text, { scope: "col" })));
    const rows = cells.map(([who, year, value, unit, table, block, label, header, address]) => make("tr", [
      make("th", known.names[who] ?? who ?? label, { scope: "row" }), make("td", String(year ?? "")), make("td", `${value} ${unit}`),
      make("td", table ? `Table ${table}, ${[held.blocks[block], label, header].filter(Boolean).join(" / ")}` : `${held.blocks[block]}, ${header}`),
      make("td", address ?? (table ? "transcribed" : "seed")),
    ]));
    return make("div", make("table", [make("thead", head), make("tbody", rows)]), { class: "scroll", tabindex: "0", role: "region", "aria-label": "Source cells" });
  }

  const quoted = (key) => (/^[\w.-]+$/.test(key) ? key : `"${key}"`);

  function query(table, column, grain, keys) {
    const where = grain.map((name, i) => `${name} = ${/^\d+$/.test(keys[i]) ? keys[i] : `'${keys[i]}'`}`);
    return `select ${column}\nfrom ${table}\nwhere ${where.join("\n  and ")}`;
  }

  known.explain = explain;
  known.editionOf = editionOf;
})();
