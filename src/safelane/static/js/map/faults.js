// Points at which a geometry is wrong: numbered, with what is wrong there.
import { Marker, Popup } from "../../vendor/maplibre/maplibre-gl.js";

function markerOf(fault, number) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sl-fault-marker";
  button.textContent = String(number);
  button.setAttribute("aria-label", fault.message);
  const text = document.createElement("div");
  text.textContent = fault.message;
  return new Marker({ element: button })
    .setLngLat([fault.lon, fault.lat])
    .setPopup(new Popup({ offset: 16, maxWidth: "18rem" }).setDOMContent(text));
}

function within(faults) {
  return faults.filter((f) => Math.abs(f.lat) <= 85 && Math.abs(f.lon) <= 180);
}

export function placeFaults(map, faults) {
  return within(faults).map((fault, index) => markerOf(fault, index + 1).addTo(map));
}

export function addFaults(map, config) {
  const inside = within(config.faults);
  placeFaults(map, inside);
  if (!inside.length || !config.draw) return;
  const lons = inside.map((f) => f.lon);
  const lats = inside.map((f) => f.lat);
  const box = [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
  map.fitBounds(box, { padding: 80, maxZoom: 16, duration: 0 });
}
