/* Behind the phone: who this is to the provider, and what shall go wrong. */
import { post, remove } from "./api.js";
import { h, icon } from "./dom.js";
import { spaced } from "./people.js";
import { on, say, state, talk } from "./state.js";
import { left, t } from "./words.js";

const FAULTS = [
  ["fault_rate", { kind: "error", code: 131056 }], ["fault_limit", { kind: "status", status: 429 }],
  ["fault_500", { kind: "error", code: 131000 }], ["fault_hang", { kind: "hang" }], ["fault_garbage", { kind: "garbage" }],
  ["fault_accept_hang", { kind: "accept_then_hang" }], ["fault_fail", { kind: "accept_then_fail", code: 131026 }],
  ["fault_window", { kind: "error", code: 131047 }], ["fault_slow", { kind: "slow", seconds: 5 }], ["fault_close", { kind: "close" }],
  ["fault_media", { kind: "status", status: 404, area: "download" }], ["fault_token", { kind: "error", code: 190, area: "any" }],
];
const MISCHIEF = ["duplicate", "reorder", "wrong_signature", "malformed", "wrong_types", "unknown_receiver", "unknown_type", "batch", "huge"];
let times = "1";

export function panel(root) {
  const draw = () => root.replaceChildren(head(), ...[person(), sends(), receives()].filter(Boolean));
  for (const kind of ["loaded", "chosen", "faults"]) on(kind, draw);
  on("customer", draw);
  on("message", (message) => message.customer_id === state.customer && message.origin === "customer" && draw());
  setInterval(() => root.querySelector("[data-window]")?.replaceChildren(windowText()), 30000);
}

function head() {
  return h("header", {}, h("h2", {}, t("behind")), h("button", { class: "round only-narrow", "aria-label": t("close"), onclick: () => say("panel") }, icon("x")));
}

function person() {
  const customer = state.customers.get(state.customer);
  if (!customer) return null;
  const act = (name, body = {}) => post(`customers/${customer.id}/${name}`, body);
  const set = (name, value) => post(`customers/${customer.id}`, { [name]: value });
  const fact = (name, value) => [h("dt", {}, t(name)), h("dd", {}, value)];
  const toggle = (name, checked, change) => h("label", { class: "toggle" }, h("span", {}, t(name)), h("input", { type: "checkbox", role: "switch", checked, onchange: (event) => change(event.target.checked) }));
  return h("section", {}, h("h3", {}, customer.name),
    h("dl", { class: "facts" },
      fact("number", customer.hides_phone ? t("hidden") : customer.phone ? spaced(customer.phone) : "—"),
      customer.username && fact("username", `@${customer.username}`),
      fact("userId", h("code", {}, customer.user_id)),
      h("dt", {}, t("window")), h("dd", { "data-window": true }, windowText())),
    toggle("phoneOn", customer.phone_on, (value) => set("phone_on", value)),
    toggle("reads", customer.reads !== "never", (value) => set("reads", value ? "open" : "never")),
    toggle("stopped", customer.stopped_marketing, (value) => set("stopped_marketing", value)),
    toggle("onWhatsapp", customer.on_whatsapp, (value) => set("on_whatsapp", value)),
    h("div", { class: "chips" },
      chip("shutWindow", () => act("close_window")),
      chip("adStart", () => act("click_ad", { text: t("starters").at(-1), number: state.number })),
      !customer.hides_phone && chip("changeNumber", () => act("change_number", { new_phone: `52155${Math.floor(1e7 + Math.random() * 9e7)}`, number: state.number }))));
}

function windowText() {
  const since = talk().last_inbound;
  const rest = since ? since + 86400 - Date.now() / 1000 : 0;
  return rest > 0 ? t("windowOpen", { left: left(rest) }) : t("windowShut");
}

function sends() {
  const choice = h("select", { onchange: (event) => { times = event.target.value; } },
    [["1", t("oneTime")], ["3", t("manyTimes", { n: 3 })], ["10", t("manyTimes", { n: 10 })], ["", t("always")]].map(([value, text]) => h("option", { value, selected: value === times }, text)));
  const arm = (fault) => post("faults", { ...fault, times: times ? Number(times) : null });
  return h("section", {}, h("h3", {}, t("outTitle")), h("p", {}, t("outText")),
    h("div", { class: "chips" }, FAULTS.map(([name, fault]) => chip(name, () => arm(fault)))),
    h("label", { class: "times" }, t("times"), choice),
    state.faults.length > 0 && h("ul", { class: "armed" }, state.faults.map(armed)));
}

function armed(fault) {
  const name = FAULTS.find(([, one]) => one.kind === fault.kind && (one.code ?? null) === fault.code && (one.status ?? null) === fault.status)?.[0];
  const rest = fault.times === null ? t("always") : t("left", { n: fault.times });
  return h("li", {}, h("span", {}, `${name ? t(name) : `${fault.kind} ${fault.code ?? ""}`} · ${rest}`),
    h("button", { class: "round", "aria-label": t("close"), onclick: () => remove(`faults/${fault.id}`) }, icon("x")));
}

function receives() {
  return h("section", {}, h("h3", {}, t("inTitle")), h("p", {}, t("inText")),
    h("div", { class: "chips" }, MISCHIEF.map((kind) => chip(`m_${kind}`, () => post("mischief", { kind, customer: state.customer, times: kind === "reorder" ? 2 : 1 })))));
}

function chip(name, act) {
  const button = h("button", { class: "chip", onclick: async () => {
    await act();
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 700);
  } }, t(name));
  return button;
}
