/* A voice message: play, pause, and a wave that fills. */
import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./words.js";

const BARS = 30;
let playing = null;

export function voice(address, message) {
  const audio = new Audio(address);
  audio.preload = "none";
  const wave = h("span", { class: "wave", "aria-hidden": "true" }, bars(message.id));
  const button = h("button", { "aria-label": t("play"), onclick: () => toggle(audio, message) }, icon("play"));
  const show = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(audio.paused ? "play" : "pause"));
  };
  audio.addEventListener("play", show);
  audio.addEventListener("pause", show);
  audio.addEventListener("ended", () => {
    fill(wave, 0);
    show();
  });
  audio.addEventListener("timeupdate", () =>
    fill(wave, audio.currentTime / (Number.isFinite(audio.duration) ? audio.duration : 4)),
  );
  return h("div", { class: "voice" }, button, wave);
}

function toggle(audio, message) {
  if (!audio.paused) return audio.pause();
  playing?.pause();
  playing = audio;
  audio.play();
  if (message.origin === "business" && message.status !== "played") post("play", { customer: message.customer_id, message: message.id });
}

function fill(wave, share) {
  [...wave.children].forEach((bar, index) => bar.classList.toggle("heard", index < share * BARS));
}

/* The same message always looks the same. */
function bars(id) {
  let seed = [...id].reduce((sum, sign) => (sum * 33 + sign.charCodeAt(0)) % 9973, 7);
  return Array.from({ length: BARS }, (_, index) => {
    seed = (seed * 75 + 74) % 65537;
    const bar = h("i");
    bar.style.height = `${Math.round(18 + 72 * (seed / 65537) * Math.sin((Math.PI * (index + 1.5)) / (BARS + 2)))}%`;
    return bar;
  });
}
