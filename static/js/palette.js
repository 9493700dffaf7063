// The command palette: Ctrl/⌘ K, arrows, Enter. The server finds; this file only walks, and remembers what was opened.

const KEPT = 5;
const dialog = document.querySelector("[data-palette]");
const input = dialog?.querySelector("input");
const results = document.getElementById("palette-results");

const options = () => [...results.querySelectorAll('[role="option"]')];
const key = () => `palette:${results.dataset.recentKey}`;

function recent() {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "[]");
  } catch {
    return []; // storage is off or holds something else: then nothing is recent
  }
}

function remember(option) {
  const one = {
    href: option.getAttribute("href"),
    label: option.querySelector(".palette-label").textContent,
    icon: option.querySelector("use").getAttribute("href"),
  };
  const rest = recent().filter((other) => other.href !== one.href);
  try {
    localStorage.setItem(key(), JSON.stringify([one, ...rest].slice(0, KEPT)));
  } catch {
    // storage is off: the palette works without a memory
  }
}

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

// Above the places, while nothing is typed: what was opened last, made of copies of an option.
function showRecent() {
  const first = results.querySelector(".palette-group");
  const known = recent();
  if (input.value.trim() || !first || !known.length) return;
  const group = first.cloneNode(true);
  const [pattern] = group.querySelectorAll('[role="option"]');
  group.setAttribute("aria-label", results.dataset.recentLabel);
  group.querySelector(".palette-heading").textContent = results.dataset.recentLabel;
  group.querySelectorAll('[role="option"]').forEach((option) => option.remove());
  known.forEach((one, place) => {
    const option = pattern.cloneNode(true);
    option.id = `palette-recent-${place}`;
    option.setAttribute("href", one.href);
    option.querySelector(".palette-label").textContent = one.label;
    option.querySelector(".palette-detail")?.remove();
    option.querySelector("use").setAttribute("href", one.icon);
    group.append(option);
  });
  results.prepend(group);
}

export function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  input.focus();
  input.dispatchEvent(new CustomEvent("palette:open", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-open]")) open();
  const option = event.target.closest("#palette-results [role=option]");
  if (option) remember(option);
});

results?.addEventListener("htmx:afterSwap", () => {
  showRecent();
  select(options()[0]);
});

input?.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (all.length) select(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    all[at]?.click();
  }
});
