// Keys of the directory: j k from lead to lead, x chooses, Shift x up to it, Esc none; Enter opens, as on any link.
import { boxes, choose, chosen, turn } from "./choosing.js";

const links = () => [...document.querySelectorAll("[data-directory] .directory-name")];
const free = (event) => !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog"));
const covered = () => document.querySelector("dialog:modal, [popover]:popover-open:not(#toasts)");

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-directory]") || covered() || !free(event)) return;
  if (event.key === "Escape" && chosen().length) choose(boxes(), false);
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") step(event, key === "j" ? 1 : -1);
  if (key !== "x") return;
  const box = document.activeElement?.closest?.("[data-lead]")?.querySelector("input[name=lead]");
  if (!box) return;
  event.preventDefault();
  turn(box, event.shiftKey, event.shiftKey || undefined);
});

function step(event, by) {
  const all = links();
  const at = all.indexOf(document.activeElement?.closest?.("[data-lead]")?.querySelector(".directory-name"));
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
