/* Whether Cauce takes what the phones send: one line for all apps. */
import { h } from "./dom.js";
import { on, say, state } from "./state.js";
import { t } from "./words.js";

export function link() {
  const button = h("button", { class: "link", "aria-live": "polite", onclick: () => say("panel") }, h("i"), h("span"));
  for (const kind of ["link", "loaded"]) on(kind, () => draw(button));
  return button;
}

function draw(button) {
  const links = [...state.apps.values()].map((one) => one.link);
  const waiting = links.reduce((sum, one) => sum + one.waiting, 0);
  const taken = links.some((one) => one.taken);
  const words = state.lost
    ? t("gone")
    : !links.some((one) => one.callback)
      ? t("linkNone")
      : waiting > 0
        ? t(waiting === 1 ? "linkWaitingOne" : "linkWaiting", { n: waiting })
        : t(taken ? "linkGood" : "linkIdle");
  button.dataset.state = state.lost || waiting > 0 ? "waiting" : taken ? "good" : "none";
  button.lastChild.textContent = words;
}
