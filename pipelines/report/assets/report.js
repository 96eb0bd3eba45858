/* What a reader can do on a page: choose, sort, filter, ask where a figure comes from.
   It computes no figure: it picks among what was written when the site was made. */
(() => {
  "use strict";
  const { root, page } = document.body.dataset;
  const years = JSON.parse(document.getElementById("edition-years").textContent);
  const selects = [...document.querySelectorAll("select[data-axis]")];

  /* --- choices, kept in the address behind the # (which also works from disk) ------------------- */
  const asked = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

  function ask(changes) {
    const now = asked();
    for (const [name, value] of Object.entries(changes)) value ? now.set(name, value) : now.delete(name);
    rewrite(now);
    apply();
  }
  const rewrite = (choices) => history.replaceState(null, "", choices.size ? `#${choices}` : location.pathname + location.search);

  function state() {
    const wanted = asked(), now = {};
    for (const select of selects) {
      const name = select.dataset.axis, value = wanted.get(name);
      now[name] = [...select.options].some((o) => o.value === value) ? value : select.dataset.default;
    }
    const known = Object.hasOwn(years, now.edition ?? "") && years[now.edition];
    if (known && "year" in now) {
      const year = wanted.get("year");
      now.year = year && Object.hasOwn(known, year) ? year : Object.keys(known).at(-1);
    }
    return now;
  }

  const linksTo = (axis) => selects.some((s) => s.dataset.axis === axis && "links" in s.dataset);

  /* The address says what is shown: a year that the edition does not have must not go on to other pages. */
  function correct(now) {
    const wanted = asked(), before = String(wanted);
    for (const [name, value] of Object.entries(now)) if (wanted.has(name) && !linksTo(name)) wanted.set(name, value);
    if (String(wanted) !== before) rewrite(wanted);
  }

  /* What the page shows of other editions lies in files of its own, each loaded when its edition is chosen; on a page
     without editions, what it shows of another first choice. */
  const choices = [...document.querySelectorAll(".choice")];
  const held = window.burdenshareChosen = {};
  const { axis: first, default: ours } = selects.find((select) => !("links" in select.dataset))?.dataset ?? {};

  const fetching = new Map();
  function fetched(chosen) {
    if (!chosen || chosen === ours) return null;
    if (!fetching.has(chosen)) fetching.set(chosen, load(`chosen/${page}/${chosen}`).then(() => take(chosen)));
    return fetching.get(chosen);
  }

  function take(chosen) {
    for (const [place, key, html] of (held[chosen] ??= [])) {
      const variant = document.createElement("template");
      variant.dataset.key = key;
      variant.innerHTML = html;
      choices[place].append(variant);
    }
  }

  async function apply() {
    await fetched(state()[first]);
    const now = state();
    // Somebody chose again meanwhile, and what they chose is on its way.
    if (now[first] && now[first] !== ours && !held[now[first]]) return;
    correct(now);
    for (const select of selects) {
      if (select.dataset.axis === "year" && years[now.edition]) {
        select.replaceChildren(...Object.entries(years[now.edition]).reverse().map(([y, label]) => new Option(label, y)));
      }
      select.value = now[select.dataset.axis];
    }
    for (const choice of choices) show(choice, now);
    for (const link of document.querySelectorAll("a[data-keep]")) keep(link);
    for (const line of document.querySelectorAll("[data-shown]")) line.textContent = shown();
    highlight(now.ally);
  }

  function show(choice, now) {
    const key = choice.dataset.axes.split(" ").map((axis) => now[axis]).join(" ");
    if (key === choice.dataset.now) return;
    const live = choice.querySelector(":scope > .live");
    const next = choice.querySelector(`:scope > template[data-key="${CSS.escape(key)}"]`);
    if (!choice.querySelector(`:scope > template[data-key="${CSS.escape(choice.dataset.now)}"]`)) {
      const first = document.createElement("template");
      first.dataset.key = choice.dataset.now;
      first.innerHTML = choice.dataset.first;
      choice.append(first);
    }
    choice.dataset.now = key;
    window.burdenshareCharts?.forget(live);
    if (next) live.replaceChildren(next.content.cloneNode(true));
    else live.innerHTML = "<p class='note'>The chosen edition does not give this.</p>";
    prepare(live);
  }

  /* What is chosen, in words, for paper, where nobody can open a list. */
  const shown = () => selects.filter((select) => select.value).map((select) => `${select.labels[0].querySelector("span").textContent}: ${select.selectedOptions[0].textContent}`).join(" · ");

  function keep(link) {
    const [path, anchor] = link.getAttribute("href").split("#");
    const kept = asked();
    kept.delete("at");
    const at = link.dataset.at ?? (anchor && !anchor.includes("=") ? anchor : "");
    if (at) { link.dataset.at = at; kept.set("at", at); }
    link.setAttribute("href", kept.size ? `${path}#${kept}` : path);
  }

  for (const select of selects) {
    select.addEventListener("change", () => {
      if ("links" in select.dataset) {
        const kept = asked();
        location.href = `${select.value}${kept.size ? `#${kept}` : ""}`;
      } else ask({ [select.dataset.axis]: select.value });
    });
  }
  window.addEventListener("hashchange", async () => { await apply(); goTo(asked().get("at")); });

  document.querySelector("[data-copy]")?.addEventListener("click", async () => {
    const said = document.querySelector(".chooser .said");
    // All choices, those that nobody made too: a newer edition must not change what the link shows.
    const full = new URLSearchParams(Object.entries(state()).filter(([name, value]) => value && !linksTo(name)));
    const address = `${location.href.split("#")[0]}#${full}`;
    try { await navigator.clipboard.writeText(address); said.textContent = "Link copied."; }
    catch { history.replaceState(null, "", `#${full}`); said.textContent = "The address bar has the link."; }
  });

  function goTo(id) {
    const target = id && document.getElementById(id);
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  }
  // Links within the page must not push the choices out of the address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.getAttribute("href").includes("=")) return;
    event.preventDefault();
    goTo(link.getAttribute("href").slice(1));
  });

  /* --- an Ally stands out ------------------------------------------------------------------------ */
  function highlight(ally) {
    for (const row of document.querySelectorAll("tr[data-ally]")) row.classList.toggle("chosen", row.dataset.ally === ally);
    window.burdenshareCharts?.highlight(ally ?? "");
  }

  /* --- tables sort, filter, and can be walked with the arrow keys ------------------------------- */
  document.addEventListener("click", (event) => {
    const head = event.target.closest("[data-sort]");
    if (head) sort(head.closest("th"));
  });

  function sort(head) {
    const table = head.closest("table"), column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending" || (!head.hasAttribute("aria-sort") && head.classList.contains("n"));
    const order = head.getAttribute("aria-sort") === "descending" ? 1 : down ? -1 : 1;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order > 0 ? "ascending" : "descending");
    const key = (row) => row.cells[column]?.dataset.key ?? "";
    const rows = [...table.tBodies[0].rows];
    const numeric = rows.every((row) => key(row) === "" || !Number.isNaN(Number(key(row))));
    rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === "");  // what is missing stays below
      return order * (numeric ? Number(x) - Number(y) : x.localeCompare(y, "en"));
    });
    table.tBodies[0].append(...rows);
    reach(table);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-filter]")) return;
    const words = plain(event.target.value);
    const block = event.target.closest(".table-block"), rows = [...block.querySelectorAll("tbody tr")];
    for (const row of rows) row.hidden = !plain(row.textContent).includes(words);
    const left = rows.filter((row) => !row.hidden).length;
    block.querySelector(".found").textContent = !words ? "" : left ? `${left} of ${rows.length} rows` : "Nothing found";
    reach(block.querySelector("table"));
  });
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

  /* In a large table Tab reaches the first figure that is to be seen, and the arrow keys the others. */
  function reach(table) {
    const figures = [...table.querySelectorAll(".figure")];
    if (figures.length <= 24) return;
    const first = figures.find((figure) => !figure.closest("tr").hidden);
    for (const figure of figures) figure.tabIndex = figure === first ? 0 : -1;
    table.closest(".scroll").setAttribute("aria-describedby", "arrow-keys");
  }

  function prepare(part) {
    for (const table of part.querySelectorAll("table")) reach(table);
    if (part.querySelector(".chart")) window.burdenshareCharts?.draw(part);
  }

  const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  document.addEventListener("keydown", (event) => {
    const figure = event.target.closest?.("td .figure, th .figure"), step = STEPS[event.key];
    if (!figure || !step) return;
    const cell = figure.closest("td, th");
    let row = cell.parentElement, column = cell.cellIndex, found;
    do {
      if (step[0]) row = step[0] > 0 ? row.nextElementSibling : row.previousElementSibling; else column += step[1];
      found = row?.hidden ? null : row?.cells[column]?.querySelector(".figure");
    } while (!found && row && column >= 0 && column < row.cells.length);
    if (!found) return;
    event.preventDefault();
    figure.tabIndex = -1;
    found.tabIndex = 0;
    found.focus();
  });

  /* --- where a figure comes from ---------------------------------------------------------------- */
  const dialog = document.getElementById("origin");
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-origin]");
    if (figure) explain(figure.dataset.origin, figure.textContent, figure.dataset.value);
    if (event.target === dialog || event.target.closest("#origin .close")) dialog.close();
  });

  async function explain(origin, text, value) {
    await load("origins");
    await load(`origins-${window.burdenshareOrigins.editionOf(origin)}`);
    dialog.querySelector(".body").replaceChildren(...window.burdenshareOrigins.explain(origin, text, value));
    dialog.showModal();
    dialog.querySelector(".body").scrollTop = 0;
  }
  window.burdenshareExplain = explain;

  const loading = new Map();
  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = `${root}assets/${name}.js`;
        script.onload = script.onerror = resolve;
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  /* --- begin -------------------------------------------------------------------------------------- */
  for (const choice of choices) choice.dataset.first = choice.querySelector(":scope > .live").innerHTML;
  apply().then(() => {
    prepare(document);
    goTo(asked().get("at"));
    document.documentElement.dataset.ready = "yes";
  });
})();
