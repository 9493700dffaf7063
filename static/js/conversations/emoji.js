// A small emoji picker: those used last, then the common ones; arrows walk, Enter puts one where the cursor is.

const KEPT = 16;
const ROW = 8;
const KEY = "emoji";
const COMMON = "😀 😄 😁 😂 🤣 😊 😇 🙂 😉 😍 🥰 😘 😋 😎 🤩 🥳 😏 😌 😴 🤔 🤗 🤭 😅 😬 🙄 😐 😢 😭 😤 😡 😱 😳 🥺 🤒 🤝 👍 👎 👏 🙌 🙏 💪 👋 ✌️ 👌 🤞 👉 👈 👆 👇 ☝️ ❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💯 🔥 ⭐ ✨ 🎉 🎁 🎂 🏆 🥇 ✅ ❌ ⚠️ ❗ ❓ ⏰ ⏳ 📅 📌 📍 📎 📝 📦 🚚 🏠 🏢 🛒 🛍️ 💳 💰 💵 🧾 📈 📉 📞 📱 💻 📷 🎥 🔗 🔒 🔑 💡 🌮 ☕ 🍕 🎵 ⚽ 🚗 ✈️ 🌎 🌞 🌧️ 🌈 🌸 🐶 🐱".split(" ");

function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").slice(0, KEPT);
  } catch {
    return []; // storage is off or holds something else: then nothing is recent
  }
}

function remember(sign) {
  try {
    localStorage.setItem(KEY, JSON.stringify([sign, ...recent().filter((other) => other !== sign)].slice(0, KEPT)));
  } catch {
    // storage is off: the picker works without a memory
  }
}

function draw(box) {
  const known = recent();
  const signs = [...known, ...COMMON.filter((sign) => !known.includes(sign))];
  box.replaceChildren(...signs.map((sign) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "emoji-choice", textContent: sign, tabIndex: -1 });
    button.dataset.emojiChoice = sign;
    return button;
  }));
  box.firstElementChild.tabIndex = 0;
}

function put(sign) {
  const field = document.querySelector("[data-composer-text]");
  field.focus();
  field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  remember(sign);
}

// Drawn before it opens: menu.js places it by its size.
document.addEventListener("beforetoggle", (event) => {
  if (event.target.matches?.("[data-emoji]") && event.newState === "open") draw(event.target);
}, true);
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-emoji]:popover-open")) event.target.firstElementChild.focus({ focusVisible: false });
}, true);
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-emoji-choice]");
  if (!choice) return;
  if (!event.shiftKey) choice.closest("[popover]").hidePopover();
  put(choice.dataset.emojiChoice);
});
document.addEventListener("keydown", (event) => {
  const choice = event.target.closest?.("[data-emoji-choice]");
  if (!choice) return;
  const all = [...choice.parentElement.children];
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ROW, ArrowUp: -ROW };
  const next = all[all.indexOf(choice) + (steps[event.key] ?? 0)];
  if (!(event.key in steps) || !next) return;
  event.preventDefault();
  next.focus();
});
