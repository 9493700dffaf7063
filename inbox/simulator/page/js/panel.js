/* Behind the phone: the person, and what shall go wrong. */
import { post, remove } from "./api.js";
import { chip, h, icon, keepFocus } from "./dom.js";
import { person, windowText } from "./person.js";
import { appOf, on, say, state } from "./state.js";
import { t } from "./words.js";

let times = "1";

/* Of the app that the chosen customer writes with. */
const app = () => appOf(state.customer) ?? state.apps.values().next().value;

export function panel(root) {
  const draw = () => keepFocus(root, () => root.replaceChildren(head(), ...[person(), state.apps.size && [sends(app()), receives(app()), connects(app())]].flat().filter(Boolean)));
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

function sends(provider) {
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
  const arm = (fault) => post("faults", { ...fault, app: provider.key, times: times ? Number(times) : null });
  return h(
    "section",
    {},
    h("h3", {}, t("outTitle")),
    h("p", {}, t("outText", { app: provider.name })),
    h(
      "div",
      { class: "chips" },
      provider.faults.map(([name, fault]) => chip(name, t(name), () => arm(fault))),
    ),
    h("label", { class: "times" }, t("times"), choice),
    state.faults.length > 0 && h("ul", { class: "armed" }, state.faults.map(armed)),
  );
}

function armed(fault) {
  const name = state.apps
    .get(fault.app)
    .faults.find(
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

function receives(provider) {
  return h(
    "section",
    {},
    h("h3", {}, t("inTitle")),
    h("p", {}, t("inText")),
    h(
      "div",
      { class: "chips" },
      provider.mischief.map((kind) =>
        chip(kind, t(`m_${kind}`), () =>
          post("mischief", { app: provider.key, kind, customer: state.customer, times: kind === "reorder" ? 2 : 1 }),
        ),
      ),
    ),
  );
}

/* What one pastes in Cauce to connect a channel: a click copies. */
function connects(provider) {
  return h(
    "section",
    {},
    h("h3", {}, t("valuesTitle")),
    h("p", {}, t("valuesText", { app: provider.name })),
    h(
      "dl",
      { class: "facts" },
      Object.entries(provider.values).map(([name, value]) => [h("dt", {}, t(`value_${name}`)), h("dd", {}, copied(value))]),
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
