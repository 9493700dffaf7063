// form[data-confirm-typed="word"]: its button wakes when the word was typed. The server checks it again.

function check(form) {
  const typed = form.querySelector("input[type=text]").value.trim();
  form.querySelector("[data-confirm-submit]").disabled = typed !== form.dataset.confirmTyped.trim();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-confirm-typed]");
  if (form) check(form);
});
document.addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  if (root.matches?.("form[data-confirm-typed]")) check(root);
  root.querySelectorAll?.("form[data-confirm-typed]").forEach(check);
});
document.querySelectorAll("form[data-confirm-typed]").forEach(check);
