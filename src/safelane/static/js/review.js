// The review queue by keyboard: j and k move, Enter opens, a passes on, r rejects;
// x chooses, Shift+A passes the chosen ones on. A slip of a key moves nothing: it asks.
const queue = document.getElementById("queue");

function rows() {
  return [...queue.querySelectorAll(".sl-queue-row")];
}

function select(row) {
  if (!row) return;
  for (const other of rows()) {
    other.classList.toggle("is-current", other === row);
    if (other === row) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  // No key acts on what was open before, while this one is fetched or if it fails.
  document.getElementById("review-detail").replaceChildren();
  row.dispatchEvent(new CustomEvent("select-report"));
}

function move(by) {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  select(all[Math.min(all.length - 1, Math.max(0, now + by))]);
}

function press(step) {
  const button = document.querySelector(`#review-detail [data-step='${step}']`);
  if (!button) return;
  if (button.dataset.asks) button.dataset.confirm = button.dataset.asks;
  button.click();
  delete button.dataset.confirm; // a click by hand is meant
}

function boxes() {
  return [...queue.querySelectorAll("input[name='report']")];
}

function countChosen() {
  const chosen = boxes().filter((box) => box.checked).length;
  const button = document.querySelector("[data-pass-on]");
  button.disabled = chosen === 0;
  button.querySelector("[data-chosen]").textContent = chosen ? `(${chosen})` : "";
  button.form.dataset.confirm = button.form.dataset.asks.replace("{n}", chosen);
  const all = document.querySelector("[data-choose-all]");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

function chooseCurrent() {
  const row = rows().find((other) => other.classList.contains("is-current"));
  const box = row?.closest("li").querySelector("input[name='report']");
  if (!box) return;
  box.checked = !box.checked;
  countChosen();
}

const KEYS = {
  x: chooseCurrent,
  A: () => document.querySelector("[data-pass-on]:enabled")?.click(),
  j: () => move(1),
  k: () => move(-1),
  a: () => press("forward"),
  r: () => press("reject"),
};

function isTyping(target) {
  return target.closest("input:not([type='checkbox']), textarea, select, dialog[open]");
}

if (queue) {
  countChosen();
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    countChosen();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  queue.addEventListener("click", (event) => {
    const row = event.target.closest(".sl-queue-row");
    if (!row || event.ctrlKey || event.metaKey || event.detail === 0) return;
    event.preventDefault();
    select(row);
  });
}
