// Writing: Enter sends, what is begun is kept, what is sent stands in the thread at once and is never sent twice.
import { merge, messages, stretch } from "./entries.js";
import { files } from "./files.js";
import { follow } from "./following.js";
import { Refused, ask, parsed, uuid } from "./http.js";
import { current, list, refresh } from "./thread.js";

const PAUSE = 700; // ms after the last letter until a draft is kept
const CONTEXT = 3; // messages before a new one that are drawn again: it may stand together with them
let timer;

const field = () => document.querySelector("[data-composer-text]");
const box = () => document.querySelector("[data-composer]");

export function complain(text = "") {
  const place = document.querySelector("[data-composer-problem]");
  if (place) place.textContent = text;
}

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

// The bubble as it will be, until the server's stands in its place.
function sending(text, client) {
  const node = document.querySelector("template[data-sending]").content.firstElementChild.cloneNode(true);
  node.dataset.client = client;
  node.querySelector("[data-text]").textContent = text;
  const thread = current();
  thread.querySelector("[data-empty]")?.remove();
  list(thread).append(node);
  follow.toEnd(thread);
  return node;
}

export async function post(form, fields, shown) {
  const thread = current();
  const client = fields.client_id ?? uuid();
  const bubble = sending(shown, client);
  const since = messages(list(thread)).slice(-CONTEXT)[0]?.dataset.message ?? "";
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, client_id: client, since })) {
    for (const one of [value].flat()) body.append(name, one);
  }
  try {
    const found = stretch(parsed(await ask(form.action, { method: "POST", fields: body })));
    if (thread.isConnected) {
      merge(list(thread), found.items);
      follow.toEnd(thread);
    }
    return true;
  } catch (error) {
    bubble.remove();
    if (!(error instanceof Refused)) throw error;
    complain(error.message);
    return false;
  }
}

async function submit(form) {
  const area = field();
  const text = area.value.trim();
  const limits = JSON.parse(form.dataset.limits);
  complain();
  if (!text && !files.waiting(form).length) return;
  if (text.length > limits.text) return complain(form.dataset.errorText.replace("{limit}", limits.text));
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
});
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
