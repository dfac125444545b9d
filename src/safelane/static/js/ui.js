// Small behaviours of every page: menus, dialogs, toasts, rows that are links.
const words = JSON.parse(document.body.dataset.words || "{}");

export function toast(message, level = "info") {
  for (const shown of document.querySelectorAll(".sl-toast")) {
    if (shown.firstChild.textContent === message) return; // it stands there already
  }
  const box = document.createElement("div");
  box.className = `alert alert-${level} sl-toast`;
  box.append(document.createTextNode(message));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", words.close || "");
  close.addEventListener("click", () => box.remove());
  box.append(close);
  document.getElementById("toasts").append(box);
  if (level !== "danger") setTimeout(() => box.remove(), 8000);
}

export function confirmDialog(text) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("p").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    const done = () => resolve(dialog.returnValue === "yes");
    dialog.addEventListener("close", done, { once: true });
  });
}

function toggle(button) {
  const target = document.querySelector(button.dataset.toggles);
  const open = target.classList.toggle("show");
  button.setAttribute("aria-expanded", String(open));
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.sl-menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target);
  const toggler = target.closest("[data-toggles]");
  if (toggler) toggle(toggler);
  const opener = target.closest("[data-opens]");
  if (opener) document.querySelector(opener.dataset.opens).showModal();
  const closer = target.closest("[data-closes]");
  if (closer) closer.closest("dialog").close();
  const row = target.closest("tr[data-href]");
  if (row && !target.closest("a, button, input, label")) location.href = row.dataset.href;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.sl-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A form with data-confirm asks first; the answer lets the same submit go through.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const text = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (!text || form.dataset.confirmed) return;
  event.preventDefault();
  if (!(await confirmDialog(text))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
});

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-submits]");
  if (field) field.form.requestSubmit();
});

document.body.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await confirmDialog(event.detail.question)) event.detail.issueRequest(true);
});
document.body.addEventListener("toast", (event) => {
  toast(event.detail.message, event.detail.level);
});
// What asks every few seconds stops where it is answered no more: the page itself says
// why, and after signing in leads back.
document.body.addEventListener("htmx:responseError", ({ detail }) => {
  const isAsking = detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (isAsking && [401, 403, 404].includes(detail.xhr.status)) location.reload();
});
document.body.addEventListener("htmx:sendError", () => toast(words.failed, "danger"));

const fault = document.querySelector("[aria-invalid='true']");
if (fault) fault.focus();

// Search forms leave empty fields out of the address.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get" || event.defaultPrevented) return;
  for (const field of form.elements) {
    if (field.name && !field.value) field.disabled = true;
  }
});
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method='get'] :disabled, form[role='search'] :disabled")) {
    field.disabled = false;
  }
});

// What is typed is not lost by leaving the page: the browser asks. Searches and filters
// are no loss.
const changed = new Set();
for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && event.isTrusted) changed.add(form);
  });
}
document.addEventListener("outline-drawn", (event) => {
  const form = event.target.closest?.("form");
  if (form) changed.add(form);
});
for (const fault of document.querySelectorAll("form .sl-error, form .errorlist")) {
  changed.add(fault.closest("form")); // shown again with what was typed: not saved yet
}
for (const form of document.querySelectorAll(".sl-send-again")) changed.add(form);
document.addEventListener("submit", (event) => changed.delete(event.target));
document.addEventListener("htmx:beforeRequest", (event) => changed.delete(event.detail.elt));
window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
