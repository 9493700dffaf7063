// [data-reveal="id"] shows and hides what is typed in a password field.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  const field = button && document.getElementById(button.dataset.reveal);
  if (!field) return;
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-label", shown ? button.dataset.labelOn : button.dataset.labelOff);
  button.setAttribute("aria-pressed", String(shown));
  field.focus();
});
