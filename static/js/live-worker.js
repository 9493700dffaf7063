// A SharedWorker: all pages of this browser share one stream for each workspace and session they show.
// A page says "join" when it comes and "leave" when it goes; one that crashed is found out by a roll-call.

import { LiveStream } from "./live-stream.js";

const ROLL_CALL = 120_000;
const PATIENCE = 10_000; // hidden pages answer late

const shared = new Map(); // key → { stream, ports }

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.type === "join") join(port, data);
    if (data.type === "here") stay(port, data);
    if (data.type === "leave") leave(port, data.key);
  };
};

function join(port, page) {
  let group = shared.get(page.key);
  if (!group) {
    group = { ports: new Set() };
    shared.set(page.key, group);
    group.stream = new LiveStream(page, (message) => announce(page.key, group, message));
  } else if (page.since && !group.ports.has(port)) {
    for (const message of group.stream.missed(Number(page.since))) port.postMessage(message);
  }
  group.ports.add(port);
  port.postMessage({ type: "state", open: group.stream.open });
}

function stay(port, page) {
  if (shared.has(page.key)) shared.get(page.key).ports.add(port);
  else join(port, page); // given up as crashed, and back
}

function leave(port, key) {
  const group = shared.get(key);
  group?.ports.delete(port);
  if (group && !group.ports.size) {
    group.stream.close();
    shared.delete(key);
  }
}

function announce(key, group, message) {
  for (const port of group.ports) port.postMessage(message);
  if (message.type === "end") shared.delete(key);
}

setInterval(() => {
  for (const [key, group] of shared) {
    const called = [...group.ports];
    group.ports = new Set();
    called.forEach((port) => port.postMessage({ type: "roll-call" }));
    setTimeout(() => {
      if (!group.ports.size && shared.get(key) === group) {
        group.stream.close();
        shared.delete(key);
      }
    }, PATIENCE);
  }
}, ROLL_CALL);
