/* Charts are drawn from rows that stand in the page, by Vega-Lite with Vega's expression interpreter:
   nothing is evaluated as code, so the page's policy needs no exception. */
(() => {
  "use strict";
  const views = new Map();
  const specs = {};
  let chosen = "";

  const ink = { labelColor: "var(--ink)", titleColor: "var(--soft)", labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
  const config = {
    background: "transparent", font: "system-ui, sans-serif", aria: false, view: { stroke: null },
    axis: { ...ink, gridColor: "var(--rule)", domainColor: "var(--grey)", tickColor: "var(--grey)", labelLimit: 130 },
    legend: { ...ink, symbolSize: 90 }, text: { color: "var(--ink)" },
  };
  const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true, theme: "page" }, logLevel: 1 };

  /* Names of points go where there is room, by Vega's own transform, which Vega-Lite does not offer yet. */
  function place(vega) {
    const styled = (name) => vega.marks.filter((mark) => [mark.style].flat().includes(name));
    const [names] = styled("names"), [places] = styled("places");
    if (!names || !places) return vega;
    const avoid = [...styled("heads"), ...styled("lines")].map((mark) => mark.name);
    const { fill, fontSize } = names.encode.update;
    names.from = { data: places.name };
    names.encode = { update: { text: { field: "datum.code" }, fill, fontSize } };
    names.transform = [{ type: "label", avoidMarks: avoid, size: [{ signal: "width" }, { signal: "height" }], offset: [2, 2, 2, 2, 2, 2, 2, 2], anchor: ["right", "top-right", "bottom-right", "left", "top-left", "bottom-left", "top", "bottom"] }];
    return vega;
  }

  /* Where all is estimated, the legend's symbols are as pale as the marks that they stand for. */
  function pale(vega, all) {
    if (all.length && all.every((row) => row.estimate)) {
      for (const legend of vega.legends ?? []) {
        const { update } = legend.encode.symbols;
        if (update.fillOpacity) Object.assign(update, { fillOpacity: { value: 0.35 }, strokeDash: { value: legend.symbolType === "square" ? [3, 2] : [] } });
      }
    }
    return vega;
  }

  function spec(figure) {
    const name = figure.dataset.spec, all = rows(figure);
    specs[name] ??= JSON.parse(document.getElementById(`spec-${name}`).textContent);
    const { height, datasets } = specs[name];
    // A number, because Vega-Lite fits no width beside a height that is given by steps.
    return { ...specs[name], config, height: height.step ? height.step * all.length : height, datasets: { ...datasets, rows: all } };
  }
  const rows = (figure) => JSON.parse(figure.querySelector(".rows").textContent);

  async function draw(part) {
    for (const figure of part.querySelectorAll(".chart")) {
      const plot = figure.querySelector(".plot");
      if (views.has(plot)) continue;
      views.set(plot, null);
      // A plot that a choice has taken away meanwhile has no room to place names in.
      const patch = (vega) => (plot.isConnected ? place(pale(vega, rows(figure))) : vega);
      const made = await window.vegaEmbed(plot, spec(figure), { ...options, patch });
      if (!plot.isConnected) { made.finalize(); continue; }
      views.set(plot, made);
      ring(made.view);
      made.view.addEventListener("mouseover", (_, item) => plot.classList.toggle("opens", Boolean(item?.datum?.origin)));
      made.view.addEventListener("click", (_, item) => item?.datum?.origin && window.burdenshareExplain(item.datum.origin, item.datum.label ?? item.datum.gdp_label, item.datum.value ?? item.datum.gdp));
      // The plot bears the description; what it is drawn with says nothing more.
      plot.querySelector("svg").setAttribute("aria-hidden", "true");
      plot.dataset.drawn = "yes";
    }
  }

  function forget(part) {
    for (const plot of part.querySelectorAll(".plot")) { views.get(plot)?.finalize(); views.delete(plot); }
  }

  function ring(view) { try { view.signal("ally", chosen).run(); } catch { /* this drawing rings nobody */ } }
  function highlight(ally) { chosen = ally; for (const made of views.values()) if (made) ring(made.view); }

  /* --- downloads: with title and source, in the colours of paper ---------------------------------- */
  function onPaper(text) {
    const probe = document.createElement("span");
    probe.hidden = true; probe.style.colorScheme = "light";
    document.body.append(probe);
    const plain = text.replace(/var\((--[a-z]+)\)/g, (variable) => {
      probe.style.color = variable;
      return getComputedStyle(probe).color;
    });
    probe.remove();
    return plain;
  }

  function lines(text, length) {
    return text.split(/\s+/).reduce((all, word) => {
      const last = all.at(-1);
      last !== undefined && last.length + word.length < length ? all[all.length - 1] = `${last} ${word}`.trim() : all.push(word);
      return all;
    }, []);
  }

  async function picture(figure, form) {
    const said = (selector) => figure.querySelector(selector).textContent;
    const title = { text: lines(said("figcaption h3"), 80), subtitle: [...lines(said("figcaption p"), 110), ...lines(said(".source"), 110)], anchor: "start", fontSize: 18, subtitleFontSize: 12, offset: 14, color: "var(--ink)", subtitleColor: "var(--soft)" };
    const whole = { ...spec(figure), title, padding: 16, background: "#ffffff" };
    const box = document.createElement("div");
    box.className = "off-screen";
    document.body.append(box);
    const made = await window.vegaEmbed(box, JSON.parse(onPaper(JSON.stringify(whole))), { ...options, patch: (vega) => place(pale(vega, rows(figure))), renderer: form === "png" ? "canvas" : "svg" });
    const blob = form === "png"
      ? await made.view.toCanvas(2).then((canvas) => new Promise((done) => canvas.toBlob(done, "image/png")))
      : new Blob([await made.view.toSVG()], { type: "image/svg+xml" });
    made.finalize();
    box.remove();
    return blob;
  }

  function csv(figure) {
    const all = rows(figure);
    const source = figure.querySelector(".source").textContent;
    const names = [...new Set(all.flatMap(Object.keys)), "source"].filter((name) => name !== "order");
    const cell = (value) => (value == null ? "" : /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
    return new Blob([[names, ...all.map((row) => names.map((name) => ({ ...row, source })[name]))].map((row) => row.map(cell).join(",")).join("\n") + "\n"], { type: "text/csv" });
  }

  /* A file tells by its name which choices it shows, unless the chart's own name does. */
  function fileName(figure) {
    const chart = figure.dataset.chart, chosen = figure.closest(".choice")?.dataset.now ?? "";
    const parts = chosen.toLowerCase().replaceAll("_", "-").split(" ").filter((part) => !chart.includes(part));
    return ["burdenshare", chart, ...parts].join("-");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-download]");
    if (!button) return;
    const figure = button.closest(".chart"), form = button.dataset.download;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(form === "csv" ? csv(figure) : await picture(figure, form));
    link.download = `${fileName(figure)}.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  });

  window.burdenshareCharts = { draw, forget, highlight };
})();
