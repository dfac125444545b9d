// The review queue by keyboard: j and k move, Enter opens, a passes on, r rejects.
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
  row.dispatchEvent(new CustomEvent("select-report"));
}

function move(by) {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  select(all[Math.min(all.length - 1, Math.max(0, now + by))]);
}

function press(step) {
  document.querySelector(`#review-detail [data-step='${step}']`)?.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => press("forward"),
  r: () => press("reject"),
};

function isTyping(target) {
  return target.closest("input, textarea, select, dialog[open]");
}

if (queue) {
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
