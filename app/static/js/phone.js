// The outbox: a sheet recorded on this phone is kept here until the book has it. One key a sheet, made at
// "Ghi sổ"; it never changes, so that asking again can only find the same sheet. Nothing here decides about
// money: the server reads the form as it was typed.
(() => {
  "use strict";
  const words = document.getElementById("phone");
  const PRACTISING = "practising"; // a kept page of the real book must not take an exercise for real
  if (document.getElementById(PRACTISING)) localStorage.setItem(PRACTISING, "1");
  if (!words || !window.indexedDB) return;
  const { person, who, chapter } = words.dataset, left = "left" in words.dataset; // her office has ended
  const said = JSON.parse(words.dataset.words);
  const say = (name, values = {}) => said[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const money = (sum) => String(sum).replace(/\B(?=(\d{3})+$)/g, ".") + "\u00a0₫";
  const UNDO = 10000, AGAIN = 15000, FATE = 300000, WEEK = 7 * 86400000;
  const DONE = ["posted", "dropped"], ELSEWHERE = [...DONE, "held"]; // the book's, or in the chapter's hands

  // The store

  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("solon", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const store = async (mode, act) => {
    const db = await opened;
    return new Promise((done, failed) => {
      const deal = db.transaction("outbox", mode), asked = act(deal.objectStore("outbox"));
      deal.oncomplete = () => done(asked.result);
      deal.onerror = deal.onabort = () => failed(deal.error);
    });
  };
  const all = async () => (await store("readonly", (box) => box.getAll())).sort((a, b) => a.at - b.at);
  const put = (item) => store("readwrite", (box) => box.put(item));
  const drop = (key) => store("readwrite", (box) => box.delete(key));
  const news = "BroadcastChannel" in window ? new BroadcastChannel("solon") : { postMessage() {} };
  news.onmessage = () => show();
  const changed = () => { news.postMessage(1); return show(); };
  const uuid = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };

  // Sending: one tab at a time, the oldest first; whatever is not certain is asked again with the same key

  let signIn = false, signal = true, first = true, timer;
  const locked = (act) => (navigator.locks ? navigator.locks.request("solon-outbox", { ifAvailable: true }, (lock) => lock && act()) : act());
  const answers = (path, more) => fetch(path, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(20000), ...more });
  const reached = async () => { try { return (await answers("/healthz")).ok; } catch { return false; } };

  const flush = () => locked(async () => {
    const due = ({ state, sendAfter }) => (state === "kept" ? sendAfter <= Date.now() : ["held", "refused"].includes(state) && (first || sendAfter <= Date.now()));
    const waiting = (await all()).filter((item) => item.person === person && due(item));
    first = false;
    if (!waiting.length) return;
    signal = await reached();
    signIn = false;
    for (const item of waiting) {
      if (!signal || signIn) break;
      await send(item);
      await changed();
    }
    await changed();
  });

  async function send(item) {
    const body = new URLSearchParams(item.fields);
    body.set("key", item.key);
    body.set("person", item.person);
    if (item.confirmed) body.set("confirmed", "1");
    const before = item.unsure; // an earlier asking may have come through, whatever is said to this one
    const ask = async (door) => {
      const answer = await answers(`/chi-hoi/${item.chapter}/${door}`, { method: "POST", body });
      if ((answer.headers.get("content-type") || "").startsWith("application/json")) return answer.json();
      if (answer.type === "opaqueredirect" || answer.status === 401) return { shut: "signin" };
      if (answer.status === 403 || answer.status === 404) return { shut: "refused" };
    };
    const handed = item.state === "held"; // asks only what became of it
    let told;
    try {
      if (!handed) {
        item.unsure = true; // from here on the book may have it, until an answer says otherwise
        await put(item);
        told = await ask("gui");
      }
      // Not hers to send: where her office has ended the chapter holds it instead, under the same key.
      if (handed || (told && told.shut)) {
        body.set("at", item.at);
        const held = await ask("giu");
        if (handed || (held && !held.shut)) told = held;
      }
    } catch { signal = await reached(); }
    if (!told || told.state === "again") return;
    if (DONE.includes(told.state)) item.done = Date.now();
    else item.sendAfter = Date.now() + FATE; // asked again in a while, unless she decides before
    if (told.shut) {
      item.unsure = before;
      if (told.shut === "signin" && !handed) { signIn = true; item.sendAfter = 0; }
      else if (!handed) Object.assign(item, { state: "refused", says: say("refused") });
      return put(item);
    }
    Object.assign(item, told, { unsure: ["refused", "other"].includes(told.state) && before });
    return put(item);
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(() => flush().finally(later), AGAIN); };
  const soon = () => flush().finally(later);
  addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });

  // Keeping: called by the sheet

  const undone = (item) => !ELSEWHERE.includes(item.state);
  async function keep(form, facts) {
    if (localStorage.getItem(PRACTISING)) { alert(say("practising")); return null; }
    const fields = [...new FormData(form)].filter(([name]) => !["key", "do", "confirmed"].includes(name));
    const item = { key: uuid(), chapter, person, who, at: Date.now(), sendAfter: Date.now() + UNDO, state: "kept", confirmed: false, fields, ...facts };
    if (form.dataset.replaces) await drop(form.dataset.replaces);
    await put(item);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await changed();
    setTimeout(soon, UNDO + 50);
    return item;
  }

  // Showing

  const word = (item) => {
    if (item.state === "posted") return say(item.by ? "by" : "posted", item);
    if (["ask", "held", "dropped"].includes(item.state)) return item.says;
    if (item.state === "fix") return say("fix", { says: item.says });
    if (item.unsure && item.person !== person) return say("doubt", { who: item.who });
    if (item.unsure) return say("unsure");
    if (item.state === "refused") return item.says;
    if (item.state === "other" || item.person !== person) return say("other", { who: item.who });
    return signIn ? say("signin") : say("kept");
  };
  const copyOf = (item) => [say("copy", { day: item.day, payers: item.payers, total: money(item.total), who: item.who }), ...item.lines.map((line) => `${line.number}. ${line.name}: ${money(line.amount)}`), word(item)].join("\n");

  async function share(item) {
    const text = copyOf(item);
    try { await navigator.share({ text }); } catch {
      try { await navigator.clipboard.writeText(text); alert(say("copied")); } catch { prompt(say("copyby"), text); }
    }
  }

  // A refused sheet goes back into the form; what is then recorded takes its place.
  function mend(item) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `/chi-hoi/${item.chapter}/thu`;
    const fields = [...item.fields.filter(([name]) => name !== "replaces"), ["do", "check"], ["replaces", item.key]];
    for (const [name, value] of fields) {
      const input = document.createElement("input");
      input.type = "hidden"; input.name = name; input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  const acts = {
    now: async (item) => { item.sendAfter = 0; await put(item); soon(); },
    undo: async (item) => { await drop(item.key); await changed(); },
    yes: async (item) => { Object.assign(item, { confirmed: true, state: "kept", sendAfter: 0 }); await put(item); soon(); },
    mend, share,
    drop: async (item) => { if (confirm(say("sure"))) { await drop(item.key); await changed(); } },
    open: (item) => { location.href = `/phieu/${item.entry}`; },
  };
  const offers = (item) => {
    if (item.state === "posted") return left ? [] : ["open"];
    if (item.state === "held") return ["share"];
    if (item.state === "dropped" || (left && item.state !== "kept")) return item.unsure ? ["share"] : ["share", "drop"];
    if (item.state === "ask") return ["yes", "mend", "share"];
    if (item.state !== "kept" || item.person !== person) return item.unsure ? ["share", "drop"] : ["mend", "share", "drop"];
    return item.unsure ? ["now", "share"] : ["now", "undo", "share"];
  };

  function card(item) {
    const one = words.content.querySelector("[data-item]").cloneNode(true), part = (name) => one.querySelector(`[data-${name}]`);
    one.dataset.state = item.state === "posted" ? "well" : ["kept", "ask", "held"].includes(item.state) ? "waits" : "wrong";
    part("day").textContent = item.day;
    part("sum").textContent = money(item.total);
    part("payers").textContent = say("payers", { n: item.payers });
    part("word").textContent = word(item);
    const stands = say({ posted: "inbook", held: "onhold", dropped: "notin" }[item.state] || "onphone");
    for (const line of part("lines") ? item.lines : []) {
      const row = document.createElement("li"), amount = document.createElement("b"), state = document.createElement("small");
      amount.textContent = money(line.amount);
      state.textContent = stands;
      row.append(`${line.number}. ${line.name} `, amount, " ", state);
      part("lines").append(row);
    }
    one.querySelectorAll("[data-do]").forEach((button) => {
      button.hidden = !offers(item).includes(button.dataset.do);
      button.addEventListener("click", () => acts[button.dataset.do](item));
    });
    return one;
  }

  const listeners = [];
  async function show() {
    const items = await all(), waiting = items.filter(undone);
    const lines = waiting.reduce((sum, item) => sum + item.lines.length, 0);
    document.querySelectorAll("a.unsent").forEach((mark) => {
      mark.hidden = !lines;
      mark.querySelector("[data-n]").textContent = say("unsent", { n: lines });
    });
    const off = document.querySelector("p.cut");
    if (off) { off.hidden = signal; off.textContent = say("off", { at: words.dataset.made }); }
    const list = document.querySelector("[data-outbox]");
    if (list) {
      const door = list.closest("[data-at-the-door]"), shown = door ? items.filter((item) => item.person === person) : items;
      list.replaceChildren(...shown.reverse().map(card));
      (door || document.querySelector("[data-empty]")).hidden = door ? !shown.length : items.length > 0;
    }
    listeners.forEach((listener) => listener(items));
  }

  // Pages kept for when there is no signal: her own, and gone when she signs out or another signs in

  const PAGES = "pages";
  async function ready() {
    if (left || !("serviceWorker" in navigator) || !window.caches) return;
    if (localStorage.getItem("person") !== person) await caches.delete(PAGES);
    localStorage.setItem("person", person);
    await navigator.serviceWorker.register("/sw.js");
    const pages = await caches.open(PAGES);
    const keep = async (path) => (await pages.match(path)) || pages.add(path).catch(() => {});
    const sheet = `/chi-hoi/${chapter}/thu`, here = location.pathname === sheet;
    for (const path of [sheet, "/tren-may", "/hom-nay"]) if (!here || path !== sheet) await keep(path);
    // The heaviest page was just paid for; a second copy may wait until she has seen the first.
    if (here) setTimeout(() => keep(sheet), 10000);
  }
  const leave = document.querySelector("form.leave");
  if (leave) leave.addEventListener("submit", () => { if (window.caches) caches.delete(PAGES); });

  const old = async () => { for (const item of await all()) if (item.state === "posted" && (item.done || item.at) < Date.now() - WEEK) await drop(item.key); };
  window.solon = { keep, show, signal: () => signal, word, card, say, listen: (listener) => listeners.push(listener) };
  reached().then((there) => {
    signal = there;
    if (there) localStorage.removeItem(PRACTISING); // this page came from the book itself
    return show();
  });
  old().then(soon);
  addEventListener("load", () => ready().catch(() => {}));
})();
