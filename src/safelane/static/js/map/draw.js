// Drawing: terra-draw on the map, GeoJSON in the form field, undo and start again.
import * as terra from "../../vendor/terra-draw/terra-draw.js";
import { TerraDrawMapLibreGLAdapter } from "../../vendor/terra-draw/maplibre-adapter.js";

const COORDINATE_DIGITS = 7; // about a centimetre

function modes() {
  const corner = { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } };
  return [
    new terra.TerraDrawPolygonMode({ pointerDistance: 20 }),
    new terra.TerraDrawPointMode(),
    new terra.TerraDrawLineStringMode(),
    new terra.TerraDrawSelectMode({ flags: { polygon: corner, linestring: corner, point: { feature: { draggable: true } } } }),
  ];
}

function geometryOf(features) {
  const own = features.filter((f) => !f.properties.midPoint && !f.properties.selectionPoint && !f.properties.currentlyDrawing);
  const polygons = own.filter((f) => f.geometry.type === "Polygon").map((f) => f.geometry);
  if (polygons.length > 1) return { type: "MultiPolygon", coordinates: polygons.map((g) => g.coordinates) };
  return polygons[0] || own[0]?.geometry || null;
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

function toolbar(draw, config, store) {
  const { words } = config;
  const bar = document.createElement("div");
  bar.className = "sl-map-tools";
  bar.setAttribute("role", "toolbar");
  const names = { polygon: words.drawPolygon, point: words.drawPoint, linestring: words.drawLine };
  const first = config.draw === "line" ? "linestring" : config.draw;
  const choose = (mode) => (element) => {
    draw.setMode(mode);
    for (const other of bar.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(other === element));
  };
  bar.append(
    button(names[first], true, choose(first)),
    button(words.edit, false, choose("select")),
    button(words.clear, null, () => { draw.clear(); store(); }),
  );
  draw.setMode(first);
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

function load(draw, map, text) {
  if (!text.trim().startsWith("{")) return;
  const features = parts(rounded(JSON.parse(text))).map((geometry) => ({
    type: "Feature", geometry, properties: { mode: MODE_OF[geometry.type] },
  }));
  draw.addFeatures(features);
}

export function addDrawing(map, element, config) {
  const field = document.getElementById(config.field);
  const adapter = new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: COORDINATE_DIGITS });
  const draw = new terra.TerraDraw({ adapter, modes: modes() });
  const store = () => {
    const geometry = geometryOf(draw.getSnapshot());
    field.value = geometry ? JSON.stringify(geometry) : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  draw.start();
  load(draw, map, field.value);
  element.append(toolbar(draw, config, store));
  draw.on("finish", store);
  element.safelaneDraw = draw;
}
