// "This browser" in the settings of notifications: what it can, what is allowed, and the buttons that change it.
import { fieldsOf, post } from "./bell.js";

const place = document.querySelector("[data-push]");
const { pushKey, pushWorker, pushSubscribe, pushRemove } = place.dataset;
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function show(state) {
  place.querySelectorAll("[data-push-state]").forEach((one) => (one.hidden = one.dataset.pushState !== state));
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker?.pushManager.getSubscription() ?? null;
}

async function look() {
  if (!able) show("unsupported");
  else if (Notification.permission === "denied") show("denied");
  else show((await subscription()) && Notification.permission === "granted" ? "on" : "off");
}

async function allow() {
  if ((await Notification.requestPermission()) !== "granted") return look();
  try {
    await navigator.serviceWorker.register(pushWorker, { scope: "/" });
    const worker = await navigator.serviceWorker.ready;
    await (await subscription())?.unsubscribe(); // it may be bound to another key of ours
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
    const answer = await post(pushSubscribe, fieldsOf(made));
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    return show("failed");
  }
  return changed();
}

async function refuse() {
  const one = await subscription();
  if (one) {
    await post(pushRemove, { endpoint: one.endpoint });
    await one.unsubscribe();
  }
  return changed();
}

async function changed() {
  await look();
  document.body.dispatchEvent(new CustomEvent("push-changed"));
}

document.addEventListener("click", async ({ target }) => {
  if (target.closest("[data-push-on]")) allow();
  if (target.closest("[data-push-off]")) refuse();
  const forget = target.closest("[data-push-forget]");
  if (forget) {
    await post(pushRemove, { pk: forget.dataset.pushForget });
    changed();
  }
});
look();
