// A frame that shows what a form would make, a moment after it is changed: <form data-preview="frame's id">.

const PAUSE = 400;

let waiting;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-preview]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => show(form), PAUSE);
});

function show(form) {
  const frame = document.getElementById(form.dataset.preview);
  const values = new FormData(form);
  values.delete("csrfmiddlewaretoken");
  const address = new URL(frame.src);
  address.search = new URLSearchParams(values);
  frame.contentWindow.location.replace(address); // no entry in the history
}
