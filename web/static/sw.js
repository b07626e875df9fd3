// What a phone keeps of the panel so that the page for recording opens without a line,
// or while the board is off. Nothing else goes through here: not the sounds, not what
// is sent, no other page.
const version = "VERSION"; // of everything under /static/
const name = "loalang-" + version;
const keeps = /^\/announcements\/[^/]+\/record\/[^/]+$/;
const comesIn = /^\/(sign-in(\/passkey)?|join|setup)$/; // who signs in may be another
const patience = 4000; // ms that a page which is kept waits for a fresh one

addEventListener("install", () => skipWaiting());

addEventListener("activate", (e) =>
  e.waitUntil(
    (async () => {
      for (const old of await caches.keys()) if (old !== name) await caches.delete(old);
      await clients.claim();
    })(),
  ),
);

// A page tells what it is made of: it came before there was anybody to keep it.
addEventListener("message", (e) =>
  e.waitUntil(
    (async () => {
      const cache = await caches.open(name);
      for (const path of e.data.keep) {
        if (path.startsWith("/static/") && (await cache.match(path))) continue;
        await keep(path, await fetch(path, { credentials: "same-origin" }));
      }
      e.source.postMessage("kept");
    })(),
  ),
);

async function keep(path, answer) {
  if (answer.ok && !answer.redirected) await (await caches.open(name)).put(path, answer);
}

// forget drops a page that is kept; without a path all of them.
async function forget(path) {
  const cache = await caches.open(name);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (path ? pathname === path : keeps.test(pathname)) await cache.delete(url);
  }
}

async function part(request) {
  const kept = await caches.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  keep(request.url, answer.clone()).catch(() => {}); // the phone is full
  return answer;
}

async function page(e, path) {
  const kept = await caches.match(path);
  const fresh = fetch(e.request).then(async (answer) => {
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) await forget(path).catch(() => {}); // not this person's
    keep(path, answer.clone()).catch(() => {}); // the phone is full
    return kept && answer.status >= 500 ? kept : answer; // a board without its database
  });
  e.waitUntil(fresh.catch(() => {})); // also when it comes after the one that is kept
  if (!kept) return fresh;
  const late = new Promise((done) => setTimeout(done, patience, kept));
  return Promise.race([fresh.catch(() => kept), late]);
}

addEventListener("fetch", (e) => {
  const { method, mode, url } = e.request;
  const { origin, pathname } = new URL(url);
  if (origin !== location.origin) return;
  if (method === "POST" && pathname === "/sign-out") e.waitUntil(caches.delete(name)); // the next person sees nothing of it
  if (method === "POST" && comesIn.test(pathname)) e.waitUntil(forget());
  if (method !== "GET") return;
  if (pathname.startsWith("/static/")) e.respondWith(part(e.request));
  else if (mode === "navigate" && keeps.test(pathname)) e.respondWith(page(e, pathname));
});

// What the board tells while nobody looks: what became of a notice, what waits.
addEventListener("push", (e) => {
  const { title, body, path, tag, lang } = e.data?.json() ?? {};
  if (title) e.waitUntil(registration.showNotification(title, { body, tag, lang, data: path }));
});

// The push service has given the browser another address: the board is told of it, or goes
// on with the old one until that is gone.
async function moved(old, fresh) {
  const now = fresh ?? (old && (await registration.pushManager.subscribe(old.options)));
  if (!now) return;
  await fetch("/api/v1/account/pushes", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(now),
  });
}

addEventListener("pushsubscriptionchange", (e) => e.waitUntil(moved(e.oldSubscription, e.newSubscription)));

addEventListener("notificationclick", (e) => {
  e.notification.close();
  const to = new URL(e.notification.data ?? "/", location.origin).href;
  e.waitUntil(
    (async () => {
      for (const page of await clients.matchAll({ type: "window" })) {
        if (page.url === to) return page.focus();
      }
      return clients.openWindow(to);
    })(),
  );
});
