// When what was heard is said. Signals are gathered for a moment; those that come with every message of a busy house wait
// longer where many pages are open, so that all together ask no more often however many they are. How long is said by the
// live process, which knows: see docs/live.md.

const GATHER = 300; // ms; as much again at random, so that not all pages fetch at once
const MOST = 500; // signals that wait, in a tab that nobody sees for hours: more of them is everything
const PATIENCE = 20; // times as long as an answer took, until the next is asked for: a house with much to do is asked less
const LONGEST = 20_000;
const QUICK = 200; // ms: who answers so soon has little to do
const CALM = new Set(["lead", "notices"]); // what every message brings
const AT_ONCE = new Set(["notices"]); // also in a tab that nobody sees: its title tells

const { body } = document;
const gathered = new Map();
let timer;
let rings = Infinity; // when it does, by performance.now()
let calmUntil = 0; // what is calm is not said before
let stopped = false;
let took = [0, 0]; // ms until the last two answers came: one slow one says nothing yet

export const answered = (ms) => (took = [took[1], ms]);
export function patience() {
  const least = Math.min(...took);
  return least < QUICK ? 0 : Math.min(LONGEST, least * PATIENCE);
}

// Pages that were told something together, and waited as long for its answer, do not ask together again.
export const uneven = () => 0.75 + Math.random() / 2;

document.addEventListener("htmx:beforeSend", ({ detail }) => (detail.xhr.sentAt = performance.now()));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "get" && detail.xhr.sentAt) answered(performance.now() - detail.xhr.sentAt);
});

export function keep(message) {
  const { kind, ids } = message;
  gathered.set(`${kind} ${JSON.stringify(ids)}`, { ...message, isCalm: CALM.has(kind) && !isNear(kind, ids) });
  if (gathered.size > MOST) {
    gathered.clear();
    gathered.set("refresh {}", { kind: "refresh", ids: {} });
  }
  gather();
}

// A fragment in this page waits for just this one: whoever looks at it sees it at once.
const isNear = (kind, { id }) => id !== undefined && document.querySelector(`[hx-trigger*="live:${kind}:${id} "]`) !== null;
const sayable = () => [...gathered].filter(([, { kind }]) => !document.hidden || AT_ONCE.has(kind));
const isDue = ({ isCalm }) => !isCalm || performance.now() >= calmUntil;

export function gather() {
  const waiting = sayable().map(([, message]) => message);
  if (stopped || !waiting.length) return;
  const now = performance.now();
  const due = waiting.filter(isDue);
  const isUrgent = due.some(({ isCalm }) => !isCalm);
  const spread = isUrgent ? 0 : Math.max(0, ...due.map((message) => message.spread ?? 0));
  const pause = GATHER + Math.random() * Math.max(GATHER, spread);
  const at = now + Math.max(pause, due.length ? 0 : calmUntil - now);
  if (at >= rings || (rings < Infinity && !isUrgent)) return; // it rings soon enough
  clearTimeout(timer);
  rings = at;
  timer = setTimeout(dispatch, at - now);
}

export function stop() {
  stopped = true;
  clearTimeout(timer);
}

// One event a kind, with the ids of all its signals; one more for each id, for fragments about one thing. To load anew is
// everything: what waits beside it is in what is fetched then.
function dispatch() {
  rings = Infinity;
  const due = sayable().filter(([, message]) => isDue(message));
  const anew = due.filter(([, { kind }]) => kind === "refresh");
  const past = anew.length ? [...gathered] : due;
  const kinds = new Map();
  for (const [, { kind, ids }] of anew.length ? anew : due) kinds.set(kind, [...(kinds.get(kind) ?? []), ids]);
  for (const [what] of past) gathered.delete(what);
  rest(past.map(([, message]) => message).filter(({ isCalm }) => isCalm));
  for (const [kind, ids] of kinds) {
    say(`live:${kind}`, { ids });
    for (const { id } of ids) if (id !== undefined) say(`live:${kind}:${id}`, { ids: [{ id }] });
  }
  gather();
}

function rest(calm) {
  const longest = Math.max(patience(), ...calm.map((message) => message.rest ?? 0));
  if (calm.length) calmUntil = performance.now() + longest * uneven();
}

function say(name, detail) {
  body.dispatchEvent(new CustomEvent(name, { detail }));
}
