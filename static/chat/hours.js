// When somebody answers, in the visitor's own time.

export function availability(hours, language, words) {
  if (!hours?.known) return "";
  if (hours.open) return words.here;
  if (!hours.next) return words.away;
  const next = new Date(hours.next);
  const days = Math.round((midnight(next) - midnight(new Date())) / 86_400_000);
  const minutes = next.getMinutes() ? { minute: "2-digit" } : {};
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", ...minutes }).format(next);
  const far = days > 6 ? { day: "numeric", month: "long" } : { weekday: "long" };
  const day = new Intl.DateTimeFormat(language, far).format(next);
  const phrase = [words.back_today, words.back_tomorrow][days] ?? words.back_later;
  return phrase.replace("{time}", time).replace("{day}", day);
}

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}
