// The page in the frame: who the visitor is, and everything around the conversation.

import { Composer } from "./composer.js";
import { availability } from "./hours.js";
import { Log } from "./log.js";
import { Outbox, packed } from "./outbox.js";
import { Outside } from "./outside.js";
import { ignore, Reading } from "./reading.js";
import { Server } from "./server.js";
import { Stream } from "./stream.js";

const config = JSON.parse(document.body.dataset.chat);
const { words } = config;
const find = (name) => document.getElementById(name);
const [box, form, ask, older, notice, typing] = ["log", "composer", "ask", "older", "notice", "typing"].map(find);
let begun, claims, page;

const server = new Server(config.token, (visitor) => outside.say("keep", { visitor }));
const log = new Log(find("messages"), { ...config, retry: (message) => outbox.deliver(message) });
const outbox = new Outbox(log, send, explain);
const outside = new Outside(config.token, {
  hello(site) {
    server.visitor ??= site.visitor;
    page = site.page;
    reading.isOpen = site.open;
    begin();
  },
  open: () => opened(true),
  close: () => opened(false),
  identify,
  reset: forget,
});
const reading = new Reading(server, log, outside, { box, older, typing });
const stream = new Stream(config, async () => (await server.ask("GET", "ticket/")).ticket, (kind) => reading.hear(kind));
new Composer(form, {
  ...config,
  refuse: say,
  send: ({ text, file }) => outbox.write(text, file),
  type: () => log.known.length && server.ask("POST", "typing/").catch(ignore),
});

ask?.addEventListener("submit", answered);
older.addEventListener("click", () => attempt(() => reading.earlier()));
find("close").addEventListener("click", () => outside.say("close"));
addEventListener("keydown", (event) => event.key === "Escape" && outside.say("close"));
document.body.classList.toggle("framed", outside.isFramed && !config.preview);
if (!outside.isFramed) begin();

function begin() {
  return (begun ??= attempt(async () => take(await server.ask("POST", "start/", {}))));
}

// What the server says at the start, and whenever the visitor becomes somebody else.
function take({ hours, ticket, ...known }) {
  find("status").textContent = availability(hours, config.language, words);
  reading.take(known);
  asking(!log.known.length && !claims);
  grow();
  if (ticket) stream.start(ticket);
}

function asking(wanted) {
  if (ask) show(ask, wanted);
  show(form, !(ask && wanted));
}

function grow() {
  const some = Boolean(log.known.length);
  outside.say("size", { tall: some });
  outside.say("known", { known: some });
}

async function send(body, file) {
  await begin();
  try {
    const answer = await server.ask("POST", "messages/", packed({ ...body, claims, page }, file));
    say("");
    log.merge({ messages: [answer.message] });
    grow();
    stream.start(answer.ticket);
  } catch (error) {
    if (ask && ["email", "phone"].includes(error.code)) asking(true); // to be mended; then it is tried again
    throw error;
  }
}

function answered(event) {
  event.preventDefault();
  claims = Object.fromEntries(new FormData(ask));
  asking(false);
  form.elements.text.focus();
}

async function identify({ identifier, hash, name, email, phone }) {
  await begin();
  const answer = await attempt(() => server.ask("POST", "identity/", { identifier, hash }));
  if (!answer) return;
  claims = { ...claims, name, email, phone };
  if (answer.messages) restart(answer);
  else asking(false);
}

function forget() {
  server.keep(null);
  claims = begun = undefined;
  restart({ messages: [] });
  begin();
}

function restart(answer) {
  stream.stop();
  log.forget();
  log.seen = 0;
  take(answer);
}

function opened(open) {
  reading.isOpen = open;
  reading.acknowledge();
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
