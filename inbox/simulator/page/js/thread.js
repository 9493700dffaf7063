/* The bubbles of one conversation: all at first, then one by one. */
import { bubble, signature } from "./bubble.js";
import { h } from "./dom.js";
import { isTyping, onPhone, shown, talk } from "./state.js";
import { day, t } from "./words.js";

const NEAR = 120;
const FOLLOWS = 300;

export function fill(scroll, messages) {
  let before = null;
  const parts = [];
  for (const message of messages) {
    if (!before || day(before.at) !== day(message.at)) parts.push(h("div", { class: "day" }, day(message.at)));
    parts.push(bubble(message, follows(before, message)));
    before = message;
  }
  scroll.replaceChildren(...parts);
}

const follows = (before, message) => Boolean(before && before.origin === message.origin && message.at - before.at < FOLLOWS);

/* A message came or changed: its bubble alone is drawn. */
export function place(screen, message) {
  const scroll = screen.querySelector(".scroll");
  if (!scroll || !onPhone(message)) return;
  const old = scroll.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  if (old && old.dataset.signature === signature(message)) return;
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  if (old) old.replaceWith(bubble(message, old.classList.contains("follows")));
  else {
    screen.querySelector(".empty")?.remove();
    screen.querySelector(".starters")?.remove();
    const before = shown(talk())
      .filter((one) => one.at < message.at && one.id !== message.id)
      .at(-1);
    if (!before || day(before.at) !== day(message.at)) scroll.append(h("div", { class: "day" }, day(message.at)));
    const made = bubble(message, follows(before, message));
    made.classList.add("arrives");
    const after = before && scroll.querySelector(`[data-id="${CSS.escape(before.id)}"]`);
    if (after) after.after(made);
    else scroll.append(made);
  }
  typing(screen);
  if (atEnd || message.origin === "customer") bottom(screen);
}

export function typing(screen) {
  const small = screen?.querySelector(".chat-head small");
  if (!small) return;
  const busy = isTyping();
  small.textContent = t(busy ? "typing" : "online");
  small.classList.toggle("typing", busy);
  const scroll = screen.querySelector(".scroll");
  scroll.querySelector(".bubble.busy")?.remove();
  if (busy) {
    scroll.append(
      h("div", { class: "bubble theirs busy", "aria-hidden": "true" }, h("div", { class: "dots" }, h("i"), h("i"), h("i"))),
    );
    bottom(screen);
  }
}

export function bottom(screen) {
  const scroll = screen.querySelector(".scroll");
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}
