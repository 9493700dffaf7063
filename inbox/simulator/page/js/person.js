/* Who the owner of the phone is to the provider, and what else may happen to them. */
import { post } from "./api.js";
import { chip, h } from "./dom.js";
import { spaced } from "./people.js";
import { state, talk } from "./state.js";
import { left, t } from "./words.js";

export function person() {
  const customer = state.customers.get(state.customer);
  if (!customer) return null;
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
      fact("number", customer.hides_phone ? t("hidden") : customer.phone ? spaced(customer.phone) : "—"),
      customer.username && fact("username", `@${customer.username}`),
      fact("userId", h("code", {}, customer.user_id)),
      h("dt", {}, t("window")),
      h("dd", { "data-window": true }, windowText()),
    ),
    toggle("phoneOn", customer.phone_on, (value) => set("phone_on", value)),
    toggle("reads", customer.reads !== "never", (value) => set("reads", value ? "open" : "never")),
    toggle("stopped", customer.stopped_marketing, (value) => set("stopped_marketing", value)),
    toggle("onWhatsapp", customer.on_whatsapp, (value) => set("on_whatsapp", value)),
    h(
      "div",
      { class: "chips" },
      chip("shutWindow", t("shutWindow"), () => act("close_window")),
      chip("adStart", t("adStart"), () => act("click_ad", { text: t("starters").at(-1), number: state.number })),
      !customer.hides_phone &&
        chip("changeNumber", t("changeNumber"), () =>
          act("change_number", { new_phone: `52155${Math.floor(1e7 + Math.random() * 9e7)}`, number: state.number }),
        ),
    ),
  );
}

export function windowText() {
  const since = talk().last_inbound;
  const rest = since ? since + 86400 - Date.now() / 1000 : 0;
  return rest > 0 ? t("windowOpen", { left: left(rest) }) : t("windowShut");
}
