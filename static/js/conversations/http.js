// Requests that are not a swap: with this page's token, answered by text; a refusal is an Error with its words.
import { answered } from "../live-gathering.js";

const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), "HX-Request": "true" });

function words(status) {
  const known = document.body.dataset;
  return known[`error-${status}`] ?? known[`error${status}`] ?? (status >= 500 ? known.error500 : known.error404);
}

export class Refused extends Error {
  constructor(status, text, html = "") {
    super(text || words(status));
    Object.assign(this, { status, html });
  }
}

// `fields` is FormData or a mapping. A refusal's own words come as plain text, a question of its own as HTML.
export async function ask(href, { method = "GET", fields = null, signal, keepalive = false } = {}) {
  let response;
  const began = performance.now();
  const body = fields && !(fields instanceof FormData) ? new URLSearchParams(fields) : fields;
  try {
    response = await fetch(href, { method, body, signal, keepalive, headers: headers(), credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, document.body.dataset.errorOffline);
  }
  if (response.headers.has("HX-Redirect")) {
    location.assign(response.headers.get("HX-Redirect"));
    await new Promise(() => {}); // the page is left: nothing of it is drawn any more
  }
  const text = await response.text();
  if (method === "GET") answered(performance.now() - began);
  const plain = (response.headers.get("Content-Type") ?? "").startsWith("text/plain");
  if (!response.ok) throw new Refused(response.status, plain ? text : "", plain ? "" : text);
  return text;
}

export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// crypto.randomUUID needs https; an address in the local network has none.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
