// What one does with a single message: its menu, and a picture seen large. Both are made once, of a template of the page.
import { reply } from "./composing.js";

let open = null; // the message whose menu is open

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-message-menu]");
  if (opener) {
    open = opener.closest("[data-message]");
    const menu = document.getElementById("message-menu");
    menu.querySelector("[data-act=detail]").setAttribute("hx-get", opener.dataset.detail);
    menu.querySelector("[data-act=copy]").hidden = !open.querySelector("[data-text]");
    menu.querySelector("[data-act=reply]").hidden = !open.querySelector("[data-reply]") || !document.querySelector("[data-composer-form]");
    window.htmx.process(menu);
  }
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (act === "reply") reply(open);
  if (act === "copy") copy(open.querySelector("[data-text]").innerText);
  const picture = event.target.closest("[data-lightbox]");
  if (!picture || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  show(picture);
});

async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
  document.body.append(field);
  field.select();
  document.execCommand("copy"); // without https browsers only have the old way
  field.remove();
  return null;
}

function show(picture) {
  const box = document.getElementById("lightbox");
  const [image, link] = [box.querySelector("img"), box.querySelector("a")];
  image.src = picture.href;
  image.alt = picture.querySelector("img").alt;
  Object.assign(link, { href: picture.href, download: picture.dataset.name });
  box.showModal();
}

// Arrows go to the picture before and after.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("lightbox");
  if (!box?.open || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const all = [...document.querySelectorAll("[data-thread] [data-lightbox]")];
  const at = all.findIndex((one) => one.href === box.querySelector("img").src);
  const next = all[at + (event.key === "ArrowRight" ? 1 : -1)];
  if (next) {
    box.close();
    show(next);
  }
});
