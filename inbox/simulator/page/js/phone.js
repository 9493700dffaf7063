/* The phone: whose it is, with whom they talk, and the thread. */
import { post } from "./api.js";
import { bubble, signature } from "./bubble.js";
import { composer } from "./composer.js";
import { face, h, icon } from "./dom.js";
import { handle } from "./people.js";
import { choose, isTyping, on, onPhone, say, shown, state, talk } from "./state.js";
import { clock, day, t } from "./words.js";

const NEAR = 120;
const FOLLOWS = 300;

export function phone(device) {
  const screen = h("div", { class: "screen" });
  device.append(screen);
  const draw = () => {
    const customer = state.customers.get(state.customer);
    screen.replaceChildren(statusBar(), ...(customer ? chat(customer) : [nobody()]));
    bottom(screen);
  };
  on("loaded", draw);
  on("chosen", draw);
  on("customer", (customer) => customer?.id === state.customer && draw());
  on("message", (message) => message.customer_id === state.customer && message.number_id === state.number && place(screen, message));
  on("typing", () => typing(screen));
  setInterval(() => { const time = screen.querySelector(".bar span"); if (time) time.textContent = clock(Date.now() / 1000); }, 10000);
}

function statusBar() {
  return h("div", { class: "bar", "aria-hidden": "true" }, h("span", {}, clock(Date.now() / 1000)), h("i"), h("span", {}, icon("signal"), icon("battery")));
}

function nobody() {
  return h("div", { class: "thread" }, empty("nobodyTitle", "nobodyText"));
}

const empty = (title, text) => h("div", { class: "empty" }, h("img", { src: "/page/img/drop.svg", alt: "" }), h("h2", {}, t(title)), h("p", {}, t(text)));

function chat(customer) {
  const number = h("select", { "aria-label": t("business"), onchange: (event) => choose(customer.id, event.target.value) },
    state.numbers.map((one) => h("option", { value: one.id, selected: one.id === state.number }, one.verified_name)));
  const head = h("div", { class: "chat-head" },
    h("button", { class: "round back", "aria-label": t("back"), onclick: () => choose(null) }, icon("back")),
    h("span", { class: "shop" }, h("img", { src: "/page/img/drop.svg", alt: "" })),
    h("div", { class: "who" }, h("span", { class: "pick" }, number, icon("down")), h("small", { "aria-live": "polite" }, t("online"))),
    h("button", { class: "round only-narrow", "aria-label": t("openPanel"), title: t("openPanel"), onclick: () => say("panel") }, icon("gear")));
  const owner = h("div", { class: "owner" }, h("span", {}, `${t("phoneOf")} `, h("b", {}, customer.name), ` · ${handle(customer)}`));
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
  return h("div", { class: "dark-phone" }, face(customer), icon("off"), h("p", {}, t("offText")), h("button", { class: "press", onclick: turnOn }, t("turnOn")));
}

function fill(scroll, messages) {
  let before = null;
  const parts = [];
  for (const message of messages) {
    if (!before || day(before.at) !== day(message.at)) parts.push(h("div", { class: "day" }, day(message.at)));
    parts.push(bubble(message, follows(before, message)));
    before = message;
  }
  scroll.replaceChildren(...parts);
}

const follows = (before, message) => Boolean(before && before.origin === message.origin && message.at - before.at < FOLLOWS);

/* A message came or changed: its bubble alone is drawn. */
function place(screen, message) {
  const scroll = screen.querySelector(".scroll");
  if (!scroll || !onPhone(message)) return;
  const old = scroll.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  if (old && old.dataset.signature === signature(message)) return;
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  if (old) old.replaceWith(bubble(message, old.classList.contains("follows")));
  else {
    screen.querySelector(".empty")?.remove();
    screen.querySelector(".starters")?.remove();
    const before = shown(talk()).filter((one) => one.at < message.at && one.id !== message.id).at(-1);
    if (!before || day(before.at) !== day(message.at)) scroll.append(h("div", { class: "day" }, day(message.at)));
    const made = bubble(message, follows(before, message));
    made.classList.add("arrives");
    const after = before && scroll.querySelector(`[data-id="${CSS.escape(before.id)}"]`);
    if (after) after.after(made);
    else scroll.append(made);
  }
  typing(screen);
  if (atEnd || message.origin === "customer") bottom(screen);
}

function typing(screen) {
  const small = screen?.querySelector(".chat-head small");
  if (!small) return;
  const busy = isTyping();
  small.textContent = t(busy ? "typing" : "online");
  small.classList.toggle("typing", busy);
  const scroll = screen.querySelector(".scroll");
  scroll.querySelector(".bubble.busy")?.remove();
  if (busy) {
    scroll.append(h("div", { class: "bubble theirs busy", "aria-hidden": "true" }, h("div", { class: "dots" }, h("i"), h("i"), h("i"))));
    bottom(screen);
  }
}

function bottom(screen) {
  const scroll = screen.querySelector(".scroll");
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}
