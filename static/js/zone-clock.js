// <time data-clock="America/Bogota"> shows what time it is there, and the day where that is another one than here.

const EVERY = 15000; // ms
const { lang } = document.documentElement;
const formats = {};

function format(zone) {
  const time = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  formats[zone] ??= {
    time: new Intl.DateTimeFormat(lang, time),
    withDay: new Intl.DateTimeFormat(lang, { ...time, weekday: "short" }),
    day: new Intl.DateTimeFormat("en-CA", { timeZone: zone }),
  };
  return formats[zone];
}

function write(clock) {
  const now = new Date();
  try {
    const there = format(clock.dataset.clock);
    const here = new Intl.DateTimeFormat("en-CA").format(now);
    const text = (there.day.format(now) === here ? there.time : there.withDay).format(now);
    if (clock.textContent !== text) clock.textContent = text;
    clock.dateTime = now.toISOString();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    clock.textContent = ""; // a zone that this browser does not know
  }
}

const writeAll = (root) => root.querySelectorAll?.("time[data-clock]").forEach(write);

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    if (node.matches?.("time[data-clock]")) write(node);
    else writeAll(node);
  }
}).observe(document.body, { childList: true, subtree: true });
writeAll(document);
setInterval(() => writeAll(document), EVERY);
