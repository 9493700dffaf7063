// One stream of signals, kept open: reconnects with full jitter, renews an old token, knows what it has heard.
// `announce(message)` gets {type: "signal" | "refresh" | "end" | "state", …}.

const LONGEST_WAIT = 30_000;
const KEPT = 200; // signals remembered for pages that join late
const SLACK = 2_000; // ms: a page is read before its token is made
const YOUNG = 200_000; // ms: a token lives five minutes, and pages of one session share it for one
const TRIES = 4; // of a token that was not taken, until another is fetched: the live process may be starting

export class LiveStream {
  constructor({ address, token, since, renew }, announce) {
    Object.assign(this, { address, since, renew, announce, recent: [], failures: 0, open: false, closed: false });
    this.hold(token, Number(since) || Date.now());
    this.connect();
  }

  connect() {
    if (this.closed) return;
    const query = new URLSearchParams({ token: this.token, since: this.since });
    this.source = new EventSource(`${this.address}?${query}`);
    const on = (name, act) => this.source.addEventListener(name, (event) => {
      this.since = event.lastEventId || this.since;
      act(event);
    });
    on("ready", () => {
      this.failures = this.tries = 0;
      this.state(true);
    });
    on("signal", (event) => this.tell({ type: "signal", ...JSON.parse(event.data) }));
    on("refresh", (event) => this.tell({ type: "refresh", ...JSON.parse(event.data) }));
    on("end", () => this.end());
    on("renew", () => this.reconnect(Math.random() * 1_000, () => this.refreshToken()));
    this.source.onerror = () => this.reconnect(this.backoff());
  }

  tell(message) {
    this.recent = [...this.recent, { at: Number(this.since), message }].slice(-KEPT);
    this.announce(message);
  }

  // What a page made at `since` (ms, the server's clock) has not heard; a refresh when that is not known any more.
  missed(made) {
    const since = made - SLACK;
    const known = this.recent.length < KEPT || this.recent[0].at <= since;
    return known ? this.recent.filter(({ at }) => at >= since).map(({ message }) => message) : [{ type: "refresh" }];
  }

  backoff() {
    this.failures += 1;
    return Math.random() * Math.min(LONGEST_WAIT, 1_000 * 2 ** this.failures);
  }

  reconnect(wait, how = () => this.again()) {
    this.source.close();
    this.state(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(how, wait);
  }

  hold(token, heldSince) {
    Object.assign(this, { token, heldSince, tries: 0 });
  }

  // With the token it has: what broke is mostly the connection. Else all pages would ask for tokens at once after a restart.
  again() {
    if (this.tries >= TRIES || Date.now() - this.heldSince > YOUNG) return this.refreshToken();
    this.tries += 1;
    this.connect();
  }

  // The renewal is an ordinary page of ours: what it refuses (log-in, 404) is refused for good.
  async refreshToken() {
    let response;
    try {
      response = await fetch(this.renew, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
    } catch {
      return this.reconnect(this.backoff(), () => this.refreshToken());
    }
    if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return this.end();
    if (!response.ok) return this.reconnect(this.backoff(), () => this.refreshToken());
    this.hold((await response.json()).token, Date.now());
    this.connect();
  }

  state(open) {
    this.open = open;
    this.announce({ type: "state", open });
  }

  end() {
    this.close();
    this.announce({ type: "end" });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.source.close();
  }
}
