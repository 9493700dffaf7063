// Menus: popovers placed beside the button that opened them, walked by arrow keys and first letters.

const GAP = 4;
const EDGE = 8;
const openers = new WeakMap();

const items = (menu) => [...menu.querySelectorAll('[role^="menuitem"]:not(:disabled)')].filter((item) => item.offsetParent !== null || item.getClientRects().length);

function place(menu) {
  const box = openers.get(menu)?.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const limit = (value, most) => Math.max(EDGE, Math.min(value, most));
  if (!box?.width) {
    menu.style.left = `${limit((innerWidth - width) / 2, innerWidth)}px`;
    menu.style.top = `${innerHeight - height - EDGE * 2}px`;
    return;
  }
  const rtl = getComputedStyle(menu).direction === "rtl";
  const atStart = (menu.dataset.align === "start") !== rtl;
  const left = atStart ? box.left : box.right - width;
  const below = box.bottom + GAP + height <= innerHeight - EDGE;
  const top = below || box.top < height + GAP + EDGE ? box.bottom + GAP : box.top - GAP - height;
  menu.style.left = `${limit(left, innerWidth - width - EDGE)}px`;
  menu.style.top = `${limit(top, innerHeight - height - EDGE)}px`;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[popovertarget]");
  const menu = opener && document.getElementById(opener.getAttribute("popovertarget"));
  if (menu?.matches("[data-menu]")) openers.set(menu, opener);
  const item = event.target.closest('[data-menu] [role^="menuitem"]');
  if (item && item.type !== "submit") item.closest("[popover]").hidePopover();
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("[data-menu]")) return;
  const open = event.newState === "open";
  openers.get(menu)?.setAttribute("aria-expanded", String(open));
  if (!open) return;
  place(menu);
  menu.dispatchEvent(new CustomEvent("menu:open", { bubbles: true }));
  items(menu)[0]?.focus({ focusVisible: false });
}, true);

document.addEventListener("htmx:afterSettle", (event) => {
  const menu = event.detail.target?.closest?.("[data-menu]");
  if (!menu?.matches(":popover-open")) return;
  place(menu);
  items(menu)[0]?.focus({ focusVisible: false });
});
addEventListener("resize", () => document.querySelectorAll("[data-menu]:popover-open").forEach(place));

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.('[data-menu][role="menu"]:popover-open');
  if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
  if (event.key in steps && all.length) {
    event.preventDefault();
    all.at(steps[event.key] % all.length).focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key.length === 1 && /\S/.test(event.key)) {
    const letter = event.key.toLocaleLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    order.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
});
