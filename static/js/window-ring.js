// [data-window-ends]: what is left of a reply window, as a ring and "3 h"; <time data-age>: "2 min", "9 d" ago.

const EVERY = 30_000; // ms between refreshes
const WHOLE = 24; // hours in a full ring
const SHORT = 4; // hours: amber
const LAST = 1; // hours: red
const { lang } = document.documentElement;
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];
const formats = {};
const format = (unit) => (formats[unit] ??= new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "short" }));

function span(seconds) {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ["minute", 60];
  return format(unit).format(Math.max(1, Math.floor(seconds / length)));
}

function ring(node) {
  const seconds = (new Date(node.dataset.windowEnds) - Date.now()) / 1000;
  const hours = seconds / 3_600;
  node.dataset.window = hours <= 0 ? "over" : hours < LAST ? "last" : hours < SHORT ? "short" : "calm";
  node.style.setProperty("--left", Math.min(WHOLE, Math.max(0, hours)).toFixed(2));
  const word = node.querySelector("time");
  word.hidden = seconds <= 0;
  if (seconds > 0) word.textContent = span(seconds);
}

function age(node) {
  node.textContent = span((Date.now() - new Date(node.getAttribute("datetime"))) / 1000);
}

const write = (node) => (node.matches("[data-window-ends]") ? ring(node) : age(node));
const SHOWN = "[data-window-ends], time[data-age]";

// Whatever arrives is written before it is painted.
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) {
    if (node.matches?.(SHOWN)) write(node);
    node.querySelectorAll?.(SHOWN).forEach(write);
  }
}).observe(document.body, { childList: true, subtree: true });
document.querySelectorAll(SHOWN).forEach(write);
setInterval(() => document.querySelectorAll(SHOWN).forEach(write), EVERY);
