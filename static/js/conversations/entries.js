// Putting lines among those of a thread that are there: by key, in their order; what is the same stays as it is, so that
// a sound goes on playing and a selection stays selected.

export function merge(list, items) {
  const known = new Map();
  for (const node of list.children) {
    known.set(node.dataset.key, node);
    if (node.dataset.client) known.set(node.dataset.client, node);
  }
  const find = (item) => known.get(item.dataset.key) ?? known.get(item.dataset.client);
  const wanted = new Set(items.flatMap((item) => [item.dataset.key, item.dataset.client]));
  const isStale = (node) => node.dataset.key && !wanted.has(node.dataset.key);
  const added = [];
  // Where there are no messages yet, all lines are drawn at once: notes, and what happened.
  const isBare = !messages(list).length;
  const overlap = items.find((item) => (isBare || item.dataset.message) && find(item));
  // A day, or what happened, before a message in the middle stands where it belongs already.
  if (!overlap) items = items.filter((item) => !find(item));
  else if (!isBare && find(overlap) !== messages(list)[0]) items = items.slice(items.indexOf(overlap));
  let at = items.map(find).find(Boolean) ?? null;
  for (const item of items) {
    let node = find(item);
    if (!node) {
      node = item;
      added.push(item);
    } else if (node.dataset.v !== item.dataset.v || node.dataset.key !== item.dataset.key) {
      if (node.querySelector(":scope > details[open]")) item.querySelector("details")?.setAttribute("open", "");
      node.replaceWith(item);
      if (at === node) at = item;
      node = item;
    }
    while (at && at !== node && isStale(at)) {
      const stale = at;
      at = at.nextElementSibling;
      stale.remove();
    }
    if (at !== node) list.insertBefore(node, at);
    at = node.nextElementSibling;
  }
  window.htmx?.process(list);
  return added;
}

// A stretch as the server draws it: its lines, and whether there is more either way.
export function stretch(content) {
  const drawn = content.querySelector("[data-stretch]");
  return { items: [...drawn.children], older: drawn.dataset.older, newer: drawn.dataset.newer };
}

export const messages = (list) => [...list.querySelectorAll(":scope > [data-message]")];
