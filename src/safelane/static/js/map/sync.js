// Map and table side by side: what is under the pointer here is marked there, and the
// map's extent becomes the filter "bbox" of the page.

function stateOf(map, uid, state) {
  for (const layer of map.getStyle().layers) {
    if (layer.metadata?.kind !== "hazards" && layer.metadata?.kind !== "priority") continue;
    const target = { source: layer.source, id: uid };
    if (layer["source-layer"]) target.sourceLayer = layer["source-layer"];
    map.setFeatureState(target, state);
  }
}

function rowOf(table, uid) {
  return table.querySelector(`[data-uid="${CSS.escape(uid)}"]`);
}

function markRow(table, uid, scroll) {
  for (const row of table.querySelectorAll(".is-current")) row.classList.remove("is-current");
  const row = uid && rowOf(table, uid);
  if (!row) return;
  row.classList.add("is-current");
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

function follow(map, table) {
  let current = "";
  const set = (uid, scroll) => {
    if (uid === current) return;
    if (current) stateOf(map, current, { hover: false });
    current = uid;
    if (current) stateOf(map, current, { hover: true });
    markRow(table, current, scroll);
  };
  const uidAt = (event) => event.target.closest?.("[data-uid]")?.dataset.uid || "";
  table.addEventListener("mouseover", (event) => set(uidAt(event), false));
  table.addEventListener("focusin", (event) => set(uidAt(event), false));
  table.addEventListener("mouseleave", () => set("", false));
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom-to]");
    if (button) zoomTo(map, button.dataset.zoomTo);
  });
  map.on("mousemove", (event) => {
    const found = map.queryRenderedFeatures(event.point).find((f) => f.layer.metadata?.kind === "hazards");
    set(found?.properties.uid || "", true);
  });
}

function zoomTo(map, text) {
  const [west, south, east, north] = text.split(",").map(Number);
  map.fitBounds([[west, south], [east, north]], { padding: 60, maxZoom: 17 });
}

function writeBounds(map) {
  const field = document.querySelector("input[name='bbox']");
  if (!field) return;
  const button = document.querySelector("[data-map-filter]");
  const put = () => {
    const bounds = map.getBounds();
    const west = Math.max(-180, bounds.getWest());
    const east = Math.min(180, bounds.getEast());
    const sides = [west, bounds.getSouth(), east, bounds.getNorth()];
    field.value = sides.map((side) => side.toFixed(5)).join(",");
    field.form.requestSubmit();
  };
  button?.addEventListener("click", put);
}

export function addSync(map, config) {
  const table = config.sync && document.querySelector(config.sync);
  if (table) follow(map, table);
  if (config.filterBbox) writeBounds(map);
}
