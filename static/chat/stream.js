// One stream of signals while the page is there; asking now and then where the stream is blocked. It says only that
// something changed: `hear(kind)` fetches.

const POLL = [4_000, 20_000]; // ms: while it is looked at, and not
const PATIENCE = 8_000; // until a stream that does not open counts as blocked

export class Stream {
  constructor({ live, livePort }, fetchTicket, hear) {
    Object.assign(this, { fetchTicket, hear, failures: 0, open: false });
    this.address = new URL(live, location.href);
    if (livePort) this.address.port = livePort;
    document.addEventListener("visibilitychange", () => document.hidden || this.open || this.hear("message"));
  }

  start(ticket) {
    if (this.source || this.timer) return;
    this.poll();
    this.connect(ticket);
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.waiting);
    clearTimeout(this.patience);
    this.source?.close();
    this.source = this.timer = undefined;
    this.open = false;
  }

  connect(ticket) {
    const query = new URLSearchParams({ ticket, ...(this.since && { since: this.since }) });
    const source = (this.source = new EventSource(`${this.address.href}?${query}`));
    const on = (name, act) => source.addEventListener(name, (event) => {
      this.since = event.lastEventId || this.since;
      act(event);
    });
    this.patience = setTimeout(() => this.again(), PATIENCE);
    on("ready", () => {
      clearTimeout(this.patience);
      this.open = true;
      this.failures = 0;
    });
    on("signal", (event) => this.hear(JSON.parse(event.data).kind));
    on("refresh", (event) => setTimeout(() => this.hear("message"), JSON.parse(event.data).after ?? 0));
    on("renew", () => this.again(0));
    on("end", () => this.again());
    source.onerror = () => this.again();
  }

  again(wait = Math.random() * Math.min(60_000, 1_000 * 2 ** ++this.failures)) {
    clearTimeout(this.patience);
    clearTimeout(this.waiting);
    this.source.close();
    this.open = false;
    this.waiting = setTimeout(async () => {
      try {
        this.connect(await this.fetchTicket());
      } catch (error) {
        if (![403, 404].includes(error.status)) this.again();
      }
    }, wait);
  }

  poll() {
    this.timer = setTimeout(() => {
      if (!this.open) this.hear("message");
      this.poll();
    }, POLL[Number(document.hidden)]);
  }
}
