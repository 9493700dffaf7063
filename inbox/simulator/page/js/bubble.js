/* One message as a bubble. */
import { choices, content } from "./content.js";
import { h, icon, ticks } from "./dom.js";
import { openMenu } from "./menu.js";
import { preview } from "./people.js";
import { state, talk } from "./state.js";
import { clock, t } from "./words.js";

const JUMBO = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,3}$/u;
const HOLD = 450;

/* Two equal signatures: the bubble would look the same. */
export function signature(message) {
  const { status, pricing, ...rest } = message;
  return JSON.stringify(message.origin === "customer" ? { ...rest, status } : rest);
}

export function bubble(message, follows) {
  const mine = message.origin === "customer";
  const bare = !message.revoked && message.type === "sticker";
  const kinds = ["bubble", mine ? "mine" : "theirs", follows && "follows", bare && "bare", message.revoked && "gone"];
  const emoji = Object.values(message.reactions);
  if (emoji.length) kinds.push("reacted");
  const element = h(
    "div",
    { class: kinds.filter(Boolean).join(" "), "data-id": message.id, "data-signature": signature(message) },
    message.forwarded && !message.revoked && h("div", { class: "note" }, icon("forward"), t("forwarded")),
    message.referral && ad(message.referral),
    quote(message),
    message.revoked ? h("div", { class: "body" }, icon("ban"), t("deleted")) : content(message),
    h(
      "span",
      { class: "meta" },
      message.edited && !message.revoked && `${t("edited")} `,
      clock(message.at),
      mine && !message.revoked && ticks(message.status),
    ),
    !message.revoked && choices(message),
    emoji.length > 0 && h("span", { class: "reactions" }, [...new Set(emoji)].join("")),
    !message.revoked && more(message),
  );
  if (!message.revoked) touch(element, message);
  return element;
}

function more(message) {
  return h(
    "button",
    {
      class: "more",
      "aria-label": t("options"),
      "aria-haspopup": "menu",
      onclick: (event) => openMenu(event.currentTarget, message),
    },
    icon("down"),
  );
}

/* On glass: press long, or the right button. */
function touch(element, message) {
  let timer;
  element.addEventListener(
    "touchstart",
    (event) => {
      if (!event.target.closest("button, a, video")) timer = setTimeout(() => openMenu(element, message), HOLD);
    },
    { passive: true },
  );
  for (const kind of ["touchend", "touchmove", "touchcancel"])
    element.addEventListener(kind, () => clearTimeout(timer), { passive: true });
  element.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    openMenu(element, message);
  });
}

function quote(message) {
  const quoted = message.reply_to && !message.revoked && talk().messages.get(message.reply_to);
  if (!quoted) return null;
  const find = () => {
    const target = document.querySelector(`[data-id="${CSS.escape(quoted.id)}"]`);
    target?.scrollIntoView({ block: "center", behavior: "smooth" });
    target?.classList.remove("found");
    requestAnimationFrame(() => target?.classList.add("found"));
  };
  return h("button", { class: "quote", onclick: find }, h("b", {}, author(quoted)), h("span", {}, preview(quoted)));
}

export const author = (message) =>
  message.origin === "customer" ? t("you") : state.lines.find((one) => one.id === message.line_id)?.name ?? t("business");

function ad(referral) {
  return h("div", { class: "ad" }, icon("horn"), h("span", {}, h("b", {}, referral.headline), t("adFrom")));
}

export function words(text) {
  const body = h("div", { class: JUMBO.test(text) ? "body jumbo" : "body", dir: "auto" });
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    body.append(
      text.slice(from, found.index),
      h("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]),
    );
    from = found.index + found[0].length;
  }
  body.append(text.slice(from));
  return body;
}
