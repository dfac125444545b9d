// The base: country borders that need no network, and a basemap if one is configured.

import { basemapOf } from "./basemap.js";

const LIGHT = { sea: "#dfe8ee", land: "#f7f5f0", border: "#8d99a6" };
const DARK = { sea: "#16212c", land: "#26323e", border: "#6c7b8b" };

function isDark() {
  return document.documentElement.getAttribute("data-bs-theme") === "dark";
}

function colours() {
  return isDark() ? DARK : LIGHT;
}

function rasterOf(basemap) {
  return { type: "raster", tiles: [basemap.url], tileSize: 256, attribution: basemap.credit };
}

export function baseStyle(config) {
  const tone = colours();
  const sources = {
    base: { type: "geojson", data: config.base, attribution: config.words.baseCredit },
  };
  const layers = [
    { id: "sea", type: "background", paint: { "background-color": tone.sea } },
    { id: "land", type: "fill", source: "base", paint: { "fill-color": tone.land } },
  ];
  if (config.basemap.pmtiles) {
    const found = basemapOf(config, isDark());
    sources.basemap = found.source;
    layers.push(...found.layers);
  } else if (config.basemap.url) {
    sources.basemap = rasterOf(config.basemap);
    layers.push({ id: "basemap", type: "raster", source: "basemap" });
  }
  layers.push({
    id: "border", type: "line", source: "base",
    paint: { "line-color": tone.border, "line-width": 1.2 },
  });
  return { version: 8, sources, layers };
}

export function paintBase(map) {
  const tone = colours();
  map.setPaintProperty("sea", "background-color", tone.sea);
  map.setPaintProperty("land", "fill-color", tone.land);
  map.setPaintProperty("border", "line-color", tone.border);
}
