// The choice of appearance in the profile shows at once; saving the form keeps it.

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-theme-choice-input]")) document.documentElement.dataset.theme = target.value;
});
