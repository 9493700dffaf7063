// Appearance: at once, and kept in a cookie, which the server reads so that no page flashes in the other one.

const YEAR = 31536000; // seconds

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (!choice) return;
  const theme = choice.dataset.themeChoice;
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `cauce_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  for (const other of document.querySelectorAll("[data-theme-choice]")) {
    const attribute = other.hasAttribute("aria-checked") ? "aria-checked" : "aria-pressed";
    other.setAttribute(attribute, String(other.dataset.themeChoice === theme));
  }
});
