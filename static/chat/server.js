// Asking the server, in the visitor's name. The token lives in this frame's storage, or where the browser refuses
// that, in the site's, through the loader.

export class Refusal extends Error {
  constructor(status, { error = "", retry = 0 } = {}) {
    super(error || String(status));
    Object.assign(this, { status, code: error, retry });
  }
}

export class Server {
  constructor(token, keepOutside) {
    Object.assign(this, { key: `cauce:${token}`, keepOutside });
    this.visitor = this.stored();
  }

  async ask(method, path, body) {
    const form = body instanceof FormData;
    const response = await fetch(path, {
      method,
      headers: { "X-Visitor": this.visitor ?? "", ...(body && !form && { "Content-Type": "application/json" }) },
      body: form ? body : body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(response.status, answer);
    if (answer.visitor) this.keep(answer.visitor);
    return answer;
  }

  keep(visitor) {
    this.visitor = visitor;
    try {
      if (visitor) localStorage.setItem(this.key, visitor);
      else localStorage.removeItem(this.key);
    } catch {
      this.keepOutside(visitor);
    }
  }

  stored() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }
}
