// <time data-relative> reads "9 days ago", <time data-moment> a date and time, in the page's language and zone.

const EVERY = 30000; // ms between refreshes
const { lang, dataset } = document.documentElement;
const zone = dataset.zone || undefined;
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "short" });
const STYLES = {
  short: { day: "numeric", month: "short" },
  medium: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  date: { day: "numeric", month: "short", year: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  full: { dateStyle: "full", timeStyle: "medium" },
};
const formats = {};
const format = (style) => (formats[style] ??= new Intl.DateTimeFormat(lang, { ...(STYLES[style] ?? STYLES.medium), timeZone: zone }));
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];

function ago(moment) {
  const seconds = (moment - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  if (unit === "second") return relative.format(0, "second");
  return relative.format(Math.trunc(seconds / length), unit);
}

// A day among others: "today", "yesterday", "Tuesday 17", further back with its month.
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone }); // 2026-11-17
const days = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });

function day(text, moment) {
  const back = Math.round((Date.parse(text) - Date.parse(calendar.format(new Date()))) / 86_400_000);
  if (back > -2 && back < 1) return days.format(back, "day");
  const near = back > -7 && back < 7;
  const year = text.slice(0, 4) === calendar.format(new Date()).slice(0, 4) ? {} : { year: "numeric" };
  const style = { weekday: "long", day: "numeric", ...(near ? {} : { month: "long", ...year }) };
  return new Intl.DateTimeFormat(lang, { ...style, timeZone: "UTC" }).format(moment);
}

function write(time) {
  const text = time.getAttribute("datetime");
  const moment = new Date(text.length === 10 ? `${text}T12:00:00Z` : text);
  if (Number.isNaN(moment.valueOf())) return;
  if (time.hasAttribute("data-relative")) {
    time.textContent = ago(moment);
    time.title = format("full").format(moment);
  } else if (time.dataset.moment === "day") {
    time.textContent = day(text, moment);
  } else {
    time.textContent = format(time.dataset.moment).format(moment);
  }
}

const writeAll = (root) => root.querySelectorAll?.("time[data-relative], time[data-moment]").forEach(write);

// Whatever arrives, by htmx or by hand, is written before it is painted.
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) {
    if (node.matches?.("time[data-relative], time[data-moment]")) write(node);
    writeAll(node);
  }
}).observe(document.body, { childList: true, subtree: true });
writeAll(document);
setInterval(() => document.querySelectorAll("time[data-relative]").forEach(write), EVERY);
