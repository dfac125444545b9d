// Every map of every page: elements with data-map="{…}", see core/ui/mapping.py.
import { prepareBasemap } from "./map/basemap.js";
import { createMap } from "./map/create.js";

function supportsWebgl() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

function note(element, text) {
  const paragraph = document.createElement("p");
  paragraph.className = "sl-map-note";
  paragraph.textContent = text;
  element.append(paragraph);
}

function start(element) {
  if (element.dataset.started) return;
  element.dataset.started = "yes";
  const config = JSON.parse(element.dataset.map);
  if (!supportsWebgl()) {
    note(element, config.words.noWebgl);
    return;
  }
  prepareBasemap(config.basemap).then(
    () => createMap(element, config),
    () => createMap(element, { ...config, basemap: {} }),
  );
}

function startAll(root) {
  for (const element of root.querySelectorAll("[data-map]")) start(element);
}

startAll(document);
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) startAll(event.target.parentElement || document);
});
