// The bell: its number in the title, what is clicked is seen, a line or a sound where they are wanted; and a browser
// that tells its person things goes on doing so after a new log-in.
import { toast } from "./toast.js";

const COUNTED = /^\(\d+\+?\) /;
const bell = document.getElementById("bell");

function retitle() {
  const number = Number(document.getElementById("bell-count")?.dataset.bellCount ?? 0);
  const bare = document.title.replace(COUNTED, "");
  const title = number ? `(${number > 99 ? "99+" : number}) ${bare}` : bare;
  if (title !== document.title) document.title = title;
}

if (bell) {
  new MutationObserver(retitle).observe(bell, { childList: true });
  new MutationObserver(retitle).observe(document.querySelector("title"), { childList: true }); // htmx writes it, too
  keep();
  arrive();
}

export function post(address, fields = {}, options = {}) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return fetch(address, { method: "POST", body: new URLSearchParams(fields), headers, ...options });
}

// A plain link, so that it opens wherever one wants; that it was seen is told beside it.
function see(event) {
  const link = event.target.closest?.("a[data-seen]");
  if (!link || (event.type === "auxclick" && event.button !== 1)) return;
  post(link.dataset.seen, {}, { keepalive: true });
  link.classList.remove("is-unseen");
}
document.addEventListener("click", see);
document.addEventListener("auxclick", see);

document.addEventListener("notice", ({ detail }) => {
  const { text, label, href, line, sound } = detail;
  if (document.hidden || new URL(href, location.href).pathname === location.pathname) return;
  if (line) toast({ text, link: { label, href } });
  if (sound) chime();
});

// Two short tones; silent where the browser wants a click first.
function chime() {
  const audio = new AudioContext();
  [660, 880].forEach((frequency, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const begins = audio.currentTime + index * 0.12;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.08, begins);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.3);
  });
  setTimeout(() => audio.close(), 1_000);
}

// Who came by a notification of the browser, or by a mail, has seen what they came for: the address says which.
function arrive() {
  const [mark, pk] = location.hash.match(/^#notice-(\d+)$/) ?? [];
  if (!mark) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  post(`${bell.dataset.notices}${pk}/seen/`);
}

// Once a tab: what this person allowed here is bound to the session they have now.
async function keep() {
  if (!("serviceWorker" in navigator) || globalThis.Notification?.permission !== "granted") return;
  if (sessionStorage.getItem("cauce-browser")) return;
  sessionStorage.setItem("cauce-browser", "kept");
  const worker = await navigator.serviceWorker.getRegistration("/");
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) await post(bell.dataset.keepBrowser, { ...fieldsOf(subscription), again: "1" });
}

export function fieldsOf(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, ...keys };
}
