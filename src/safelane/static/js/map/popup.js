// A click on something opens a short card with a link to its record.
import { Popup } from "../../vendor/maplibre/maplibre-gl.js";

const SHOWN = ["kind_label", "status_label", "directness_label", "date", "area_label", "score_label", "note", "message"];

function titleOf(properties) {
  return properties.reference || properties.name || properties.grid_number || properties.label || properties.uid || "";
}

function card(feature, words) {
  const { kind, link, names } = feature.layer.metadata;
  const box = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = titleOf(feature.properties) || words[kind] || "";
  box.append(title);
  const { country, result } = feature.properties;
  const lines = [names?.[`${country}-${result}`], ...SHOWN.map((name) => feature.properties[name])];
  for (const value of lines) {
    if (value === undefined || value === null || value === "") continue;
    const line = document.createElement("div");
    line.textContent = value;
    box.append(line);
  }
  const target = link && link.replace("{uid}", encodeURIComponent(feature.properties.uid));
  if (target && feature.properties.uid) {
    const anchor = document.createElement("a");
    anchor.href = target;
    anchor.textContent = words.open;
    box.append(anchor);
  }
  return box;
}

function clickable(map, point) {
  return map.queryRenderedFeatures(point).find((f) => f.layer.metadata?.link !== undefined && f.layer.metadata.kind !== "areas" && f.layer.metadata.kind !== "shape");
}

export function addPopups(map, config) {
  if (config.draw) return;
  map.on("click", (event) => {
    const feature = clickable(map, event.point);
    if (!feature) return;
    if (feature.properties.count > 1) {
      map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 });
      return;
    }
    new Popup({ maxWidth: "18rem" }).setLngLat(event.lngLat).setDOMContent(card(feature, config.words)).addTo(map);
  });
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = clickable(map, event.point) ? "pointer" : "";
  });
}
