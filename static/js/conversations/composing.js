// Writing: Enter sends, what is begun is kept, what is sent stands in the thread at once and is never sent twice.
import { files } from "./files.js";
import { ask, uuid } from "./http.js";
import { complain, post } from "./sending.js";
import { refresh } from "./thread.js";

const PAUSE = 700; // ms after the last letter until a draft is kept
let timer;

const field = () => document.querySelector("[data-composer-text]");
const box = () => document.querySelector("[data-composer]");

function keep(now = false) {
  clearTimeout(timer);
  const [place, text] = [box(), field()];
  if (!place || !text) return;
  const save = () => ask(place.dataset.draft, { method: "POST", fields: { text: text.value } }).catch(() => {});
  if (now) save();
  else timer = setTimeout(save, PAUSE);
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight}px`;
}

async function submit(form) {
  const area = field();
  const text = area.value.trim();
  const limits = JSON.parse(form.dataset.limits);
  complain();
  if (!text && !files.waiting(form).length) return;
  if (text.length > limits.text || (limits.bytes && new Blob([text]).size > limits.bytes))
    return complain(form.dataset.errorText.replace("{limit}", limits.text));
  const to = { identity: form.elements.identity.value, reply_to: form.elements.reply_to.value };
  const before = form.failed?.text === text ? form.failed : { text, client: uuid() };
  const held = files.take(form);
  area.value = "";
  grow(area);
  reply(null);
  clearTimeout(timer);
  const done = held.length
    ? await files.send(form, held, text, to, limits)
    : await post(form, { ...to, kind: "text", text, client_id: before.client }, text);
  if (done) return;
  form.failed = before; // the same words sent again are the same message
  if (area.isConnected && !area.value) area.value = text;
  grow(area);
  keep(true);
}

export function reply(node) {
  const form = document.querySelector("[data-composer-form]");
  if (!form) return;
  form.elements.reply_to.value = node?.dataset.message ?? "";
  form.querySelector("[data-replying]").hidden = !node;
  if (!node) return;
  form.querySelector("[data-replying-words]").textContent = node.querySelector("[data-text]")?.textContent.trim() || node.querySelector(".bubble").textContent.trim();
  field().focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-composer-form]")) return;
  event.preventDefault();
  submit(event.target);
}, true); // before requests.js, which takes forms that nobody stops for ones that leave the page
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-composer-text]") || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    submit(event.target.form);
  } else if (event.key === "Escape") {
    if (event.target.form.elements.reply_to.value) reply(null);
    else event.target.blur();
  }
});
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-composer-text]")) return;
  grow(event.target);
  complain();
  keep();
});
document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-reply]");
  if (answer) reply(answer.closest("[data-message]"));
  if (event.target.closest("[data-reply-cancel]")) reply(null);
});
addEventListener("pagehide", () => timer && keep(true));
document.addEventListener("refresh-thread", () => refresh());
