// Live signals in a page: gathers them, then says `live:<kind>` (and `live:<kind>:<id>`) on the body, where
// fragments wait with hx-trigger="live:people from:body, live:refresh from:body". See docs/live.md.
import "./board.js";
import { gather, keep, stop } from "./live-gathering.js";

const LATE = 5_000; // ms without a stream until the page says so

const { body } = document;
const { liveToken, liveSince, liveKey, liveRenew, livePath, livePort, liveWorker } = body.dataset;
const address = new URL(livePath ?? "", location.href);
if (livePort) address.port = livePort;
const renew = new URL(liveRenew ?? "", location.href).href;
const page = { key: liveKey, token: liveToken, since: liveSince, address: address.href, renew };

let late;
let owed; // a refresh whose turn comes
let send = () => {};

if (liveToken) start();

async function start() {
  if ("SharedWorker" in window) {
    const { port } = new SharedWorker(liveWorker, { type: "module", name: "cauce-live" });
    port.onmessage = ({ data }) => hear(data);
    send = (type) => port.postMessage({ ...page, type });
    send("join");
    addEventListener("pagehide", () => send("leave"));
    addEventListener("pageshow", ({ persisted }) => persisted && comeBack());
  } else {
    const { LiveStream } = await import("./live-stream.js");
    new LiveStream(page, hear);
  }
  document.addEventListener("visibilitychange", () => document.hidden || gather());
}

function hear(message) {
  if (message.type === "signal") keep(message);
  if (message.type === "refresh") owe(message.after ?? 0);
  if (message.type === "state") show(message.open);
  if (message.type === "end") leave();
  if (message.type === "roll-call") send("here");
}

// The next request says why: log-in, 404, or the page as it is now. Never in a tight loop. No fragment is fetched any
// more: its answer may be a refusal, shown for a moment before the page goes.
function leave() {
  stop();
  const young = Math.max(0, 3_000 - performance.now());
  setTimeout(() => location.reload(), young + Math.random() * 500);
}

function comeBack() {
  send("join");
  hear({ type: "refresh" });
}

// All pages are told to load anew at once, each when: what is fetched then makes up for all that was missed before.
function owe(wait) {
  owed ??= setTimeout(() => {
    owed = undefined;
    keep({ kind: "refresh", ids: {} });
  }, wait);
}

function show(open) {
  if (!open) {
    late ??= setTimeout(() => (body.dataset.liveState = "reconnecting"), LATE);
    return;
  }
  late = clearTimeout(late);
  body.dataset.liveState = "open";
}
