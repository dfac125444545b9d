// Symbols by kind of layer. Hazard colours and outlines follow the IMSMA symbology
// (TNMA 07.11/01): confirmed #FF0000, suspected #F4A718, half transparent; outline by
// status. Points differ by shape and filling, never by colour alone.

export const CHA = "#ff0000";
export const SHA = "#f4a718";
export const CLOSED = "#1b7f3b";
export const OTHER = "#5d6b7a";

const KIND_COLOUR = ["match", ["get", "kind"], "cha", CHA, "sha", SHA, OTHER];
const CLOSED_STATES = ["closed", "released", "cancelled"];
const ACTIVE = ["any", ["boolean", ["feature-state", "hover"], false], ["boolean", ["feature-state", "selected"], false]];
const POLYGON = ["==", ["geometry-type"], "Polygon"];
const COUNT = ["coalesce", ["get", "count"], 1];
const POINT = ["==", ["geometry-type"], "Point"];
const SHAPE = ["!", POINT];

// name: [shape, fill, outline]
const IMAGES = {
  "direct-item": ["diamond", "#7a0c0c", "#ffffff"],
  "direct-crater": ["ring", "#7a0c0c", "#ffffff"],
  "direct-fragment": ["triangle", "#7a0c0c", "#ffffff"],
  "direct-accident": ["star", "#7a0c0c", "#ffffff"],
  "direct-other": ["circle", "#7a0c0c", "#ffffff"],
  "indirect-claim": ["square", "#ffffff", "#4a3000"],
  "indirect-map_record": ["pentagon", "#ffffff", "#4a3000"],
  "indirect-other": ["circle", "#ffffff", "#4a3000"],
  ordnance: ["hexagon", "#15202b", "#ffd54a"],
  accident: ["star", "#b3006b", "#ffffff"],
  place: ["circle", "#ffffff", "#38465a"],
};

const SIDES = { triangle: 3, square: 4, diamond: 4, pentagon: 5, hexagon: 6 };
const TURN = { square: Math.PI / 4, triangle: 0, diamond: 0, pentagon: 0, hexagon: 0 };

function outlineOf(context, shape, centre, radius) {
  context.beginPath();
  if (shape === "circle" || shape === "ring") {
    context.arc(centre, centre, radius * 0.85, 0, 2 * Math.PI);
    return;
  }
  const corners = shape === "star" ? 10 : SIDES[shape];
  for (let i = 0; i < corners; i += 1) {
    const reach = shape === "star" && i % 2 ? radius * 0.45 : radius;
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2 + (TURN[shape] || 0);
    context.lineTo(centre + reach * Math.cos(angle), centre + reach * Math.sin(angle));
  }
  context.closePath();
}

export function drawSymbol(context, name, size) {
  const [shape, fill, outline] = IMAGES[name];
  outlineOf(context, shape, size / 2, size / 2 - 2);
  context.fillStyle = fill;
  context.strokeStyle = outline;
  context.lineWidth = size / 11;
  context.fill();
  context.stroke();
  if (shape !== "ring") return;
  context.beginPath();
  context.arc(size / 2, size / 2, size / 6, 0, 2 * Math.PI);
  context.fillStyle = outline;
  context.fill();
}

function hatch(colour) {
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = 3;
  for (const shift of [-8, 8]) {
    context.beginPath();
    context.moveTo(shift - 4, 20);
    context.lineTo(shift + 20, -4);
    context.stroke();
  }
  return context.getImageData(0, 0, 16, 16);
}

export function addImages(map) {
  for (const name of Object.keys(IMAGES)) {
    const canvas = new OffscreenCanvas(44, 44);
    drawSymbol(canvas.getContext("2d"), name, 44);
    map.addImage(name, canvas.getContext("2d").getImageData(0, 0, 44, 44), { pixelRatio: 2 });
  }
  map.addImage("hatch-pending", hatch("#0b6bcb"));
  map.addImage("hatch-overlap", hatch("#6f2dbd"));
}

function statusLine(id, filter, colour, dash) {
  const paint = { "line-color": colour, "line-width": ["case", ACTIVE, 5, 2.2] };
  if (dash) paint["line-dasharray"] = dash;
  return { id, type: "line", filter: ["all", SHAPE, filter], paint }; // thin areas come as lines
}

// A cell of 1 km is no outline: it is drawn faintly, with a dotted border. Somebody with
// two roles has both on one map: tiles say which is which.
function hazards({ rough }) {
  const status = ["get", "status"];
  const isCell = rough === "some" ? ["has", "rough"] : ["literal", rough === "all"];
  const lines = (id, filter, colour, dash) => [
    statusLine(id, ["all", ["!", isCell], filter], colour, dash),
    ...(rough ? [statusLine(`${id}-cell`, ["all", isCell, filter], colour, [1, 2])] : []),
  ];
  return [
    { id: "fill", type: "fill", filter: POLYGON, paint: { "fill-color": KIND_COLOUR, "fill-opacity": ["case", isCell, 0.15, 0.5] } },
    ...lines("worked", ["==", status, "worked_on"], SHA, [3, 2]),
    ...lines("closed", ["in", status, ["literal", CLOSED_STATES]], CLOSED),
    ...lines("open", ["!", ["in", status, ["literal", ["worked_on", ...CLOSED_STATES]]]], CHA),
    { id: "dot", type: "circle", filter: POINT, paint: { "circle-radius": ["case", ACTIVE, 9, dotSize(COUNT)], "circle-color": KIND_COLOUR, "circle-opacity": 0.8, "circle-stroke-width": 1, "circle-stroke-color": "#ffffff" } },
    { id: "count", type: "symbol", filter: ["all", POINT, [">", COUNT, 3]], layout: { "text-field": ["to-string", COUNT], "text-font": ["Noto Sans"], "text-size": 11, "symbol-sort-key": ["-", COUNT] }, paint: { "text-color": "#000000" } },
    { id: "label", type: "symbol", minzoom: 13, layout: { "text-field": ["coalesce", ["get", "reference"], ""], "text-font": ["Noto Sans"], "text-size": 12 }, paint: label("#15202b") },
  ];
}

// A dot may stand for many areas: tiles count those too small to draw.
function dotSize(count) {
  return ["interpolate", ["linear"], ["log10", count], 0, 3.5, 0.3, 6, 1, 9, 2, 13, 4, 20];
}

function label(colour) {
  return { "text-color": colour, "text-halo-color": "#ffffff", "text-halo-width": 1.5 };
}

function icons(image, size = 1) {
  return [{ id: "icon", type: "symbol", layout: { "icon-image": image, "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 7, size * 0.4, 12, size * 0.8, 15, size] } }];
}

function evidence() {
  const known = Object.keys(IMAGES).filter((name) => /^(in)?direct-/.test(name));
  const wanted = ["concat", ["get", "directness"], "-", ["get", "kind"]];
  const other = ["concat", ["case", ["==", ["get", "directness"], "direct"], "direct", "indirect"], "-other"];
  return icons(["case", ["in", wanted, ["literal", known]], wanted, other]);
}

function hatched(image, colour) {
  return [
    { id: "fill", type: "fill", filter: POLYGON, paint: { "fill-pattern": image, "fill-opacity": 0.8 } },
    { id: "line", type: "line", filter: SHAPE, paint: { "line-color": colour, "line-width": 2, "line-dasharray": [2, 2] } },
    { id: "dot", type: "circle", filter: POINT, paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-width": 2, "circle-stroke-color": colour } },
  ];
}

// Names of a level show only at its own scale, so that they do not crowd each other.
const LEVEL_ZOOMS = { 1: [5, 9], 2: [8, 12], 3: [11, 24] };

function areaLabel(level) {
  const [minzoom, maxzoom] = LEVEL_ZOOMS[level];
  const here = level === "3" ? [">=", ["get", "level"], 3] : ["==", ["get", "level"], Number(level)];
  const layout = { "text-field": ["coalesce", ["get", "name"], ""], "text-font": ["Noto Sans"], "text-size": 12, "text-padding": 20 };
  return { id: `label-${level}`, type: "symbol", filter: ["all", POLYGON, here], minzoom, maxzoom, layout, paint: label("#38465a") };
}

function areas() {
  return [
    { id: "line", type: "line", paint: { "line-color": "#5d6b7a", "line-width": ["match", ["get", "level"], 1, 1.6, 0.8], "line-dasharray": [4, 2] } },
    ...Object.keys(LEVEL_ZOOMS).map(areaLabel),
  ];
}

function places() {
  const text = { "text-field": ["coalesce", ["get", "name"], ""], "text-font": ["Noto Sans"], "text-size": 11, "text-offset": [0, 0.9], "text-anchor": "top" };
  return [{ id: "icon", type: "symbol", minzoom: 9, layout: { "icon-image": "place", "icon-size": 0.45, ...text, "text-optional": true }, paint: label("#38465a") }];
}

function priority() {
  const colour = ["interpolate", ["linear"], ["coalesce", ["get", "score"], 0], 0, "#fff7d6", 0.5, "#d98c3f", 1, "#5c1a5e"];
  return [
    { id: "fill", type: "fill", filter: POLYGON, paint: { "fill-color": colour, "fill-opacity": 0.65 } },
    { id: "line", type: "line", filter: POLYGON, paint: { "line-color": "#5c1a5e", "line-width": ["case", ACTIVE, 3, 0.5] } },
    { id: "dot", type: "circle", filter: POINT, paint: { "circle-color": colour, "circle-radius": 5, "circle-stroke-width": 1, "circle-stroke-color": "#5c1a5e" } },
  ];
}

// Boxes: their classes come with the layer, each with a pattern and a letter, so that
// colour is never the only sign. Only what has a known result is drawn.
const BOX_KEY = ["concat", ["get", "country"], "-", ["get", "result"]];
const PATTERN_SIDE = 16;
const PATTERN_LINES = { hatch: [[0, 16, 16, 0]], cross: [[0, 16, 16, 0], [0, 0, 16, 16]] };

export function boxPattern({ colour, pattern }) {
  const canvas = new OffscreenCanvas(PATTERN_SIDE, PATTERN_SIDE);
  const context = canvas.getContext("2d");
  const layer = (fill, alpha) => {
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.fillRect(0, 0, PATTERN_SIDE, PATTERN_SIDE);
  };
  layer("#ffffff", 0.8); // else the area below would mix another colour into this one
  layer(colour, pattern === "solid" ? 0.85 : 0.3);
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 3;
  for (const [x1, y1, x2, y2] of PATTERN_LINES[pattern] || []) {
    for (const shift of [-PATTERN_SIDE, 0, PATTERN_SIDE]) {
      context.beginPath();
      context.moveTo(x1 + shift, y1);
      context.lineTo(x2 + shift, y2);
      context.stroke();
    }
  }
  if (pattern === "dots") {
    context.beginPath();
    context.arc(8, 8, 4, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

export function addPatterns(map, layer) {
  for (const one of layer.classes || []) {
    const image = `box-${one.key}`;
    if (map.hasImage(image)) continue;
    map.addImage(image, boxPattern(one).getContext("2d").getImageData(0, 0, PATTERN_SIDE, PATTERN_SIDE), { pixelRatio: 2 });
  }
}

function boxes({ classes }) {
  if (!classes.length) return [];
  const filter = ["all", POLYGON, ["in", BOX_KEY, ["literal", classes.map((one) => one.key)]]];
  const by = (name, other) => ["match", BOX_KEY, ...classes.flatMap((one) => [one.key, one[name]]), other];
  return [
    { id: "fill", type: "fill", filter, paint: { "fill-pattern": ["concat", "box-", BOX_KEY] } },
    { id: "line", type: "line", filter, paint: { "line-color": by("colour", OTHER), "line-width": ["case", ACTIVE, 4, 1] } },
    { id: "letter", type: "symbol", filter, minzoom: 15, layout: { "text-field": by("letter", ""), "text-font": ["Noto Sans"], "text-size": ["interpolate", ["linear"], ["zoom"], 15, 10, 18, 18], "text-allow-overlap": true }, paint: label("#15202b") },
  ];
}

function shape() {
  return [
    { id: "fill", type: "fill", filter: POLYGON, paint: { "fill-color": "#0b6bcb", "fill-opacity": 0.2 } },
    { id: "line", type: "line", paint: { "line-color": "#0b6bcb", "line-width": 2.5 } },
    { id: "dot", type: "circle", filter: POINT, paint: { "circle-radius": 5, "circle-color": "#0b6bcb", "circle-stroke-width": 1.5, "circle-stroke-color": "#ffffff" } },
  ];
}

function fault() {
  return [
    { id: "dot", type: "circle", paint: { "circle-radius": ["case", ACTIVE, 10, 7], "circle-color": "#ffffff", "circle-stroke-width": 3, "circle-stroke-color": "#b42318" } },
    { id: "sign", type: "symbol", layout: { "text-field": "!", "text-font": ["Noto Sans"], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": "#b42318" } },
  ];
}

const FAMILIES = {
  hazards, evidence, boxes, areas, places, priority, shape, fault,
  ordnance: () => icons("ordnance"),
  accidents: () => icons("accident", 1.1),
  pending: () => hatched("hatch-pending", "#0b6bcb"),
  overlap: () => hatched("hatch-overlap", "#6f2dbd"),
};

function namesOf({ classes = [] }) {
  return Object.fromEntries(classes.map((one) => [one.key, one.label]));
}

export function layersOf(layer, source) {
  const place = layer.tiles ? { "source-layer": layer.sourceLayer || layer.name } : {};
  return FAMILIES[layer.kind](layer).map((style) => ({
    ...style, ...place, source, id: `${source}-${style.id}`,
    metadata: { kind: layer.kind, link: layer.link || "", names: namesOf(layer) },
  }));
}
