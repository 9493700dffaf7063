/* What one can do with a message: react, reply, edit, delete. */
import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { appOf, say, state } from "./state.js";
import { t } from "./words.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "🙏"];
const EDITABLE = (message) => message.type === "text" || ["image", "video", "document"].includes(message.type);

export function openMenu(anchor, message) {
  document.querySelector(".menu")?.remove();
  const mine = message.origin === "customer";
  const act = (name, body) => post(`customers/${state.customer}/${name}`, { message: message.id, ...body });
  const item = (image, text, run, kind = "item") =>
    h(
      "button",
      {
        class: kind,
        role: "menuitem",
        onclick: () => {
          close();
          run();
        },
      },
      icon(image),
      text,
    );
  const menu = h(
    "div",
    { class: "menu", role: "menu", popover: "auto" },
    h(
      "div",
      { class: "emoji", role: "group" },
      EMOJI.map((emoji) => {
        const chosen = message.reactions.customer === emoji;
        const react = () => {
          close();
          act("react", { emoji: chosen ? "" : emoji });
        };
        return h("button", { "aria-label": t("react", { emoji }), role: "menuitemcheckbox", "aria-checked": String(chosen), onclick: react }, emoji);
      }),
    ),
    item("reply", t("reply"), () => say("reply", message)),
    mine && EDITABLE(message) && item("pencil", t("edit"), () => say("edit", message)),
    mine && appOf(state.customer).revokes && item("trash", t("delete"), () => act("revoke"), "item danger"),
  );
  const close = () => menu.hidePopover();
  menu.addEventListener("toggle", (event) => {
    anchor.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed") menu.remove();
  });
  document.getElementById("device").append(menu);
  menu.showPopover();
  beside(menu, anchor);
  menu.querySelector("button").focus();
}

/* Below the anchor where there is room, else above; always whole in the window. */
function beside(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.top + 30 + height < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? at.top + 30 : at.top - height - 6)}px`;
}
