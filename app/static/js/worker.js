// Keeps the shell and the treasurer's last pages. The outbox is not here: no update can touch it.
const SHELL = "shell-__VERSION__", PAGES = "pages", NO_SIGNAL = "/khong-mang";
const FILES = "__FILES__";
const KEPT = /^\/(hom-nay|tren-may|chi-hoi\/[0-9a-f-]{36}\/(thu|hoi-vien))$/;
const PATIENCE = 6000; // ms; with a copy at hand nobody stares at a white page for longer

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...FILES, NO_SIGNAL])).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("shell-") && name !== SHELL;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(kept(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url.pathname));
});

async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

async function sheet() {
  const pages = await caches.open(PAGES), keys = await pages.keys();
  const found = keys.find(({ url }) => url.endsWith("/thu"));
  return found && pages.match(found);
}

async function page(event, path) {
  const copy = KEPT.test(path) ? await (await caches.open(PAGES)).match(path) : undefined;
  const fresh = fetch(event.request).then(async (answer) => {
    const keep = KEPT.test(path) && answer.ok && !answer.redirected && answer.type === "basic" && !answer.headers.get("Solon-Practice");
    if (keep) await (await caches.open(PAGES)).put(path, answer.clone());
    return answer;
  });
  event.waitUntil(fresh.catch(() => {}));
  const late = new Promise((done) => { if (copy) setTimeout(() => done(copy), PATIENCE); });
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return copy || (path === "/thu-hom-nay" && (await sheet())) || (await caches.match(NO_SIGNAL)) || Response.error();
  }
}
