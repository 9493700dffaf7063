// One message as it is drawn. Everything people wrote goes in as text, never as markup.

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]]/g;

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter(Boolean));
  return made;
}

export class Bubbles {
  constructor({ language, words, retry, loaded }) {
    Object.assign(this, { language, words, retry, loaded });
  }

  draw(message, day, first, seen) {
    const bubble = element("div", { className: "bubble" }, ...this.files(message), this.text(message));
    const foot = element("div", { className: "foot" }, first && message.by, this.time(message.at), this.state(message, seen));
    const item = element("li", { className: `message ${message.mine ? "mine" : "theirs"}${first ? " first" : ""}` });
    item.append(...(day ? [element("div", { className: "day" }, day)] : []), bubble, foot);
    if (message.failed) {
      const again = element("button", { type: "button", className: "again", onclick: () => this.retry(message) }, this.words.retry);
      item.append(element("div", { className: "failed", role: "alert" }, message.failed, !message.final && again));
    }
    return item;
  }

  text(message) {
    if (message.revoked) return element("p", { className: "gone" }, this.words.revoked);
    if (!message.text) return "";
    return element("p", { dir: "auto" }, ...linked(message.text));
  }

  files({ files = [] }) {
    return files.map((file) => {
      if (file.state !== "ready") return element("span", { className: "file" }, file.name || "…");
      const link = (...inside) => element("a", { href: file.url, target: "_blank", rel: "noopener", className: "file" }, ...inside);
      if (file.mime.startsWith("image/")) {
        const picture = element("img", { src: file.url, alt: file.name, loading: "lazy", onload: this.loaded });
        if (file.width) Object.assign(picture, { width: file.width, height: file.height });
        return link(picture);
      }
      if (file.mime.startsWith("video/")) return element("video", { src: file.url, controls: true, preload: "metadata" });
      if (file.mime.startsWith("audio/")) return element("audio", { src: file.url, controls: true, preload: "metadata" });
      return link(element("span", { dir: "auto" }, file.name), element("small", {}, this.size(file.size)));
    });
  }

  state(message, seen) {
    if (!message.mine || message.failed) return message.edited && this.words.edited;
    const name = !message.id ? "sending" : seen ? "seen" : "sent";
    const mark = { sending: "◔", sent: "✓", seen: "✓✓" }[name];
    return element("span", { className: `tick ${name}`, role: "img", ariaLabel: this.words[name], title: this.words[name] }, mark);
  }

  time(at) {
    const words = new Intl.DateTimeFormat(this.language, { hour: "numeric", minute: "2-digit" }).format(new Date(at));
    return element("time", { dateTime: at }, words);
  }

  day(at) {
    if (sameDay(at, Date.now())) return this.words.today;
    return new Intl.DateTimeFormat(this.language, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
  }

  size(bytes) {
    const unit = bytes < 1_000_000 ? ["kilobyte", 1_000] : ["megabyte", 1_000_000];
    const options = { style: "unit", unit: unit[0], maximumFractionDigits: 1 };
    return new Intl.NumberFormat(this.language, options).format(bytes / unit[1]);
  }
}

function linked(text) {
  const parts = [];
  let from = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    parts.push(text.slice(from, index), element("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address));
    from = index + address.length;
  }
  return [...parts, text.slice(from)];
}

export function sameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
