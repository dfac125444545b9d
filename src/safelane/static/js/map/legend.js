// The legend: what is on this map, in words beside each symbol.
import { CHA, CLOSED, OTHER, SHA, boxPattern, drawSymbol } from "./symbols.js";

const ENTRIES = {
  hazards: [["box", "cha", CHA], ["box", "sha", SHA], ["box", "otherArea", OTHER], ["line", "statusOpen", CHA], ["dash", "statusWorkedOn", SHA], ["line", "statusClosed", CLOSED]],
  evidence: [["icon", "direct", "direct-item"], ["icon", "indirect", "indirect-claim"]],
  ordnance: [["icon", "ordnance", "ordnance"]],
  accidents: [["icon", "accident", "accident"]],
  pending: [["dash", "pending", "#0b6bcb"]],
  overlap: [["dash", "overlap", "#6f2dbd"]],
  places: [["icon", "place", "place"]],
  areas: [["dash", "adminArea", "#5d6b7a"]],
};

function paint(canvas, form, value) {
  const context = canvas.getContext("2d");
  if (form === "icon") {
    context.translate(6, 0);
    drawSymbol(context, value, 32);
    return;
  }
  if (form === "class") {
    paintClass(context, value);
    return;
  }
  context.strokeStyle = value;
  context.fillStyle = value;
  context.lineWidth = 4;
  if (form === "dash") context.setLineDash([9, 6]);
  if (form === "cell") {
    context.setLineDash([4, 4]);
    context.strokeRect(8, 3, 28, 26);
    return;
  }
  if (form === "box") {
    context.globalAlpha = 0.5;
    context.fillRect(2, 4, 40, 24);
    return;
  }
  context.beginPath();
  context.moveTo(2, 16);
  context.lineTo(42, 16);
  context.stroke();
}

function paintClass(context, one) {
  context.fillStyle = context.createPattern(boxPattern(one), "repeat");
  context.fillRect(6, 1, 30, 30);
  context.strokeStyle = one.colour;
  context.lineWidth = 2;
  context.strokeRect(6, 1, 30, 30);
  context.font = "bold 20px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 4;
  context.strokeText(one.letter, 21, 17);
  context.fillStyle = "#15202b";
  context.fillText(one.letter, 21, 17);
}

function classesOf(layers) {
  const known = new Map(layers.flatMap((layer) => layer.classes || []).map((one) => [one.label + one.colour, one]));
  return [...known.values()].map((one) => ["class", one.label, one]);
}

function entry([form, word, value], words) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.width = 44;
  canvas.height = 32;
  canvas.setAttribute("aria-hidden", "true");
  paint(canvas, form, value);
  item.append(canvas, document.createTextNode(words[word] || word));
  return item;
}

export function addLegend(map, element, config) {
  const kinds = new Set(config.layers.map((layer) => layer.kind));
  const cells = config.layers.some((layer) => layer.rough) ? [["cell", "cell", OTHER]] : [];
  const entries = [...[...kinds].flatMap((kind) => ENTRIES[kind] || []), ...cells, ...classesOf(config.layers)];
  if (!entries.length) return;
  const box = document.createElement("details");
  box.className = "sl-map-legend";
  box.open = element.clientWidth > 640 && element.clientHeight > 420;
  const summary = document.createElement("summary");
  summary.textContent = config.words.legend;
  const list = document.createElement("ul");
  list.append(...entries.map((e) => entry(e, config.words)));
  box.append(summary, list);
  element.append(box);
}
