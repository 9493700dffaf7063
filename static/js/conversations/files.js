// Files for the next message: chosen, dropped or pasted; sent up at once and shown in the tray. Each becomes a message.
import { uuid } from "./http.js";
import { complain, post } from "./sending.js";

const MB = 1024 * 1024;
const held = new WeakMap(); // items of the tray → their files

const form = () => document.querySelector("[data-composer-form]");
const tray = (owner) => owner.querySelector("[data-tray]");
const items = (owner) => [...tray(owner).querySelectorAll("[data-file]")];

function family(file) {
  const kind = file.type.split("/")[0];
  return ["image", "video", "audio"].includes(kind) ? kind : "document";
}

// What the channel takes inline, or as a document; else the words of why not.
function refusal(owner, file) {
  const { files } = JSON.parse(owner.dataset.limits);
  const inline = files[family(file)];
  const fits = inline && (!inline.types.length || inline.types.includes(file.type)) && file.size <= inline.max;
  const limit = fits ? inline : files.document ?? null;
  if (!limit || (limit.types.length && !limit.types.includes(file.type))) {
    return inline && file.size > inline.max ? tooLarge(owner, file, inline.max) : owner.dataset.errorType.replace("{name}", file.name);
  }
  return file.size > limit.max ? tooLarge(owner, file, limit.max) : "";
}

const tooLarge = (owner, file, max) => owner.dataset.errorSize.replace("{name}", file.name).replace("{limit}", Math.floor((max / MB) * 10) / 10);

export function upload(href, file, progress = () => {}) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", href);
    for (const [name, value] of Object.entries(JSON.parse(document.body.getAttribute("hx-headers")))) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onload = () => (request.status < 300 ? resolve(JSON.parse(request.responseText)) : reject(new Error(request.status === 422 ? request.responseText : document.body.dataset[`error-${request.status}`] ?? document.body.dataset.error500)));
    request.onerror = () => reject(new Error(document.body.dataset.errorOffline));
  });
  const body = new FormData();
  body.append("file", file);
  request.send(body);
  return { done, abort: () => request.abort() };
}

const isAlbum = (states, limits) => states.length > 1 && states.length <= limits.album && states.every((state) => ["image", "video"].includes(family(state.file)));

function add(owner, files) {
  complain();
  for (const file of files) {
    const why = refusal(owner, file);
    if (why) {
      complain(why);
      continue;
    }
    const item = owner.querySelector("template[data-tray-file]").content.firstElementChild.cloneNode(true);
    item.querySelector(".tray-name").textContent = file.name;
    const address = family(file) === "image" ? URL.createObjectURL(file) : "";
    if (address) item.querySelector("[data-face]").replaceChildren(Object.assign(new Image(), { src: address, alt: "" }));
    const bar = item.querySelector("progress");
    const state = { file, address, ...upload(owner.dataset.filesSrc, file, (part) => (bar.value = part)) };
    held.set(item, state);
    state.done = state.done.then(
      (kept) => (bar.remove(), (state.kept = kept)),
      (error) => (bar.remove(), item.classList.add("is-wrong"), (item.title = error.message), complain(error.message)),
    );
    tray(owner).append(item);
  }
  tray(owner).hidden = !items(owner).length;
  owner.querySelector("[data-composer-text]").focus();
}

function remove(item) {
  const owner = item.closest("form");
  const state = held.get(item);
  state.abort();
  if (state.address) URL.revokeObjectURL(state.address);
  item.remove();
  tray(owner).hidden = !items(owner).length;
}

export const files = {
  waiting: (owner) => items(owner),
  take(owner) {
    const states = items(owner).map((item) => held.get(item));
    tray(owner).replaceChildren();
    tray(owner).hidden = true;
    return states;
  },
  // The words go with the first file where it takes them, else before it. Pictures and films go together where they may.
  async send(owner, states, text, to, limits) {
    const caption = text.length <= limits.caption && family(states[0].file) !== "audio" ? text : "";
    if (text && !caption && !(await post(owner, { ...to, kind: "text", text, client_id: uuid() }, text))) return false;
    if (isAlbum(states, limits)) {
      await Promise.all(states.map((state) => state.done));
      if (states.some((state) => !state.kept)) return false;
      return post(owner, { ...to, kind: states[0].kept.kind, text: caption, attachment: states.map((state) => state.kept.id), client_id: uuid() }, caption || states[0].file.name);
    }
    for (const [place, state] of states.entries()) {
      await state.done;
      if (!state.kept) return false;
      const words = place === 0 ? caption : "";
      const fields = { ...(place === 0 && caption === text ? to : { identity: to.identity }), kind: state.kept.kind, text: words, attachment: state.kept.id, client_id: uuid() };
      if (!(await post(owner, fields, words || state.file.name))) return false;
      if (state.address) URL.revokeObjectURL(state.address);
    }
    return true;
  },
};

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-files]")) return;
  add(target.form, [...target.files]);
  target.value = "";
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-file-remove]");
  if (button) remove(button.closest("[data-file]"));
});
document.addEventListener("paste", (event) => {
  const found = [...(event.clipboardData?.files ?? [])];
  if (!found.length || !event.target.matches?.("[data-composer-text]")) return;
  event.preventDefault();
  add(form(), found);
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.("[data-conversation]") && form()?.querySelector("[data-files]");

for (const name of ["dragenter", "dragover"]) document.addEventListener(name, (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  form().classList.add("is-over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget || !event.relatedTarget.closest?.("[data-conversation]")) form()?.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  form().classList.remove("is-over");
  add(form(), [...event.dataTransfer.files]);
});
