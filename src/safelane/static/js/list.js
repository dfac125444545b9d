// Rows of a list are selected; the number stands in the button of what is done with them.
function boxes(table) {
  return [...table.querySelectorAll('tbody input[name="uid"]')];
}

function count(table) {
  const number = boxes(table).filter((box) => box.checked).length;
  for (const button of document.querySelectorAll(`[data-counts="#${table.id}"]`)) {
    button.disabled = !number;
    button.querySelector("[data-count]").textContent = number ? `(${number})` : "";
  }
  const all = document.querySelector(`[data-selects="#${table.id}"]`);
  if (!all) return;
  all.checked = number > 0 && number === boxes(table).length;
  all.indeterminate = number > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-selects]");
  const table = all ? document.querySelector(all.dataset.selects) : event.target.closest("table");
  if (!table) return;
  if (all) for (const box of boxes(table)) box.checked = all.checked;
  count(table);
});
