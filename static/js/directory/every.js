// "Choose the 41,230 that match": then the form says `all` with what the list is narrowed by, and no lead's number.
import { boxes, choose, chosen } from "./choosing.js";

const part = (name) => document.querySelector(`[data-directory] [${name}]`);
const every = () => part("data-chosen-all");
const words = (count) => {
  const { dataset } = part("data-choose-every");
  return count ? dataset.words.replace("{count}", count) : dataset.wordsUnknown;
};

function say() {
  const button = part("data-choose-every");
  if (!button) return;
  const count = part("data-total")?.dataset.total ?? "";
  const on = !every().disabled;
  button.textContent = words(count);
  button.hidden = on;
  const word = part("data-chosen-word");
  word.textContent = on ? word.dataset.chosenEvery : word.dataset.chosenWord;
  if (on && count) part("data-chosen-count").textContent = count;
}

function turn(on) {
  if (!every()) return;
  every().disabled = !on;
  say();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-choose-every]")) return;
  choose(boxes(), true);
  turn(true);
});
// One box more or less is a choice of one's own again.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-directory] :is(input[name=lead], [data-pick-all], [data-choose-none])")) turn(false);
}, true);
// Nor does it last longer than what was ticked: leads that went meanwhile.
document.addEventListener("directory:chosen", () => (chosen().length ? say() : turn(false)));
document.addEventListener("htmx:afterSettle", ({ detail }) => detail.target?.id === "directory-count" && say());
// Where all are meant, what is ticked is not sent.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.closest?.("[data-chosen-bar]") && detail.parameters.all === "1") delete detail.parameters.lead;
});
