// input[type=file][data-most-bytes]: what is too large is said before it is sent, by data-too-large.

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("input[type=file][data-most-bytes]");
  if (!input) return;
  const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.mostBytes));
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  if (tooLarge) input.reportValidity();
});
