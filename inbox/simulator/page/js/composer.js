/* Where the customer writes. Drafts stay with their conversation while the page is open. */
import { attach } from "./attach.js";
import { post } from "./api.js";
import { author } from "./bubble.js";
import { h, icon } from "./dom.js";
import { preview } from "./people.js";
import { on, shown, state, talk } from "./state.js";
import { t } from "./words.js";

const drafts = new Map();
const key = () => `${state.line}:${state.customer}`;
let current = null;

export function composer(customer) {
  const draft = drafts.get(key()) ?? { text: "", reply: null, edit: null };
  drafts.set(key(), draft);
  const field = h("textarea", {
    rows: "1",
    placeholder: t("placeholder"),
    "aria-label": t("placeholder"),
    value: draft.text,
  });
  const above = h("div");
  const go = h("button", { class: "round go" });
  const root = h(
    "div",
    { class: "composer" },
    starters(),
    above,
    h(
      "div",
      { class: "line" },
      h(
        "button",
        {
          class: "round",
          "aria-label": t("attach"),
          title: t("attach"),
          "aria-haspopup": "true",
          onclick: () => attach(root, sending),
        },
        icon("plus"),
      ),
      field,
      go,
    ),
  );
  const sending = (act, body) => write(draft, act, body).then(show);
  const show = () => {
    if (field.value !== draft.text) field.value = draft.text;
    const full = draft.text.trim() !== "" || draft.edit;
    go.replaceChildren(icon(full ? "send" : "mic"));
    go.setAttribute("aria-label", t(full ? "send" : "sendVoice"));
    go.title = t(full ? "send" : "sendVoice");
    above.replaceChildren(...[answering(draft, show)].filter(Boolean));
  };
  const submit = () => (draft.text.trim() ? sending("text", { body: draft.text.trim() }) : sending("voice", {}));
  field.addEventListener("input", () => {
    draft.text = field.value;
    show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (draft.text.trim()) submit();
    }
    if (event.key === "Escape") {
      draft.reply = draft.edit = null;
      show();
    }
  });
  go.addEventListener("click", submit);
  current = { draft, show, field, customer };
  show();
  return root;
}

/* One message at a time: a second press of Enter does not overtake the first. */
let queue = Promise.resolve();
function write(draft, act, body) {
  const { reply, edit } = draft;
  const target = { line: state.line, reply_to: reply?.id };
  const customer = state.customer;
  if (act === "text") draft.text = "";
  draft.reply = draft.edit = null;
  const run = () =>
    act === "text" && edit
      ? post(`customers/${customer}/edit`, { message: edit.id, new: body.body })
      : post(`customers/${customer}/${act}`, { ...target, ...body });
  queue = queue.then(run, run);
  return queue;
}

function answering(draft, show) {
  const message = draft.reply ?? draft.edit;
  if (!message) return null;
  const forget = () => {
    if (draft.edit) draft.text = "";
    draft.reply = draft.edit = null;
    show();
    current.field.focus();
  };
  return h(
    "div",
    { class: "answering" },
    h("div", { class: "quote" }, h("b", {}, draft.edit ? t("editing") : author(message)), h("span", {}, preview(message))),
    h("button", { class: "round", "aria-label": t("close"), onclick: forget }, icon("x")),
  );
}

function starters() {
  if (shown(talk()).length) return null;
  const ask = (text) =>
    post(
      `customers/${state.customer}/${text === t("starters").at(-1) ? "click_ad" : "text"}`,
      text === t("starters").at(-1) ? { text, line: state.line } : { body: text, line: state.line },
    );
  return h(
    "div",
    { class: "starters" },
    t("starters").map((text) => h("button", { onclick: () => ask(text) }, text)),
  );
}

export function listenForAnswers() {
  on("reply", (message) => start({ reply: message, edit: null }));
  on("edit", (message) =>
    start({ reply: null, edit: message, text: message.content.body ?? message.content.caption ?? "" }),
  );
  on("write", () => current?.field.focus());
}

function start(changes) {
  Object.assign(current.draft, changes);
  current.show();
  current.field.focus();
}
