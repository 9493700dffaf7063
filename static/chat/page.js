// The page in the frame: who the visitor is, what was said, and everything in between.

import { Composer } from "./composer.js";
import { availability } from "./hours.js";
import { Log } from "./log.js";
import { Outbox, packed } from "./outbox.js";
import { Outside } from "./outside.js";
import { Server } from "./server.js";
import { Stream } from "./stream.js";

const config = JSON.parse(document.body.dataset.chat);
const { words } = config;
const find = (name) => document.getElementById(name);
const [box, form, ask, older, notice, typing] = ["log", "composer", "ask", "older", "notice", "typing"].map(find);

const server = new Server(config.token, (visitor) => outside.say("keep", { visitor }));
const log = new Log(find("messages"), { ...config, retry: (message) => outbox.deliver(message) });
const outbox = new Outbox(log, send, explain);
const stream = new Stream(liveAddress(), async () => (await server.ask("GET", "ticket/")).ticket, hear);
const outside = new Outside(config.token, {
  hello(site) {
    server.visitor ??= site.visitor;
    page = site.page;
    isOpen = site.open;
    begin();
  },
  open: () => opened(true),
  close: () => opened(false),
  identify,
  reset: forget,
});
new Composer(form, {
  ...config,
  refuse: say,
  send: ({ text, file }) => outbox.write(text, file),
  type: () => log.known.length && server.ask("POST", "typing/").catch(ignore),
});

let isOpen = !outside.isFramed;
let begun, claims, page, syncing, quiet;

ask?.addEventListener("submit", answered);
older.addEventListener("click", readOlder);
find("close").addEventListener("click", () => outside.say("close"));
addEventListener("keydown", (event) => event.key === "Escape" && outside.say("close"));
document.addEventListener("visibilitychange", received);
document.body.classList.toggle("framed", outside.isFramed);
if (!outside.isFramed && !config.preview) begin();

function begin() {
  return (begun ??= attempt(async () => take(await server.ask("POST", "start/", {}))));
}

// What the server says at the start, and whenever the visitor becomes somebody else.
function take({ hours, ticket, ...known }) {
  find("status").textContent = availability(hours, config.language, words);
  log.merge(known);
  older.hidden = !known.older;
  const asks = Boolean(ask && !log.known.length && !claims);
  if (ask) show(ask, asks);
  show(form, !asks);
  grow();
  if (ticket) stream.start(ticket);
  received();
}

function grow() {
  const some = Boolean(log.known.length);
  outside.say("size", { tall: some });
  outside.say("known", { known: some });
}

async function send(body, file) {
  await begin();
  const answer = await server.ask("POST", "messages/", packed({ ...body, claims, page }, file));
  say("");
  log.merge({ messages: [answer.message] });
  grow();
  stream.start(answer.ticket);
}

async function sync() {
  syncing ??= server.ask("GET", "messages/").finally(() => (syncing = undefined));
  const newest = await syncing;
  const isNew = ({ id }) => !log.messages.has(id);
  if (newest.messages.some((message) => !message.mine && isNew(message))) show(typing, false);
  if (newest.messages.length && newest.messages.every(isNew)) log.clear(); // more was said than one page
  log.merge(newest);
  received();
}

function hear(kind) {
  if (kind !== "typing") return void sync().catch(ignore);
  show(typing, true);
  clearTimeout(quiet);
  quiet = setTimeout(() => show(typing, false), 6_000);
}

// Tells the server what came and what was seen, and the site how much is unread.
function received() {
  const news = log.known.filter(({ mine, state }) => !mine && state !== "read");
  const isSeen = isOpen && !document.hidden;
  outside.say("unread", { count: isSeen ? 0 : news.length });
  const state = isSeen ? "read" : "delivered";
  const fresh = news.filter((message) => message.state !== state);
  if (!fresh.length) return;
  fresh.forEach((message) => (message.state = state));
  server.ask("POST", "receipts/", { [state]: Math.max(...fresh.map(({ id }) => id)) }).catch(ignore);
}

async function readOlder() {
  const height = box.scrollHeight;
  const before = await attempt(() => server.ask("GET", `messages/?before=${log.known[0].id}`));
  if (!before) return;
  log.merge(before);
  older.hidden = !before.older;
  box.scrollTop += box.scrollHeight - height;
}

function answered(event) {
  event.preventDefault();
  claims = Object.fromEntries(new FormData(ask));
  show(ask, false);
  show(form, true);
  form.elements.text.focus();
}

async function identify({ identifier, hash, name, email, phone }) {
  await begin();
  const answer = await attempt(() => server.ask("POST", "identity/", { identifier, hash }));
  if (!answer) return;
  claims = { ...claims, name, email, phone };
  if (answer.messages) restart(answer);
  else if (ask && !ask.hidden) answered(new Event("known"));
}

function forget() {
  server.keep(null);
  claims = begun = undefined;
  restart({ messages: [] });
  begin();
}

function restart(answer) {
  stream.stop();
  log.clear();
  log.seen = 0;
  take(answer);
}

function opened(open) {
  isOpen = open;
  received();
  if (!open) return;
  log.toEnd();
  (form.hidden ? ask.querySelector("input") : form.elements.text).focus();
}

async function attempt(act) {
  try {
    const answer = await act();
    say("");
    return answer;
  } catch (error) {
    begun = undefined;
    say(explain(error));
  }
}

function explain({ status, code, retry }) {
  const phrase = status === 429 ? words.slower : words[code] ?? words[status] ?? words.offline;
  return phrase.replace("{n}", Math.ceil(retry / 60));
}

function say(text) {
  notice.textContent = text;
  show(notice, Boolean(text));
}

function show(part, shown) {
  const end = log.isAtEnd();
  part.hidden = !shown;
  if (end) log.toEnd();
}

function liveAddress() {
  const address = new URL(config.live, location.href);
  if (config.livePort) address.port = config.livePort;
  return address.href;
}

function ignore() {} // the next signal, or the next look at the page, asks again
