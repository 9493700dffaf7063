// What the visitor writes, on its way: each has a key of ours, so that however often it is tried, it is one message.

const HOPELESS = [400, 404, 413, 422]; // the same again would be refused again

export class Outbox {
  // `send(body)` answers with the message as it is stored; `explain(error)` is words for people.
  constructor(log, send, explain) {
    Object.assign(this, { log, send, explain });
  }

  write(text, file) {
    const files = file ? [{ name: file.name, state: "waiting" }] : [];
    const message = { key: newKey(), text, file, files, mine: true, at: new Date().toISOString(), by: "" };
    this.log.put(message);
    this.log.toEnd();
    return this.deliver(message);
  }

  async deliver(message) {
    const { key, text, file } = message;
    this.log.put({ ...message, failed: "" });
    try {
      await this.send({ client_id: key, text }, file);
    } catch (error) {
      this.log.put({ ...message, failed: this.explain(error), final: HOPELESS.includes(error.status) });
    }
  }
}

export function packed(body, file) {
  if (!file) return body;
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value !== undefined) form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  form.append("file", file);
  return form;
}

// crypto.randomUUID is only there over HTTPS; a shop's test page may not be.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
