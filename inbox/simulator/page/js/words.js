/* The words of the page, in the browser's language: Spanish unless it asks for English first. */
let words = {};
export let language = "es";

export async function loadWords() {
  const all = await (await fetch("/page/words.json")).json();
  const wanted = navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in all);
  language = wanted ?? "es";
  words = all[language];
  document.documentElement.lang = language;
  document.title = `Cauce · ${words.title}`;
}

export function t(key, values = {}) {
  const text = words[key] ?? key;
  return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") : text;
}

const region = () => (language === "es" ? "es-MX" : "en-GB");
export const clock = (at) =>
  new Date(at * 1000).toLocaleTimeString(region(), { hour: "2-digit", minute: "2-digit", hour12: false });

export function day(at) {
  const date = new Date(at * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  if (days < 2) return t(days < 1 ? "today" : "yesterday");
  return date.toLocaleDateString(region(), { weekday: "long", day: "numeric", month: "long" });
}

export function left(seconds) {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} m` : `${minutes} m`;
}

export const money = (amount, currency) => new Intl.NumberFormat(region(), { style: "currency", currency }).format(amount);
