// Runs before the page is painted, so that a chosen theme never flashes the other one.
(function () {
  "use strict";
  try {
    var chosen = window.localStorage.getItem("leadway_theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch (error) { /* Storage is off: the system's theme counts. */ }
})();
