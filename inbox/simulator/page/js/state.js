/* What the page knows. The simulator is the truth: all of it is read anew after every (re)connection. */
import { last, read } from "./api.js";

export const state = {
  customers: new Map(),
  numbers: [],
  values: {},
  talks: new Map(),
  faults: [],
  link: {},
  typing: new Map(),
  customer: null,
  number: null,
  lost: false,
};
const news = new EventTarget();
const SHOWN_TYPES = (message) => message.type !== "reaction";
const key = (number, customer) => `${number}:${customer}`;

export const on = (kind, act) => news.addEventListener(kind, (event) => act(event.detail));
export const say = (kind, detail) => news.dispatchEvent(new CustomEvent(kind, { detail }));

export function talk(customer = state.customer, number = state.number) {
  const name = key(number, customer);
  if (!state.talks.has(name))
    state.talks.set(name, { number_id: number, customer_id: customer, messages: new Map(), last_inbound: null });
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

export function choose(customer, number = null) {
  tellOpen(false);
  state.customer = customer;
  if (number) state.number = number;
  else if (customer && !shown(talk(customer)).length) state.number = latest(customer)?.number_id ?? state.number;
  tellOpen(true);
  say("chosen");
}

export function tellOpen(open) {
  if (state.customer) last("open", { number: state.number, customer: state.customer, open: open && !document.hidden });
}

export async function load() {
  const all = await read("state");
  state.numbers = all.numbers;
  state.customers = new Map(all.customers.map((one) => [one.id, one]));
  state.talks = new Map(
    all.conversations.map((one) => [
      key(one.number_id, one.customer_id),
      { ...one, messages: new Map(one.messages.map((m) => [m.id, m])) },
    ]),
  );
  state.faults = all.faults;
  state.link = all.link;
  state.values = all.values;
  state.number ??= state.numbers[0].id;
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
    const one = talk(message.customer_id, message.number_id);
    one.messages.set(message.id, message);
    if (message.origin === "customer") one.last_inbound = Math.max(one.last_inbound ?? 0, message.at);
    say("message", message);
  } else if (event.kind === "customer") {
    state.customers.set(event.customer.id, event.customer);
    say("customer", event.customer);
  } else if (event.kind === "typing") {
    const name = key(event.number, event.customer);
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
    state.faults = event.faults;
    say("faults");
  } else if (event.kind === "link") {
    state.link = event.link;
    say("link");
  } else if (event.kind === "window") {
    const one = talk(event.customer, event.number);
    one.last_inbound = event.last_inbound;
    say("customer");
  }
}

export const isTyping = () => state.typing.has(key(state.number, state.customer));
