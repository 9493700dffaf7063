// A message on its way: in the thread at once, until the server's own stands in its place or it is refused.
import { crossed, known } from "./crossing.js";
import { merge, messages, stretch } from "./entries.js";
import { follow } from "./following.js";
import { Refused, ask, parsed, uuid } from "./http.js";
import { current, list } from "./thread.js";

const CONTEXT = 3; // messages before a new one that are drawn again: it may stand together with them

export function complain(text = "") {
  const place = document.querySelector("[data-composer-problem]");
  if (place) place.textContent = text;
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
  for (const [name, value] of Object.entries({ ...known(thread), ...fields, client_id: client, since })) {
    for (const one of [value].flat()) body.append(name, one);
  }
  try {
    const found = stretch(parsed(await ask(form.action, { method: "POST", fields: body })));
    if (thread.isConnected) {
      merge(list(thread), found.items);
      follow.toEnd(thread);
    }
    document.dispatchEvent(new CustomEvent("answer:sent"));
    return true;
  } catch (error) {
    bubble.remove();
    if (!(error instanceof Refused)) throw error;
    if (error.status === 409) return crossed(error.html, fields.text ?? "", (told) => post(form, { ...fields, ...told, client_id: client }, shown));
    complain(error.message);
    return false;
  }
}
