/* The rows of a list message, over the phone. */
import { h, icon } from "./dom.js";
import { t } from "./words.js";

export function openSheet(action, choose) {
  const screen = document.querySelector(".screen");
  screen.querySelector(".sheet")?.remove();
  const close = () => {
    sheet.remove();
    document.removeEventListener("keydown", escape);
  };
  const escape = (event) => event.key === "Escape" && close();
  const row = (one) =>
    h(
      "button",
      {
        class: "row",
        onclick: () => {
          close();
          choose(one.id);
        },
      },
      h("b", {}, one.title),
      one.description && h("small", {}, one.description),
    );
  const sheet = h(
    "div",
    { class: "sheet", role: "dialog", "aria-label": action.button },
    h("header", {}, action.button, h("button", { class: "round", "aria-label": t("close"), onclick: close }, icon("x"))),
    h(
      "div",
      { class: "rows" },
      action.sections.map((section) => [section.title && h("h3", {}, section.title), section.rows.map(row)].flat()),
    ),
  );
  document.addEventListener("keydown", escape);
  screen.append(sheet);
  sheet.querySelector(".row")?.focus();
}
