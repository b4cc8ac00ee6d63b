// Keeps the treasurer's last pages and what they name. The outbox is not here: no update can touch it.
// Files have their digest in their URL and go when no kept page names them (phone.js): an update leaves
// no page behind without its scripts.
const SHELL = "shell", PAGES = "pages", NO_SIGNAL = "/khong-mang";
const FILES = "__FILES__";
const KEPT = /^\/(hom-nay|tren-may|chi-hoi\/[0-9a-f-]{36}\/(thu|hoi-vien))$/;
const PATIENCE = 6000; // ms; with a copy at hand nobody stares at a white page for longer

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...FILES, NO_SIGNAL])).then(() => skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(kept(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
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

// Only what the server says may be kept: a page of the real book, of somebody who records in it.
async function note(path, keeps, answer) {
  if (path === "/vao" ? answer.ok : keeps && answer.type === "opaqueredirect") await caches.delete(PAGES);
  else if (keeps && answer.ok && !answer.redirected && answer.headers.get("Solon-Keep")) await (await caches.open(PAGES)).put(path, answer.clone());
  return answer;
}

async function page(event, { pathname: path, search }) {
  const keeps = KEPT.test(path) && !search;
  const copy = keeps ? await (await caches.open(PAGES)).match(path) : undefined;
  const fresh = fetch(event.request).then((answer) => note(path, keeps, answer));
  event.waitUntil(fresh.catch(() => {}));
  const late = new Promise((done) => { if (copy) setTimeout(() => done(copy), PATIENCE); });
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return copy || (path === "/thu-hom-nay" && (await sheet())) || (await caches.match(NO_SIGNAL)) || Response.error();
  }
}
