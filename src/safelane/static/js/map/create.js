// One map: base, layers in order, controls, and the parts that a page asks for.
import * as maplibregl from "../../vendor/maplibre/maplibre-gl.js";
import { baseStyle, paintBase } from "./base.js";
import { addDrawing } from "./draw.js";
import { addFaults } from "./faults.js";
import { addLegend } from "./legend.js";
import { addPopups } from "./popup.js";
import { addReadout } from "./readout.js";
import { addImages, addPatterns, layersOf } from "./symbols.js";
import { addSync } from "./sync.js";

const WORLD = [-25, -30, 155, 62];

function sourceOf(layer, query) {
  const own = layer.credit ? { attribution: layer.credit } : {};
  if (!layer.tiles) return { type: "geojson", data: layer.data || layer.url, promoteId: "uid", ...own };
  const url = new URL(layer.tiles, location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const joined = query ? url + (url.includes("?") ? "&" : "?") + query : url;
  return { type: "vector", tiles: [joined], minzoom: layer.minzoom ?? 0, maxzoom: layer.maxzoom ?? 16, promoteId: "uid", ...own };
}

function addLayers(map, config) {
  config.layers.forEach((layer, index) => {
    const source = `data-${index}`;
    map.addSource(source, sourceOf(layer, layer.filtered === false ? "" : config.query));
    addPatterns(map, layer);
    for (const style of layersOf(layer, source)) map.addLayer(style);
  });
}

function addControls(map, words) {
  map.addControl(new maplibregl.NavigationControl({ visualizePitch: false }), "top-right");
  map.addControl(new maplibregl.FullscreenControl(), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
  map.getCanvas().setAttribute("aria-label", words.map);
}

function localeOf(words) {
  return {
    "Map.Title": words.map,
    "NavigationControl.ZoomIn": words.zoomIn,
    "NavigationControl.ZoomOut": words.zoomOut,
    "NavigationControl.ResetBearing": words.north,
    "FullscreenControl.Enter": words.fullScreen,
    "FullscreenControl.Exit": words.close,
    "Popup.Close": words.close,
    "AttributionControl.ToggleAttribution": words.legend,
  };
}

function showLoadFaults(map, element, words) {
  const shown = new Set();
  map.on("error", (event) => {
    const name = event.sourceId || "";
    if (!name || shown.has(name)) return;
    shown.add(name);
    const paragraph = document.createElement("p");
    paragraph.className = "sl-map-note";
    paragraph.setAttribute("role", "alert");
    paragraph.textContent = words.loadFault.replace("%(layer)s", name);
    element.append(paragraph);
  });
}

export function createMap(element, config) {
  const [west, south, east, north] = config.bounds || WORLD;
  const map = new maplibregl.Map({
    container: element,
    style: baseStyle(config),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 30, maxZoom: 16 },
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: { compact: true },
    locale: localeOf(config.words),
  });
  map.touchZoomRotate.disableRotation();
  addControls(map, config.words);
  addReadout(map, element, config);
  showLoadFaults(map, element, config.words);
  map.on("load", () => {
    addImages(map);
    addLayers(map, config);
    addLegend(map, element, config);
    addPopups(map, config);
    addSync(map, config);
    if (config.draw) addDrawing(map, element, config);
    addFaults(map, config);
    element.dataset.ready = "yes";
  });
  document.addEventListener("safelane:theme", () => paintBase(map));
  element.safelaneMap = map;
  return map;
}
