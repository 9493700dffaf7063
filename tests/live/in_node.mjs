// Runs the page's own modules outside of a browser, by a clock that jumps: node in_node.mjs gathering|counting|stream MODULE < scenario
import { readFileSync } from "node:fs";

const [what, module] = process.argv.slice(2);
const scenario = JSON.parse(readFileSync(0, "utf8"));
const said = [];
const timers = new Map();
const body = new EventTarget();
let now = 1_000;

globalThis.performance = { now: () => now };
Date.now = () => now;
Math.random = () => scenario.random;
globalThis.document = { body, hidden: false, querySelector: (selector) => (selector === "[data-talks]" ? body : null), addEventListener() {} };
globalThis.setTimeout = (act, wait) => {
  const timer = Symbol();
  timers.set(timer, { act, at: now + wait });
  return timer;
};
globalThis.clearTimeout = (timer) => void timers.delete(timer);

async function until(end) {
  for (;;) {
    const [next] = [...timers].sort(([, one], [, other]) => one.at - other.at);
    if (!next || next[1].at > end) break;
    timers.delete(next[0]);
    now = next[1].at;
    await next[1].act();
  }
  now = end;
}

async function gathering() {
  const { answered, keep, patience } = await import(module);
  for (const kind of ["lead", "notices", "thread", "refresh"]) {
    body.addEventListener(`live:${kind}`, ({ detail }) => said.push([Math.round(now), kind, detail.ids.length]));
  }
  for (const [at, act, value] of scenario.steps) {
    await until(1_000 + at);
    if (act === "answered") answered(value);
    else keep(value);
    said.push([Math.round(now), "patience", patience()]);
  }
  await until(now + 600_000);
}

async function counting() {
  const { answered } = await import(new URL("../live-gathering.js", module));
  await import(module);
  body.addEventListener("talks:count", () => said.push([Math.round(now), "count", 1]));
  for (const [at, act, value] of scenario.steps) {
    await until(1_000 + at);
    if (act === "answered") answered(value);
    else if (value.kind !== "notices") body.dispatchEvent(new CustomEvent(`live:${value.kind}`));
  }
  await until(now + 600_000);
}

async function stream() {
  const left = [...scenario.connections];
  globalThis.EventSource = class extends EventTarget {
    constructor(address) {
      super();
      said.push([Math.round(now), "connect", new URL(address, "http://house/").searchParams.get("token")]);
      if (!left.length) return;
      const [ready, lasts] = left.shift();
      if (ready) setTimeout(() => this.dispatchEvent(Object.assign(new Event("ready"), { lastEventId: "" })), 0);
      setTimeout(() => this.onerror(), lasts);
    }
    close() {}
  };
  let tokens = 0;
  globalThis.fetch = async () => {
    said.push([Math.round(now), "fetch", null]);
    return { ok: true, status: 200, type: "basic", json: async () => ({ token: `fetched ${++tokens}` }) };
  };
  const { LiveStream } = await import(module);
  new LiveStream({ address: "http://house/live", token: "the page's", since: "1000", renew: "/renew" }, () => {});
  await until(now + 3_600_000);
}

await { gathering, counting, stream }[what]();
process.stdout.write(JSON.stringify(said));
