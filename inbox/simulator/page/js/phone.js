/* The phone: whose it is, with whom they talk, and the thread. */
import { post } from "./api.js";
import { composer } from "./composer.js";
import { face, h, icon } from "./dom.js";
import { handle } from "./people.js";
import { appOf, choose, linesOf, on, say, shown, state, talk } from "./state.js";
import { bottom, fill, place, typing } from "./thread.js";
import { clock, t } from "./words.js";

export function phone(device) {
  const screen = h("div", { class: "screen" });
  device.append(screen);
  const draw = () => {
    const customer = state.customers.get(state.customer);
    screen.dataset.look = (customer && appOf(customer.id).look) ?? "";
    screen.replaceChildren(statusBar(), ...(customer ? chat(customer) : [nobody()]));
    bottom(screen);
  };
  on("loaded", draw);
  on("chosen", draw);
  on("customer", (customer) => customer?.id === state.customer && draw());
  on(
    "message",
    (message) => message.customer_id === state.customer && message.line_id === state.line && place(screen, message),
  );
  on("typing", () => typing(screen));
  setInterval(() => {
    const time = screen.querySelector(".bar span");
    if (time) time.textContent = clock(Date.now() / 1000);
  }, 10000);
}

function statusBar() {
  return h(
    "div",
    { class: "bar", "aria-hidden": "true" },
    h("span", {}, clock(Date.now() / 1000)),
    h("i"),
    h("span", {}, icon("signal"), icon("battery")),
  );
}

function nobody() {
  return h("div", { class: "thread" }, empty("nobodyTitle", "nobodyText"));
}

const empty = (title, text) =>
  h("div", { class: "empty" }, h("img", { src: "/page/img/drop.svg", alt: "" }), h("h2", {}, t(title)), h("p", {}, t(text)));

function chat(customer) {
  const lines = linesOf(customer.id);
  const line = h(
    "select",
    { "aria-label": t("business"), onchange: (event) => choose(customer.id, event.target.value) },
    lines.map((one) => h("option", { value: one.id, selected: one.id === state.line }, one.name)),
  );
  const head = h(
    "div",
    { class: "chat-head" },
    h("button", { class: "round back", "aria-label": t("back"), onclick: () => choose(null) }, icon("back")),
    h("span", { class: "shop" }, h("img", { src: "/page/img/drop.svg", alt: "" })),
    h(
      "div",
      { class: "who" },
      h("span", { class: "pick" }, line, icon("down")),
      h("small", { "aria-live": "polite" }, t("online")),
    ),
    h(
      "button",
      { class: "round only-narrow", "aria-label": t("openPanel"), title: t("openPanel"), onclick: () => say("panel") },
      icon("gear"),
    ),
  );
  const owner = h(
    "div",
    { class: "owner" },
    h("span", {}, `${t("phoneOf")} `, h("b", {}, customer.name), ` · ${appOf(customer.id).name} · ${handle(customer)}`),
  );
  const messages = shown(talk());
  const scroll = h("div", { class: "scroll", role: "log", tabindex: "0", "aria-label": customer.name });
  const thread = h("div", { class: "thread" }, messages.length ? null : empty("emptyTitle", "emptyText"), scroll);
  fill(scroll, messages);
  const parts = [head, owner, thread, composer(customer)];
  if (!customer.phone_on) parts.push(darkness(customer));
  queueMicrotask(() => typing(head.parentElement));
  return parts;
}

function darkness(customer) {
  const turnOn = () => post(`customers/${customer.id}`, { phone_on: true });
  return h(
    "div",
    { class: "dark-phone" },
    face(customer),
    icon("off"),
    h("p", {}, t("offText")),
    h("button", { class: "press", onclick: turnOn }, t("turnOn")),
  );
}
