// Live signals in a page: gathers them, then says `live:<kind>` (and `live:<kind>:<id>`) on the body, where
// fragments wait with hx-trigger="live:people from:body, live:refresh from:body". See docs/live.md.
import "./board.js";

const GATHER = 300; // ms; as much again at random, so that not all pages fetch at once
const AT_ONCE = new Set(["notices"]); // also in a tab that nobody sees: its title tells
const LATE = 5_000; // ms without a stream until the page says so

const { body } = document;
const { liveToken, liveSince, liveKey, liveRenew, livePath, livePort, liveWorker } = body.dataset;
const address = new URL(livePath ?? "", location.href);
if (livePort) address.port = livePort;
const renew = new URL(liveRenew ?? "", location.href).href;
const page = { key: liveKey, token: liveToken, since: liveSince, address: address.href, renew };

const gathered = new Map();
let gathering;
let late;
let leaving = false;
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
  if (message.type === "signal") keep(`${message.kind} ${JSON.stringify(message.ids)}`, message);
  if (message.type === "refresh") keep("refresh", { kind: "refresh", ids: {} });
  if (message.type === "state") show(message.open);
  if (message.type === "end") leave();
  if (message.type === "roll-call") send("here");
}

// The next request says why: log-in, 404, or the page as it is now. Never in a tight loop. No fragment is fetched any
// more: its answer may be a refusal, shown for a moment before the page goes.
function leave() {
  leaving = true;
  clearTimeout(gathering);
  const young = Math.max(0, 3_000 - performance.now());
  setTimeout(() => location.reload(), young + Math.random() * 500);
}

function comeBack() {
  send("join");
  hear({ type: "refresh" });
}

function keep(what, message) {
  gathered.set(what, message);
  gather();
}

function gather() {
  if (leaving || gathering || !sayable().length) return;
  gathering = setTimeout(dispatch, GATHER * (1 + Math.random()));
}

const sayable = () => [...gathered].filter(([, { kind }]) => !document.hidden || AT_ONCE.has(kind));

// One event a kind, with the ids of all its signals; one more for each id, for fragments about one thing.
function dispatch() {
  gathering = undefined;
  const kinds = new Map();
  for (const [what, { kind, ids }] of sayable()) {
    kinds.set(kind, [...(kinds.get(kind) ?? []), ids]);
    gathered.delete(what);
  }
  for (const [kind, ids] of kinds) {
    say(`live:${kind}`, { ids });
    for (const { id } of ids) if (id !== undefined) say(`live:${kind}:${id}`, { ids: [{ id }] });
  }
}

function say(name, detail) {
  body.dispatchEvent(new CustomEvent(name, { detail }));
}

function show(open) {
  if (!open) {
    late ??= setTimeout(() => (body.dataset.liveState = "reconnecting"), LATE);
    return;
  }
  late = clearTimeout(late);
  body.dataset.liveState = "open";
}
