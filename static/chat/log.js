// The conversation: what is known of it, in order, and only what changed drawn anew.

import { Bubbles, sameDay } from "./bubble.js";

const GROUPED = 5 * 60_000; // ms within which messages of one side stand together

export class Log {
  constructor(root, options) {
    this.root = root;
    this.bubbles = new Bubbles({ ...options, loaded: () => this.isAtEnd(400) && this.toEnd() });
    this.messages = new Map(); // id, or key while it is on its way → message
    this.drawn = new Map(); // the same → its element and what it shows
    this.seen = 0;
  }

  get list() {
    return [...this.messages.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : (a.id ?? Infinity) - (b.id ?? Infinity)));
  }

  get known() {
    return this.list.filter((message) => message.id);
  }

  // What the server gave, into what is there; what was on its way gives way to what arrived.
  merge({ messages, seen }) {
    for (const message of messages) {
      const pending = message.key && this.messages.get(message.key);
      if (pending) this.drop(message.key);
      this.messages.set(message.id, message);
    }
    this.seen = Math.max(this.seen, seen ?? 0);
    this.draw();
  }

  put(message) {
    this.messages.set(message.id ?? message.key, message);
    this.draw();
  }

  // What is on its way stays.
  forget() {
    [...this.messages.keys()].filter(Number.isInteger).forEach((key) => this.drop(key));
    this.draw();
  }

  drop(key) {
    this.messages.delete(key);
    this.drawn.get(key)?.element.remove();
    this.drawn.delete(key);
  }

  // Only what changed is drawn anew, so that a screen reader says each message once, and nothing jumps.
  draw() {
    const end = this.isAtEnd();
    let last;
    let place = this.root.firstElementChild;
    for (const message of this.list) {
      const key = message.id ?? message.key;
      const day = last && sameDay(last.at, message.at) ? "" : this.bubbles.day(message.at);
      const first = Boolean(day) || last.mine !== message.mine || last.by !== message.by || new Date(message.at) - new Date(last.at) > GROUPED;
      const seen = Boolean(message.mine && message.id <= this.seen);
      const shows = JSON.stringify([message, day, first, seen]);
      let there = this.drawn.get(key);
      if (there?.shows !== shows) {
        const made = this.bubbles.draw(message, day, first, seen);
        if (there) there.element.replaceWith(made);
        if (there?.element === place) place = made;
        there = { element: made, shows };
        this.drawn.set(key, there);
      }
      if (there.element === place) place = place.nextElementSibling;
      else this.root.insertBefore(there.element, place);
      last = message;
    }
    if (end) this.toEnd();
  }

  isAtEnd(slack = 80) {
    const box = this.root.parentElement;
    return box.scrollHeight - box.scrollTop - box.clientHeight < slack;
  }

  toEnd() {
    this.root.parentElement.scrollTop = this.root.parentElement.scrollHeight;
  }
}
