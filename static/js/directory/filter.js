// The dialog of a filter: beside "how" stands only what that asks for. [data-shown-by="last over"] belongs to these ways.
function fit(way) {
  const { value } = way.querySelector("[data-shows]");
  for (const field of way.querySelectorAll("[data-shown-by]")) field.hidden = !field.dataset.shownBy.split(" ").includes(value);
}

document.addEventListener("change", ({ target }) => {
  const way = target.matches("[data-shows]") && target.closest("[data-filter-way]");
  if (way) fit(way);
});
document.addEventListener("htmx:load", ({ detail }) => detail.elt.querySelectorAll?.("[data-filter-way]").forEach(fit));
