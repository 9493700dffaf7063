// [data-autosubmit] on a form or a control: it is sent when something changes; search boxes after a pause.

const PAUSE = 250; // ms
let timer;

const wanted = (field) => field.form && (field.closest("[data-autosubmit]") ?? null);

document.addEventListener("change", (event) => {
  if (event.target.type !== "search" && wanted(event.target)) event.target.form.requestSubmit();
});
document.addEventListener("input", (event) => {
  if (event.target.type !== "search" || !wanted(event.target)) return;
  const { form } = event.target;
  clearTimeout(timer);
  // Without htmx each submit would load a page in the middle of a word: there Enter sends.
  if (form.matches("[hx-get]")) timer = setTimeout(() => form.requestSubmit(), PAUSE);
});
