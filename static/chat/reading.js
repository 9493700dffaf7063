// What comes: fetched when a signal says so, drawn, and acknowledged. What is open and looked at counts as seen.

const TYPING = 6_000; // ms until nobody types any more

export class Reading {
  constructor(server, log, outside, { box, older, typing }) {
    Object.assign(this, { server, log, outside, box, older, typing, isOpen: !outside.isFramed });
    document.addEventListener("visibilitychange", () => this.acknowledge());
  }

  hear(kind) {
    if (kind !== "typing") return void this.fetch().catch(ignore);
    this.show(true);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.show(false), TYPING);
  }

  async fetch() {
    this.fetching ??= this.server.ask("GET", "messages/").finally(() => (this.fetching = undefined));
    const newest = await this.fetching;
    const isNew = ({ id }) => !this.log.messages.has(id);
    if (newest.messages.some((message) => !message.mine && isNew(message))) this.show(false);
    if (newest.messages.length && newest.messages.every(isNew)) this.log.forget(); // more was said than one page
    this.take(newest);
  }

  take(page) {
    this.log.merge(page);
    if (this.log.known.length === page.messages.length) this.older.hidden = !page.older;
    this.acknowledge();
  }

  async earlier() {
    const height = this.box.scrollHeight;
    const before = await this.server.ask("GET", `messages/?before=${this.log.known[0].id}`);
    this.log.merge(before);
    this.older.hidden = !before.older;
    this.box.scrollTop += this.box.scrollHeight - height;
  }

  // Tells the server what came and what was seen, and the site how much is unread.
  acknowledge() {
    const news = this.log.known.filter(({ mine, state }) => !mine && state !== "read");
    const isSeen = this.isOpen && !document.hidden;
    this.outside.say("unread", { count: isSeen ? 0 : news.length });
    const state = isSeen ? "read" : "delivered";
    const fresh = news.filter((message) => message.state !== state);
    if (!fresh.length) return;
    fresh.forEach((message) => (message.state = state));
    this.server.ask("POST", "receipts/", { [state]: Math.max(...fresh.map(({ id }) => id)) }).catch(ignore);
  }

  show(typing) {
    const end = this.log.isAtEnd();
    this.typing.hidden = !typing;
    if (end) this.log.toEnd();
  }
}

export function ignore() {} // the next signal, or the next look at the page, asks again
