// A list of like fields in a form: data-repeat holds data-repeat-items, a template, and buttons that add and take out.

document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-repeat-add]");
  const remove = event.target.closest?.("[data-repeat-remove]");
  if (add) {
    const list = add.closest("[data-repeat]");
    const items = list.querySelector("[data-repeat-items]");
    items.append(list.querySelector("template[data-repeat-template]").content.cloneNode(true));
    items.lastElementChild.querySelector("input")?.focus();
    changed(items);
  } else if (remove) {
    const list = remove.closest("[data-repeat]");
    const items = list.querySelector("[data-repeat-items]");
    remove.closest("[data-repeat-items] > *").remove();
    list.querySelector("[data-repeat-add]").focus();
    changed(items);
  }
});

// ":empty" in CSS must see no white space either.
function changed(items) {
  if (!items.childElementCount) items.replaceChildren();
  items.closest("form")?.elements[0]?.dispatchEvent(new Event("input", { bubbles: true }));
}
