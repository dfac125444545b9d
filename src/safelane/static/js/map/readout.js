// Coordinates at the pointer, in decimal degrees and UTM.
import { toUtm } from "./utm.js";

export function describe(lon, lat, outside) {
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  const utm = toUtm(wrapped, lat);
  const degrees = `${lat.toFixed(5)}, ${wrapped.toFixed(5)}`;
  if (!utm) return `${degrees} · ${outside}`;
  return `${degrees} · ${utm.zone} ${Math.round(utm.easting)} ${Math.round(utm.northing)}`;
}

export function addReadout(map, element, config) {
  const box = document.createElement("output");
  box.className = "sl-map-read";
  box.setAttribute("aria-label", config.words.coordinates);
  box.setAttribute("aria-live", "off");
  const show = ({ lng, lat }) => {
    box.textContent = describe(lng, lat, config.words.outside);
  };
  show(map.getCenter());
  map.on("mousemove", (event) => show(event.lngLat));
  map.on("move", () => show(map.getCenter()));
  element.append(box);
}
