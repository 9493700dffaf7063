/* Who the owner of the phone is to the provider, and what else may happen to them. */
import { post } from "./api.js";
import { chip, h } from "./dom.js";
import { spaced } from "./people.js";
import { appOf, state, talk } from "./state.js";
import { left, t } from "./words.js";

/* What an act is told, beside what its app says. */
const ACTS = {
  group_text: () => ({ line: state.line }),
  click_ad: () => ({ text: t("starters").at(-1), line: state.line }),
  change_number: () => ({ new_phone: `52155${Math.floor(1e7 + Math.random() * 9e7)}`, line: state.line }),
};

export function person() {
  const customer = state.customers.get(state.customer);
  if (!customer) return null;
  const app = appOf(customer.id);
  const act = (name, body = {}) => post(`customers/${customer.id}/${name}`, body);
  const set = (name, value) => post(`customers/${customer.id}`, { [name]: value });
  const fact = (name, value) => [h("dt", {}, t(name)), h("dd", {}, value)];
  const toggle = (name, checked, change) =>
    h(
      "label",
      { class: "toggle" },
      h("span", {}, t(name)),
      h("input", {
        type: "checkbox",
        "data-key": name,
        role: "switch",
        checked,
        onchange: (event) => change(event.target.checked),
      }),
    );
  return h(
    "section",
    {},
    h("h3", {}, customer.name),
    h(
      "dl",
      { class: "facts" },
      (customer.phone || customer.hides_phone) &&
        fact("number", customer.hides_phone ? t("hidden") : spaced(customer.phone)),
      customer.username && fact("username", `@${customer.username}`),
      customer.user_id && fact(`userId_${app.key}`, h("code", {}, customer.user_id)),
      app.window && [h("dt", {}, t("window")), h("dd", { "data-window": true }, windowText())],
    ),
    app.switches.map((name) =>
      name === "reads"
        ? toggle(name, customer.reads !== "never", (value) => set(name, value ? "open" : "never"))
        : toggle(name, customer[name], (value) => set(name, value)),
    ),
    h(
      "div",
      { class: "chips" },
      app.acts.map(([words, name, body]) => chip(words, t(words), () => act(name, { ...ACTS[name]?.(), ...body }))),
    ),
  );
}

export function windowText() {
  const since = talk().last_inbound;
  const rest = since ? since + 86400 - Date.now() / 1000 : 0;
  return rest > 0 ? t("windowOpen", { left: left(rest) }) : t("windowShut");
}
