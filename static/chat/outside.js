// The loader on the site's page, spoken to by messages. The first one that fits says where it is; nobody else is heard.

export class Outside {
  constructor(token, acts) {
    Object.assign(this, { token, acts });
    this.isFramed = parent !== window;
    if (!this.isFramed) return;
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== parent || data?.cauce !== token || (this.origin && origin !== this.origin)) return;
      this.origin = origin;
      this.acts[data.type]?.(data);
    });
    // Where the site is, is not known yet; that we are ready is no secret.
    parent.postMessage({ cauce: token, type: "ready" }, "*");
  }

  say(type, facts = {}) {
    if (this.origin) parent.postMessage({ cauce: this.token, type, ...facts }, this.origin);
  }
}
