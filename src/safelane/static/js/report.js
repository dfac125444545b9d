// Report entry: show the fields of the chosen way to give the outline; add rows.

function showMethod() {
  const chosen = document.querySelector("input[name='outline-method']:checked")?.value || "";
  for (const part of document.querySelectorAll("[data-shown-for]")) {
    part.hidden = !part.dataset.shownFor.split(" ").includes(chosen);
  }
  // A map that was hidden has no size until it is told to look again.
  for (const map of document.querySelectorAll("[data-map]")) map.safelaneMap?.resize();
}

function addRow(box) {
  const list = box.querySelector("[data-rows-list]");
  const total = box.querySelector("input[name$='-TOTAL_FORMS']");
  const html = box.querySelector("[data-rows-new]").innerHTML.replaceAll("__prefix__", total.value);
  total.value = String(Number(total.value) + 1);
  list.insertAdjacentHTML("beforeend", html.replaceAll("__number__", total.value));
  box.querySelector("[data-rows-add]").hidden = Number(total.value) >= box.dataset.rowsMost;
  list.lastElementChild.querySelector("input, select, textarea").focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-rows-add]");
  if (!button) return;
  event.preventDefault(); // without scripts the server adds it
  addRow(button.closest("[data-rows]"));
});

document.addEventListener("change", (event) => {
  if (event.target.name === "outline-method") showMethod();
  if (event.target.name?.endsWith("-DELETE")) {
    event.target.closest("[data-row]").classList.toggle("is-out", event.target.checked);
  }
});

showMethod();
