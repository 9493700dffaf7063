/* What a message holds, by its type; and what can be tapped in it. */
import { post } from "./api.js";
import { words } from "./bubble.js";
import { h, icon } from "./dom.js";
import { openSheet } from "./sheet.js";
import { state } from "./state.js";
import { money, t } from "./words.js";
import { voice } from "./voice.js";

const address = (media) => (media.id ? `/control/media/${media.id}` : media.link);

export function content(message) {
  const { type } = message;
  const draw = KINDS[type] ?? (() => h("div", { class: "body" }, t("kind_other")));
  return draw(message.content, message);
}

const KINDS = {
  text: (it) => words(it.body),
  image: (it) => [picture(it), it.caption && words(it.caption)],
  video: (it) => [
    h(
      "span",
      { class: "picture sized" },
      h("video", { src: address(it), controls: true, preload: "metadata", playsinline: true }),
    ),
    it.caption && words(it.caption),
  ],
  audio: (it, message) => voice(address(it), message),
  document: (it) => [file(it), it.caption && words(it.caption)],
  sticker: (it) => h("img", { class: "sticker", src: address(it), alt: t("kind_sticker") }),
  location: place,
  contacts: (cards) => cards.map((one) => card(one)),
  order,
  unsupported: () => card({ name: { formatted_name: t("pollText") }, phones: [] }, "poll"),
  button: (it) => words(it.text),
  interactive: (it) =>
    it.type === "button_reply" || it.type === "list_reply"
      ? words((it.button_reply ?? it.list_reply).title)
      : interactive(it),
  template: (it) => [header(it.header), words(it.body), it.footer && h("div", { class: "foot" }, it.footer)],
};

function picture(it) {
  if (!it.id) return file(it);
  return h(
    "span",
    { class: "picture sized" },
    h("img", { src: address(it), alt: it.caption ?? t("kind_image"), loading: "lazy" }),
  );
}

function file(it) {
  const name = it.filename ?? it.link?.split("/").at(-1) ?? t("kind_document");
  return h(
    "a",
    { class: "file", href: address(it), download: it.id ? name : null, target: "_blank", rel: "noopener noreferrer" },
    icon("file"),
    h("span", {}, h("b", {}, name), h("small", {}, name.includes(".") ? name.split(".").at(-1).slice(0, 5) : "")),
  );
}

function place(it) {
  return h(
    "span",
    { class: "place" },
    h("span", { class: "map" }, icon("pin")),
    h(
      "span",
      { class: "words" },
      h("b", {}, it.name ?? `${it.latitude}, ${it.longitude}`),
      it.address && h("small", {}, it.address),
    ),
  );
}

function card(it, kind = "user") {
  const phone = it.phones?.[0]?.phone;
  return h(
    "div",
    { class: "card" },
    h("span", { class: "shop" }, icon(kind)),
    h("span", {}, h("b", {}, it.name.formatted_name), phone && h("small", {}, phone)),
  );
}

function order(it) {
  const items = it.product_items;
  const total = items.reduce((sum, one) => sum + one.quantity * one.item_price, 0);
  const count = items.reduce((sum, one) => sum + one.quantity, 0);
  return card(
    {
      name: { formatted_name: t("kind_order") },
      phones: [{ phone: t("items", { n: count, total: money(total, items[0].currency) }) }],
    },
    "cart",
  );
}

function interactive(it) {
  return [header(it.header), words(it.body.text), it.footer && h("div", { class: "foot" }, it.footer.text)];
}

function header(it) {
  if (!it) return null;
  if (typeof it === "string" || it.type === "text") return h("div", { class: "head" }, it.text ?? it);
  const media = it[it.type] ?? {};
  return it.type === "image" ? picture(media) : it.type === "location" ? place(media) : file(media);
}

/* Buttons and lists under a bubble. A choice once made stays visible. */
export function choices(message) {
  if (message.origin !== "business") return null;
  const made = message.type === "template" ? template(message) : message.type === "interactive" ? action(message) : [];
  return made.length ? h("div", { class: "taps" }, made) : null;
}

const tap = (message, choice) => post(`customers/${state.customer}/tap`, { message: message.id, choice });

function button(message, id, title, act = () => tap(message, id), image = "reply") {
  return h("button", { "aria-pressed": String(id !== null && message.answered === id), onclick: act }, icon(image), title);
}

function action(message) {
  const it = message.content.action;
  if (message.content.type === "list")
    return [button(message, null, it.button, () => openSheet(it, (id) => tap(message, id)), "list")];
  if (message.content.type === "cta_url") return [outside(it.parameters.url, it.parameters.display_text)];
  return (it.buttons ?? []).map((one) => button(message, one.reply.id, one.reply.title));
}

function template(message) {
  return (message.content.buttons ?? []).map((one) => {
    if (one.type === "QUICK_REPLY") return button(message, one.payload ?? one.text, one.text);
    if (one.type === "URL") return outside(one.url, one.text);
    return h("button", { disabled: true }, icon("phone"), one.text);
  });
}

const outside = (url, text) =>
  h("a", { href: /^https?:/.test(url) ? url : "#", target: "_blank", rel: "noopener noreferrer" }, icon("link"), text);
