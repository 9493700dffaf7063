/* What the page knows. The simulator is the truth: all of it is read anew after every (re)connection. */
import { last, read } from "./api.js";

export const state = {
  apps: new Map(),
  customers: new Map(),
  lines: [],
  talks: new Map(),
  faults: [],
  typing: new Map(),
  customer: null,
  line: null,
  lost: false,
};
const news = new EventTarget();
const SHOWN_TYPES = (message) => message.type !== "reaction";
const key = (line, customer) => `${line}:${customer}`;

export const on = (kind, act) => news.addEventListener(kind, (event) => act(event.detail));
export const say = (kind, detail) => news.dispatchEvent(new CustomEvent(kind, { detail }));

export const appOf = (customerId) => state.apps.get(state.customers.get(customerId)?.app);
export const linesOf = (customerId) => state.lines.filter((one) => one.app === state.customers.get(customerId)?.app);

export function talk(customer = state.customer, line = state.line) {
  const name = key(line, customer);
  if (!state.talks.has(name))
    state.talks.set(name, { line_id: line, customer_id: customer, messages: new Map(), last_inbound: null });
  return state.talks.get(name);
}

/* What the phone has: its own messages, and what was delivered to it. */
export function onPhone(message) {
  const arrived = message.origin === "customer" || ["delivered", "read", "played"].includes(message.status);
  return arrived && SHOWN_TYPES(message);
}

export function shown(one) {
  return [...one.messages.values()].filter(onPhone).sort((a, b) => a.at - b.at);
}

export function unread(customerId) {
  let count = 0;
  for (const one of state.talks.values()) {
    if (one.customer_id !== customerId) continue;
    for (const message of one.messages.values())
      count += message.origin === "business" && message.status === "delivered" && SHOWN_TYPES(message);
  }
  return count;
}

/* The newest of all lines, for the list. */
export function latest(customerId) {
  let found = null;
  for (const one of state.talks.values()) {
    if (one.customer_id === customerId)
      for (const message of one.messages.values())
        if (onPhone(message) && (!found || message.at > found.at)) found = message;
  }
  return found;
}

export function choose(customer, line = null) {
  tellOpen(false);
  state.customer = customer;
  const lines = linesOf(customer).map((one) => one.id);
  if (line) state.line = line;
  else if (customer && !(lines.includes(state.line) && shown(talk(customer)).length))
    state.line = latest(customer)?.line_id ?? lines[0];
  tellOpen(true);
  say("chosen");
}

export function tellOpen(open) {
  if (state.customer) last("open", { line: state.line, customer: state.customer, open: open && !document.hidden });
}

export async function load() {
  const all = await read("state");
  state.apps = new Map(all.apps.map((one) => [one.key, one]));
  state.lines = all.lines;
  state.customers = new Map(all.customers.map((one) => [one.id, one]));
  state.talks = new Map(
    all.conversations.map((one) => [
      key(one.line_id, one.customer_id),
      { ...one, messages: new Map(one.messages.map((m) => [m.id, m])) },
    ]),
  );
  state.faults = all.faults;
  state.line ??= state.lines[0]?.id;
  say("loaded");
}

export function listen() {
  const stream = new EventSource("/control/events");
  stream.addEventListener("hello", () =>
    load().then(() => {
      state.lost = false;
      tellOpen(true);
      say("link");
    }),
  );
  stream.onerror = () => {
    state.lost = true;
    say("link");
  };
  stream.onmessage = (event) => apply(JSON.parse(event.data));
}

function apply(event) {
  if (event.kind === "message") {
    const { message } = event;
    const one = talk(message.customer_id, message.line_id);
    one.messages.set(message.id, message);
    if (message.origin === "customer") one.last_inbound = Math.max(one.last_inbound ?? 0, message.at);
    say("message", message);
  } else if (event.kind === "customer") {
    state.customers.set(event.customer.id, event.customer);
    say("customer", event.customer);
  } else if (event.kind === "typing") {
    const name = key(event.line, event.customer);
    clearTimeout(state.typing.get(name));
    state.typing.delete(name);
    if (event.on)
      state.typing.set(
        name,
        setTimeout(() => {
          state.typing.delete(name);
          say("typing");
        }, 25000),
      );
    say("typing");
  } else if (event.kind === "faults") {
    state.faults = event.app ? [...state.faults.filter((one) => one.app !== event.app), ...event.faults] : event.faults;
    say("faults");
  } else if (event.kind === "link") {
    state.apps.get(event.app).link = event.link;
    say("link");
  } else if (event.kind === "window") {
    const one = talk(event.customer, event.line);
    one.last_inbound = event.last_inbound;
    say("customer");
  }
}

export const isTyping = () => state.typing.has(key(state.line, state.customer));
