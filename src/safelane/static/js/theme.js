// Runs before the first paint, so that a dark page never flashes white.
(function () {
  "use strict";
  const KEY = "safelane-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is blocked: follow the system
    }
  }

  function apply() {
    const theme = chosen() || (dark.matches ? "dark" : "light");
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("safelane:theme", { detail: theme }));
  }

  dark.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const now = document.documentElement.getAttribute("data-bs-theme");
    try {
      localStorage.setItem(KEY, now === "dark" ? "light" : "dark");
    } catch {
      return;
    }
    apply();
  });
  apply();
})();
