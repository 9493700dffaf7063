// Notes: written in a form of their own, kept as a draft of their own, put into the thread by the server's answer.
import { merge, messages, stretch } from "./entries.js";
import { follow } from "./following.js";
import { Refused, ask, parsed, uuid } from "./http.js";
import { marked } from "./mentions.js";
import { current, list } from "./thread.js";

const PAUSE = 700; // ms after the last letter until a draft is kept
const CONTEXT = 3; // messages before the note that are drawn again
let timer;

const complain = (form, text = "") => (form.querySelector("[data-note-problem]").textContent = text);

function keep(form, now = false) {
  timer = clearTimeout(timer);
  const save = () => ask(form.dataset.draft, { method: "POST", keepalive: now, fields: { text: marked(form.elements.text), note: "1" } }).catch(() => {});
  if (now) save();
  else timer = setTimeout(save, PAUSE);
}

async function submit(form) {
  const area = form.elements.text;
  if (!area.value.trim() || form.dataset.busy) return;
  form.dataset.busy = "1";
  form.dataset.clientId ??= uuid(); // posted again after a failure it is the same note
  timer = clearTimeout(timer);
  complain(form);
  const thread = current();
  const since = messages(list(thread)).slice(-CONTEXT)[0]?.dataset.message ?? "";
  const sent = area.value;
  try {
    const answer = await ask(form.action, { method: "POST", fields: { text: marked(area), client_id: form.dataset.clientId, since } });
    delete form.dataset.clientId;
    if (area.value === sent) area.value = "";
    area.dispatchEvent(new CustomEvent("note:saved", { bubbles: true }));
    if (!thread.isConnected) return;
    thread.querySelector("[data-empty]")?.remove();
    merge(list(thread), stretch(parsed(answer)).items);
    follow.toEnd(thread);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    complain(form, error.message);
    keep(form, true);
  } finally {
    delete form.dataset.busy;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-note-form]")) return;
  event.preventDefault();
  submit(event.target);
}, true); // before requests.js, which takes forms that nobody stops for ones that leave the page

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!area.matches?.("[data-note-text]") || event.isComposing || event.defaultPrevented) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    area.form.requestSubmit();
  } else if (event.key === "Escape") {
    const cancel = area.form.querySelector("[data-note-cancel]");
    if (cancel) cancel.click();
    else area.blur();
  }
});
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-note-form] [data-note-text]")) return;
  delete target.form.dataset.clientId;
  complain(target.form);
  keep(target.form);
});
addEventListener("pagehide", () => {
  const form = document.querySelector("[data-note-form]");
  if (form && timer) keep(form, true);
});
// A note that is changed in its place goes by htmx: names become marks there, too.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const area = detail.elt.matches?.(".note-edit") && detail.elt.querySelector("[data-note-text]");
  if (area) detail.parameters.set ? detail.parameters.set("text", marked(area)) : (detail.parameters.text = marked(area));
});
