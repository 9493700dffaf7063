/* Behind the phone: the person, and what shall go wrong. */
import { post, remove } from "./api.js";
import { chip, h, icon, keepFocus } from "./dom.js";
import { person, windowText } from "./person.js";
import { on, say, state } from "./state.js";
import { t } from "./words.js";

const FAULTS = [
  ["fault_rate", { kind: "error", code: 131056 }],
  ["fault_limit", { kind: "status", status: 429 }],
  ["fault_500", { kind: "error", code: 131000 }],
  ["fault_hang", { kind: "hang" }],
  ["fault_garbage", { kind: "garbage" }],
  ["fault_accept_hang", { kind: "accept_then_hang" }],
  ["fault_fail", { kind: "accept_then_fail", code: 131026 }],
  ["fault_window", { kind: "error", code: 131047 }],
  ["fault_slow", { kind: "slow", seconds: 5 }],
  ["fault_close", { kind: "close" }],
  ["fault_media", { kind: "status", status: 404, area: "download" }],
  ["fault_token", { kind: "error", code: 190, area: "any" }],
];
const MISCHIEF = [
  "duplicate",
  "reorder",
  "wrong_signature",
  "malformed",
  "wrong_types",
  "unknown_receiver",
  "unknown_type",
  "batch",
  "huge",
];
let times = "1";

export function panel(root) {
  const draw = () => keepFocus(root, () => root.replaceChildren(head(), ...[person(), sends(), receives(), connects()].filter(Boolean)));
  for (const kind of ["loaded", "chosen", "faults"]) on(kind, draw);
  on("customer", draw);
  on("message", (message) => message.customer_id === state.customer && message.origin === "customer" && draw());
  setInterval(() => root.querySelector("[data-window]")?.replaceChildren(windowText()), 30000);
}

function head() {
  return h(
    "header",
    {},
    h("h2", {}, t("behind")),
    h("button", { class: "round only-narrow", "aria-label": t("close"), onclick: () => say("panel") }, icon("x")),
  );
}

function sends() {
  const choice = h(
    "select",
    {
      onchange: (event) => {
        times = event.target.value;
      },
    },
    [
      ["1", t("oneTime")],
      ["3", t("manyTimes", { n: 3 })],
      ["10", t("manyTimes", { n: 10 })],
      ["", t("always")],
    ].map(([value, text]) => h("option", { value, selected: value === times }, text)),
  );
  const arm = (fault) => post("faults", { ...fault, times: times ? Number(times) : null });
  return h(
    "section",
    {},
    h("h3", {}, t("outTitle")),
    h("p", {}, t("outText")),
    h(
      "div",
      { class: "chips" },
      FAULTS.map(([name, fault]) => chip(name, t(name), () => arm(fault))),
    ),
    h("label", { class: "times" }, t("times"), choice),
    state.faults.length > 0 && h("ul", { class: "armed" }, state.faults.map(armed)),
  );
}

function armed(fault) {
  const name = FAULTS.find(
    ([, one]) => one.kind === fault.kind && (one.code ?? null) === fault.code && (one.status ?? null) === fault.status,
  )?.[0];
  const rest = fault.times === null ? t("always") : t("left", { n: fault.times });
  return h(
    "li",
    {},
    h("span", {}, `${name ? t(name) : `${fault.kind} ${fault.code ?? ""}`} · ${rest}`),
    h("button", { class: "round", "aria-label": t("close"), onclick: () => remove(`faults/${fault.id}`) }, icon("x")),
  );
}

function receives() {
  return h(
    "section",
    {},
    h("h3", {}, t("inTitle")),
    h("p", {}, t("inText")),
    h(
      "div",
      { class: "chips" },
      MISCHIEF.map((kind) =>
        chip(kind, t(`m_${kind}`), () =>
          post("mischief", { kind, customer: state.customer, times: kind === "reorder" ? 2 : 1 }),
        ),
      ),
    ),
  );
}

/* What one pastes in Cauce to connect a channel: a click copies. */
function connects() {
  return h(
    "section",
    {},
    h("h3", {}, t("valuesTitle")),
    h("p", {}, t("valuesText")),
    h(
      "dl",
      { class: "facts" },
      Object.entries(state.values).map(([name, value]) => [h("dt", {}, t(`value_${name}`)), h("dd", {}, copied(value))]),
    ),
  );
}

function copied(value) {
  const act = async () => {
    await navigator.clipboard.writeText(value);
    said.textContent = t("copied");
    setTimeout(() => said.replaceChildren(value), 1200);
  };
  const said = h("code", {}, value);
  return h("button", { class: "copy", title: t("copy"), onclick: act }, said);
}
