/* Elements from data: h("button", {class: "x", onclick: f}, "words", child). Text is always text. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "hue") element.style.setProperty("--h", value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PATHS = {
  plus: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4",
  mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  image: "M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15.5 9.2h.01",
  sofa: "M5 11V8a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v3M3 13a2 2 0 0 1 4 0v2h10v-2a2 2 0 0 1 4 0v4H3zM6 17v2M18 17v2",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  video: "M3 7h12v10H3zM15 11l6-4v10l-6-4",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  sticker:
    "M5 4h14a1 1 0 0 1 1 1v9l-6 6H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM20 14h-5a1 1 0 0 0-1 1v5M9 10h.01M15 10h.01M9.5 13.5a4 4 0 0 0 4 0",
  pin: "M12 21s7-6.3 7-11.5A7 7 0 0 0 5 9.5C5 14.7 12 21 12 21ZM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5",
  cart: "M3 4h2l2.5 11h10L20 7H6M9.5 19.5h.01M16.5 19.5h.01",
  poll: "M5 20V10M12 20V4M19 20v-7",
  folder: "M3 6h6l2 2h10v11H3z",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  x: "M6 6l12 12M18 6 6 18",
  reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  pencil: "M4 20l1-4L16.5 4.5l3 3L8 19z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  ban: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6",
  forward: "M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 7",
  horn: "M4 10v4l10 4V6zM14 8c3 0 5 1 5 4s-2 4-5 4M7 15v4h3",
  off: "M12 3v8M6.5 6.5a8 8 0 1 0 11 0",
  gear: "M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0ZM6 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0Z",
  play: "M8 5l11 7-11 7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  link: "M14 5h5v5M19 5l-8 8M10 6H5v13h13v-5",
  phone: "M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z",
  signal: "M5 19v-3M10 19v-6M15 19V9M20 19V5",
  messenger: "M12 4c-5 0-9 3.5-9 8 0 2.6 1.4 4.8 3.5 6.2V21l3-1.7c.8.2 1.6.3 2.5.3 5 0 9-3.4 9-7.6S17 4 12 4ZM7 14l3.5-3.5 2.5 2 4-3",
  camera: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3ZM12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM16.6 7.4h.01",
  story: "M12 3a9 9 0 0 1 4.5 1.2M20 8a9 9 0 0 1 0 8M16.5 19.8a9 9 0 0 1-9 0M4 16a9 9 0 0 1 0-8M7.5 4.2A9 9 0 0 1 9 3.5M12 9v6M9 12h6",
  battery: "M3 8h15v8H3zM21 11v2M6 11h8v2H6z",
};

export function icon(name, kind = "icon") {
  return drawn(kind, "0 0 24 24", PATHS[name]);
}

/* One, two, or two that were seen. */
export function ticks(status) {
  if (status === "sent") return drawn("ticks", "0 0 16 16", "M3.5 8.5l3 3 6-7");
  return drawn(status === "read" ? "ticks seen" : "ticks", "0 0 16 16", "M1 8.5l3 3 6-7M7.5 11l.5.5 6-7");
}

function drawn(kind, box, path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", kind);
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function hue(text) {
  let sum = 0;
  for (const sign of text) sum = (sum * 31 + sign.codePointAt(0)) % 360;
  return sum;
}

export function face(customer, small = false, app = null) {
  const words = customer.name
    .replace(/[^\p{L}\d ]/gu, "")
    .split(" ")
    .filter(Boolean);
  const letters = (
    words.length > 1 && !/^\d/.test(words[0])
      ? words[0][0] + words.at(-1)[0]
      : /^\d/.test(words[0] ?? "")
        ? words[0].slice(-2)
        : (words[0] ?? "?").slice(0, 2)
  ).toUpperCase();
  const off = customer.phone_on === false && h("span", { class: "off" }, icon("off"));
  return h(
    "span",
    { class: small ? "face small" : "face", hue: hue(customer.id + customer.name), "aria-hidden": "true" },
    letters,
    off,
    app && h("span", { class: "app", hue: app.hue, title: app.name }, app.name[0]),
  );
}

/* Something that is done at a press, and says so for a moment. */
export function chip(key, words, act) {
  const done = async () => {
    await act();
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 700);
  };
  const button = h("button", { class: "chip", "data-key": key, onclick: done }, words);
  return button;
}

/* Drawing anew must not take the keyboard's place away. */
export function keepFocus(root, draw) {
  const key = root.contains(document.activeElement) && document.activeElement.dataset.key;
  draw();
  if (key) root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}
