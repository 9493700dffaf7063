// Templates in place: "/" or the button opens them, the preview follows what is typed, choices are sent the same way.
import { upload } from "./files.js";
import { uuid } from "./http.js";
import { complain, post } from "./sending.js";

const picker = () => document.querySelector("[data-templates]");

export function openTemplates() {
  const place = picker();
  if (!place) return false;
  place.hidden = false;
  place.dispatchEvent(new CustomEvent("templates:open", { bubbles: true }));
  return true;
}

function close() {
  const place = picker();
  if (!place || place.matches(".is-fixed")) return;
  place.hidden = true;
  document.querySelector("[data-composer-text]")?.focus();
}

function preview(form) {
  for (const field of form.querySelectorAll("[data-slot-of]")) {
    const spans = form.querySelectorAll(`[data-slot="${CSS.escape(field.dataset.slotOf)}"]`);
    for (const span of spans) {
      span.dataset.name ??= span.textContent;
      span.textContent = field.value.trim() || span.dataset.name;
      span.classList.toggle("is-filled", Boolean(field.value.trim()));
    }
  }
}

// Sent twice, it is one message: a form keeps its number until it has left.
async function send(form) {
  const fields = Object.fromEntries(new FormData(form));
  const file = form.querySelector("[data-template-file]")?.files[0];
  form.dataset.clientId ??= uuid();
  if (form.matches(".is-sending")) return;
  form.classList.add("is-sending");
  try {
    if (file) fields.attachment = (await upload(form.dataset.filesSrc, file).done).id;
    const words = form.querySelector("[data-preview-text]").textContent;
    if (await post(form, { ...fields, client_id: form.dataset.clientId }, words)) done(form);
  } catch (error) {
    complain(error.message);
  } finally {
    form.classList.remove("is-sending");
  }
}

// Where only templates may be sent the others are offered again.
function done(form) {
  if (!picker()?.matches(".is-fixed")) close();
  else if (form.isConnected) form.querySelector("[hx-get]").click();
}

async function offer(form) {
  const body = new FormData(form);
  const fields = { kind: "choices", identity: body.get("identity"), text: body.get("text"), label: body.get("label") ?? "", client_id: (form.dataset.clientId ??= uuid()) };
  const rows = [...form.querySelectorAll(".choice-field")].map((row) => [...row.querySelectorAll("input")].map((input) => input.value));
  form.closest("dialog").close();
  if (!(await post(form, { ...fields, choice: rows.map(([title]) => title), description: rows.map(([, words]) => words) }, fields.text))) return;
  delete form.dataset.clientId;
  form.reset();
}

document.addEventListener("submit", (event) => {
  const act = event.target.matches("[data-template-form]") ? send : event.target.matches("[data-choices]") ? offer : null;
  if (!act) return;
  event.preventDefault();
  act(event.target);
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-templates-open]")) picker()?.hidden === false ? close() : openTemplates();
  if (event.target.closest("[data-templates-close]")) close();
  if (event.target.closest("[data-use-template]")) openTemplates();
  const more = event.target.closest("[data-choices-more]");
  if (!more) return;
  more.hidden = true;
  more.closest("form").querySelectorAll("[data-choice-more]").forEach((field) => (field.hidden = false));
  more.closest("form").querySelectorAll('[name="choice"]').forEach((field) => (field.maxLength = 24));
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-template-form]");
  if (form) preview(form);
  if (!event.target.matches?.("[data-template-search]")) return;
  const words = event.target.value.trim().toLocaleLowerCase();
  for (const row of picker().querySelectorAll("[data-template-name]")) row.hidden = !row.dataset.templateName.includes(words);
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (field.matches?.("[data-composer-text]") && event.key === "/" && !field.value && openTemplates()) event.preventDefault();
  if (event.key === "Escape" && field.closest?.("[data-templates]")) close();
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.matches?.("[data-templates]:not([hidden], .is-fixed)")) detail.target.querySelector("input:not([type=hidden], [type=file])")?.focus();
});
