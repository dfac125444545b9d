// The as-of slider steps through the days on which something changed; printing.
const slider = document.getElementById("as-of-stop");

if (slider) {
  const days = slider.dataset.days.split(",").filter(Boolean);
  const words = slider.dataset.words.split("|");
  const field = document.getElementById("as-of-day");
  const text = document.getElementById("as-of-text");
  const show = () => {
    const day = days[Number(slider.value)];
    text.textContent = day ? words[Number(slider.value)] : slider.dataset.today;
    slider.setAttribute("aria-valuetext", text.textContent);
    return day || "";
  };
  const held = days.filter((day) => field.value && day <= field.value).length;
  slider.value = field.value ? String(Math.max(0, held - 1)) : slider.max;
  slider.setAttribute("aria-valuetext", text.textContent);
  slider.addEventListener("input", show);
  slider.addEventListener("change", () => {
    field.value = show();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
