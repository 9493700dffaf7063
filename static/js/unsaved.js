// What was typed and not sent: forms with data-guard ask before the page is left, those in dialogs before it closes.

const written = new WeakSet();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && form.method === "post" && event.target.type !== "search") written.add(form);
});
for (const name of ["submit", "reset"]) document.addEventListener(name, (event) => written.delete(event.target));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt instanceof HTMLFormElement) written.delete(event.detail.elt);
});

export function isDirty(root) {
  return [...root.querySelectorAll("form")].some((form) => written.has(form));
}

addEventListener("beforeunload", (event) => {
  const guarded = [...document.querySelectorAll("form[data-guard]")];
  if (guarded.some((form) => written.has(form))) event.preventDefault();
});
