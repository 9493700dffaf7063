/* The list of customers. */
import { face, h, icon, keepFocus, ticks } from "./dom.js";
import { inventing } from "./invent.js";
import { link } from "./link.js";
import { appOf, choose, latest, on, say, state, unread } from "./state.js";
import { clock, day, t } from "./words.js";

export function people(root) {
  const list = h("ul", { "aria-label": t("customers") });
  root.append(
    h(
      "header",
      {},
      h("img", { src: "/page/img/drop.svg", alt: "" }),
      h("div", {}, h("h1", {}, `Cauce · ${t("title")}`), h("p", {}, t("tagline"))),
      h(
        "button",
        { class: "round only-narrow", "aria-label": t("openPanel"), title: t("openPanel"), onclick: () => say("panel") },
        icon("gear"),
      ),
    ),
    link(),
    list,
    inventing(),
  );
  const draw = () => keepFocus(list, () => list.replaceChildren(...sorted().map((customer) => h("li", {}, row(customer)))));
  for (const kind of ["loaded", "message", "customer", "chosen"]) on(kind, draw);
}

function sorted() {
  const moment = (one) => Math.max(latest(one.id)?.at ?? 0, one.at);
  return [...state.customers.values()].sort((a, b) => moment(b) - moment(a));
}

function row(customer) {
  const message = latest(customer.id);
  const count = unread(customer.id);
  return h(
    "button",
    {
      class: count ? "person unread" : "person",
      "data-key": customer.id,
      "aria-current": String(customer.id === state.customer),
      onclick: () => choose(customer.id),
    },
    face(customer, false, appOf(customer.id)),
    h("b", {}, customer.name),
    message ? h("time", {}, day(message.at) === t("today") ? clock(message.at) : day(message.at).slice(0, 9)) : h("span"),
    h(
      "span",
      { class: "last" },
      message?.origin === "customer" && !message.revoked && ticks(message.status),
      h("span", {}, message ? preview(message) : handle(customer)),
    ),
    count ? h("span", { class: "count" }, String(count)) : h("span"),
  );
}

export const handle = (customer) =>
  customer.phone && !customer.hides_phone
    ? spaced(customer.phone)
    : customer.username
      ? `@${customer.username}`
      : customer.user_id;

/* Digits as people read them: country, area, then fours. */
export function spaced(phone) {
  const country = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/.exec(phone)[0];
  const rest = phone.slice(country.length);
  const mobile = (country === "52" && rest.length === 11) || (country === "54" && rest.length === 11) ? rest[0] : "";
  const area = rest.slice(mobile.length, -8);
  return ["+" + country, mobile, area, rest.slice(-8, -4), rest.slice(-4)].filter(Boolean).join(" ");
}

/* One line about a message. */
export function preview(message) {
  const { content, type } = message;
  if (message.revoked) return t("deleted");
  if (type === "text") return content.body;
  if (type === "button") return content.text;
  if (type === "template") return content.body;
  if (type === "interactive")
    return content.body?.text ?? (content.button_reply ?? content.list_reply)?.title ?? t("kind_other");
  const kind = `kind_${type}`;
  const name = t(kind) === kind ? t("kind_other") : t(kind);
  return content?.caption ? `${name} · ${content.caption}` : content?.filename ? `${name} · ${content.filename}` : name;
}
