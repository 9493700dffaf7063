// What a site's script tag runs: a launcher, a badge, and a frame with our page once it is wanted. The server calls it
// with its configuration; nothing of the site's page is read but its address and title, and no cookie is set.
(function (config) {
  const script = document.currentScript;
  const early = window.Cauce;
  if (early?.loaded || !script) return;
  const home = new URL(script.src);
  if (!["*", location.origin].some((each) => [home.origin, ...config.origins].includes(each))) {
    console.info(`Cauce: ${location.origin} is not among the allowed origins of this chat.`);
    return;
  }
  const language = /^es/i.test(script.dataset.lang || navigator.language) ? "es" : "en";
  const words = config.words[language];
  const key = `cauce:${config.token}`;
  const kept = recall();
  const phone = matchMedia("(max-width: 500px)");
  let frame, ready, isOpen = false, waiting = [];

  const root = document.createElement("div");
  root.id = "cauce-chat";
  const shadow = root.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(config.style);
  shadow.adoptedStyleSheets = [sheet];
  root.style.setProperty("--paint", config.paint);
  root.style.setProperty("--on-paint", config.on);

  const panel = element("div", { className: "panel", hidden: true });
  const badge = element("span", { className: "badge", hidden: true });
  const launcher = element("button", { type: "button", className: "launcher" });
  launcher.append(drawing("M4 5h16v11H9l-5 4z", "shut"), drawing("M6 6l12 12M18 6L6 18", "open"), badge);
  launcher.addEventListener("click", () => (isOpen ? close() : open()));
  shadow.append(panel, launcher);
  say();

  function open() {
    isOpen = true;
    load();
    show();
    post({ type: "open" });
    frame.focus();
  }

  function close() {
    isOpen = false;
    show();
    post({ type: "close" });
    launcher.focus();
  }

  function show() {
    panel.hidden = !isOpen;
    root.toggleAttribute("open", isOpen);
    document.documentElement.style.overflow = isOpen && phone.matches ? "hidden" : "";
    remember({ open: isOpen });
    say();
  }

  function say(unread = Number(badge.textContent)) {
    badge.textContent = unread || "";
    badge.hidden = !unread || isOpen;
    const label = isOpen ? words.close : words.open;
    launcher.setAttribute("aria-label", unread && !isOpen ? `${label} (${unread} ${words.unread})` : label);
    launcher.setAttribute("aria-expanded", isOpen);
  }

  function load() {
    if (frame) return;
    const address = new URL(`../${config.token}/?lang=${language}`, home);
    frame = element("iframe", { src: address.href, title: words.title, allow: "clipboard-write" });
    panel.append(frame);
    addEventListener("message", hear);
  }

  function hear({ source, origin, data }) {
    if (source !== frame.contentWindow || origin !== home.origin || data?.cauce !== config.token) return;
    if (data.type === "ready") greet();
    if (data.type === "close") close();
    if (data.type === "unread") say(data.count);
    if (data.type === "size") panel.classList.toggle("tall", data.tall);
    if (data.type === "keep") remember({ visitor: data.visitor });
    if (data.type === "known") remember({ known: data.known });
  }

  function greet() {
    ready = true;
    const page = { url: location.href.split("#")[0].slice(0, 400), title: document.title.slice(0, 160) };
    post({ type: "hello", visitor: kept.visitor, page, open: isOpen });
    waiting.forEach(post);
    waiting = [];
  }

  function post(message) {
    if (ready) frame.contentWindow.postMessage({ cauce: config.token, ...message }, home.origin);
    else if (!["open", "close"].includes(message.type)) waiting.push(message);
  }

  // The site's storage: what was open, and the visitor's token where the browser gives our frame none of its own.
  function recall() {
    try {
      return JSON.parse(localStorage.getItem(key)) || {};
    } catch {
      return {};
    }
  }

  function remember(change) {
    Object.assign(kept, change);
    try {
      localStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // refused by the browser: it lasts as long as the page
    }
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  function drawing(path, name) {
    const [svg, line] = ["svg", "path"].map((each) => document.createElementNS("http://www.w3.org/2000/svg", each));
    const attributes = { viewBox: "0 0 24 24", class: name, "aria-hidden": "true" };
    Object.entries(attributes).forEach(([key, value]) => svg.setAttribute(key, value));
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function act(name, value) {
    if (name === "open" && !isOpen) open();
    if (name === "close" && isOpen) close();
    if (name === "identify" || name === "reset") {
      load();
      post({ type: name, ...value });
    }
  }

  function start() {
    document.body.append(root);
    if (kept.known || kept.open) load();
    if (kept.open && !phone.matches) open();
    window.Cauce = Object.assign(act, { loaded: true });
    (early?.q || []).forEach((call) => act(...call));
  }

  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})
