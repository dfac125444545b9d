// The basemap of this installation: a PMTiles file that the site itself serves, read in
// parts. Vector files follow the Protomaps schema (earth, water, roads, places, ...).
import { addProtocol } from "../../vendor/maplibre/maplibre-gl.js";

let ready;

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(globalThis.pmtiles));
    script.addEventListener("error", () => reject(new Error(address)));
    document.head.append(script);
  });
}

// Resolves once maps may use pmtiles:// addresses; at once where there is no such file.
export function prepareBasemap(basemap) {
  if (!basemap.pmtiles) return Promise.resolve();
  ready ??= load(basemap.script).then((library) => addProtocol("pmtiles", new library.Protocol().tile));
  return ready;
}

function source(basemap) {
  const url = `pmtiles://${new URL(basemap.pmtiles, location.origin).href}`;
  return { type: basemap.kind, url, attribution: basemap.credit };
}

const LIGHT = { earth: "#f7f5f0", water: "#cfdfe8", wood: "#e4ecda", road: "#ffffff", edge: "#cfc9bd", border: "#8d99a6", text: "#4a5563", halo: "#ffffff" };
const DARK = { earth: "#26323e", water: "#16212c", wood: "#2a3a38", road: "#3a4856", edge: "#1d2833", border: "#6c7b8b", text: "#c3cdd8", halo: "#16212c" };

function road(id, kinds, width, tone) {
  return { id, type: "line", source: "basemap", "source-layer": "roads", filter: ["in", ["get", "kind"], ["literal", kinds]], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": tone, "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 6, 0.4, 14, width, 18, width * 4] } };
}

const ROADS = [["path", ["path", "other"], 0.8], ["minor", ["minor_road"], 2], ["major", ["major_road"], 3], ["highway", ["highway"], 4]];

function vectorLayers(tone, locale) {
  const fill = (name, colour, filter) => ({ id: `base-${name}`, type: "fill", source: "basemap", "source-layer": name, filter, paint: { "fill-color": colour } });
  const areas = ["!=", ["geometry-type"], "Point"];
  return [
    fill("earth", tone.earth, areas),
    fill("landuse", tone.wood, ["in", ["get", "kind"], ["literal", ["forest", "wood", "park", "national_park", "nature_reserve"]]]),
    fill("water", tone.water, ["==", ["geometry-type"], "Polygon"]),
    { id: "base-river", type: "line", source: "basemap", "source-layer": "water", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": tone.water, "line-width": 1.2 } },
    ...ROADS.map(([id, kinds, width]) => road(`base-${id}-edge`, kinds, width + 1.5, tone.edge)),
    ...ROADS.map(([id, kinds, width]) => road(`base-${id}`, kinds, width, tone.road)),
    { id: "base-places", type: "symbol", source: "basemap", "source-layer": "places", layout: { "text-field": ["coalesce", ["get", `name:${locale}`], ["get", "name"], ""], "text-font": ["Noto Sans"], "text-size": ["interpolate", ["linear"], ["zoom"], 4, 10, 14, 14] }, paint: { "text-color": tone.text, "text-halo-color": tone.halo, "text-halo-width": 1.4 } },
  ];
}

export function basemapOf(config, dark) {
  const tone = dark ? DARK : LIGHT;
  const raster = [{ id: "basemap", type: "raster", source: "basemap" }];
  const layers = config.basemap.kind === "vector" ? vectorLayers(tone, config.locale) : raster;
  return { source: source(config.basemap), layers };
}
