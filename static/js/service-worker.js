// The service worker, at the root of the site: shows what a push service brings, and leads to it. Its words come along.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data?.href ?? "/", self.location.origin)));
});

// Who has a page of ours in front of them sees it there, but for what is shown `always`.
async function show(data) {
  if (!data) return;
  const { title, text, tag, href, always } = data.json();
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!always && pages.some((page) => page.focused && page.visibilityState === "visible")) return;
  await self.registration.showNotification(title, { body: text, tag, data: { href } });
}

async function open(address) {
  if (address.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => new URL(page.url).pathname === address.pathname);
  await (there ? there.focus() : self.clients.openWindow(address.href));
}
