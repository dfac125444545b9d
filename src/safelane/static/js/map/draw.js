// Drawing: terra-draw on the map, GeoJSON in the form field; undo, and corners that go.
import * as terra from "../../vendor/terra-draw/terra-draw.js";
import { TerraDrawMapLibreGLAdapter } from "../../vendor/terra-draw/maplibre-adapter.js";
import { removeCornerAt } from "./corners.js";
import { placeFaults } from "./faults.js";

const COORDINATE_DIGITS = 7; // about a centimetre
const TOOL = "static"; // the mode in which a click is ours: taking corners away

function modes() {
  const corner = { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } };
  return [
    new terra.TerraDrawPolygonMode({ pointerDistance: 20 }),
    new terra.TerraDrawPointMode(),
    new terra.TerraDrawLineStringMode(),
    new terra.TerraDrawSelectMode({ flags: { polygon: corner, linestring: corner, point: { feature: { draggable: true } } } }),
  ];
}

// Without what terra-draw adds to help: half-way points, handles, the shape half drawn.
function own(features) {
  const isHandle = (f) => f.geometry.type === "Point" && f.properties.mode !== "point";
  return features.filter((f) => !f.properties.midPoint && !f.properties.selectionPoint && !f.properties.currentlyDrawing && !isHandle(f));
}

function geometryOf(features) {
  const kept = own(features);
  const polygons = kept.filter((f) => f.geometry.type === "Polygon").map((f) => f.geometry);
  if (polygons.length > 1) return { type: "MultiPolygon", coordinates: polygons.map((g) => g.coordinates) };
  return polygons[0] || kept[0]?.geometry || null;
}

function button(text, pressed, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-sm";
  element.textContent = text;
  if (pressed !== null) element.setAttribute("aria-pressed", String(pressed));
  element.addEventListener("click", () => action(element));
  return element;
}

function help(words) {
  const box = document.createElement("details");
  box.className = "sl-map-help";
  const summary = document.createElement("summary");
  summary.textContent = words.help;
  const list = document.createElement("ul");
  for (const text of words.drawHelp) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
  box.append(summary, list);
  return box;
}

function toolbar(draw, config, undo) {
  const { words } = config;
  const bar = document.createElement("div");
  const hasArea = own(draw.getSnapshot()).some((f) => f.geometry.type === "Polygon");
  bar.className = "sl-map-tools";
  bar.setAttribute("role", "toolbar");
  const names = { polygon: words.drawPolygon, point: words.drawPoint, linestring: words.drawLine };
  const first = config.draw === "line" ? "linestring" : config.draw;
  const choose = (mode) => (element) => {
    draw.setMode(mode);
    for (const other of bar.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === element));
  };
  bar.append(
    button(names[first], !hasArea, choose(first)),
    button(words.edit, hasArea, choose("select")),
    button(words.removeCorner, false, choose(TOOL)),
    button(words.undo, null, undo),
    button(words.clear, null, () => draw.clear()),
    help(words),
  );
  draw.setMode(hasArea ? "select" : first);
  return bar;
}

function parts(geometry) {
  if (geometry.type !== "MultiPolygon") return [geometry];
  return geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
}

function rounded(geometry) {
  const round = (value) => (Array.isArray(value) ? value.map(round) : Number(value.toFixed(COORDINATE_DIGITS)));
  return { type: geometry.type, coordinates: round(geometry.coordinates) };
}

const MODE_OF = { Polygon: "polygon", Point: "point", LineString: "linestring" };

function load(draw, text) {
  if (!text.trim().startsWith("{")) return;
  const features = parts(rounded(JSON.parse(text))).map((geometry) => ({
    type: "Feature", geometry, properties: { mode: MODE_OF[geometry.type] },
  }));
  draw.addFeatures(features);
}

function isUndo(event) {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
}

// Ctrl+Z elsewhere belongs to what is typed there.
function undoByKey(element, undo) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (!isUndo(event) || typing || !element.offsetParent) return;
    event.preventDefault();
    undo();
  });
}

// What the server says of the outline is shown where it is wrong, on this map too.
function showAnswers(map) {
  let markers = [];
  document.body.addEventListener("htmx:afterSettle", () => {
    const answer = document.querySelector("[data-outline-faults]");
    for (const marker of markers) marker.remove();
    markers = answer ? placeFaults(map, JSON.parse(answer.dataset.outlineFaults)) : [];
  });
}

// What is seen is what is sent: a shape half drawn holds the form back.
function holdUnfinished(draw, element, form, words) {
  form.addEventListener("submit", (event) => {
    const isOpen = draw.getSnapshot().some((f) => f.properties.currentlyDrawing);
    if (!isOpen || !element.offsetParent) return;
    event.preventDefault();
    event.stopPropagation();
    element.scrollIntoView({ block: "center" });
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: words.unfinished, level: "warning" } }));
  });
}

export function addDrawing(map, element, config) {
  const field = document.getElementById(config.field);
  const adapter = new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: COORDINATE_DIGITS });
  const undoRedo = { modeLevel: new terra.TerraDrawModeUndoRedo(), sessionLevel: new terra.TerraDrawSessionUndoRedo() };
  const draw = new terra.TerraDraw({ adapter, modes: modes(), undoRedo });
  const drawn = () => {
    const geometry = geometryOf(draw.getSnapshot());
    return geometry ? JSON.stringify(geometry) : "";
  };
  const given = field.value;
  // What nobody has changed stays as it was given: unsaid, or said as it came.
  const store = () => {
    const text = drawn() === before ? given : drawn();
    if (text === field.value) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new CustomEvent("outline-drawn", { bubbles: true }));
  };
  draw.start();
  load(draw, given || config.start);
  const before = drawn();
  draw.clearUndoRedoHistory();
  const undo = () => draw.undo();
  element.append(toolbar(draw, config, undo));
  draw.on("finish", store);
  draw.on("change", () => requestAnimationFrame(store));
  map.on("click", (event) => {
    if (draw.getMode() === TOOL) removeCornerAt(map, draw, own(draw.getSnapshot()), event.point);
  });
  undoByKey(element, undo);
  showAnswers(map);
  holdUnfinished(draw, element, field.form, config.words);
  element.safelaneDraw = draw;
}
