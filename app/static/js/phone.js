// The outbox: a sheet recorded on this phone is kept here until the book has it. One key a sheet, made at
// "Ghi sổ"; it never changes, so that asking again can only find the same sheet. Nothing here decides about
// money: the server reads the form as it was typed.
(() => {
  "use strict";
  const words = document.getElementById("phone"), said = window.solonWords;
  if (!words || !said) return;
  const { person, who, chapter } = words.dataset, left = "left" in words.dataset; // her office has ended
  const say = (name, values = {}) => said[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const money = (sum) => String(sum).replace(/\B(?=(\d{3})+$)/g, ".") + "\u00a0₫";
  const UNDO = 10000, AGAIN = 15000, FATE = 300000, WEEK = 7 * 86400000;
  const DONE = ["posted", "dropped", "waits"], ELSEWHERE = [...DONE, "held"]; // the book's, or in the chapter's hands

  // The store. What is decided about a sheet is decided on what is stored, in the transaction that writes it:
  // another tab, or an answer that came meanwhile, may have changed what this page has in hand.

  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("solon", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); done(asked.result); };
    asked.onerror = () => failed(asked.error);
    asked.onblocked = failed;
  });
  const WHOLE = { lines: [], fields: [], total: 0, payers: 0, day: "", who: "", at: 0, sendAfter: 0 };
  const deal = async (mode, act) => {
    const db = await opened;
    return new Promise((done, failed) => {
      const whole = db.transaction("outbox", mode), box = whole.objectStore("outbox"), asked = box.getAll();
      let result;
      asked.onsuccess = () => { result = act(asked.result.map((item) => ({ ...WHOLE, ...item })), box); };
      whole.oncomplete = () => done(result);
      whole.onerror = whole.onabort = () => failed(whole.error);
    });
  };
  const all = () => deal("readonly", (items) => items.sort((a, b) => a.at - b.at));
  const of = (items, key) => items.find((item) => item.key === key);
  const patch = (key, may, fields) => deal("readwrite", (items, box) => {
    const item = of(items, key);
    if (!item || !may(item)) return undefined;
    Object.assign(item, typeof fields === "function" ? fields(item) : fields);
    box.put(item);
    return item;
  });
  // What it was recorded instead of stands again as it did.
  const drop = (key, may) => deal("readwrite", (items, box) => {
    const item = of(items, key);
    if (!item || !may(item)) return;
    box.delete(key);
    items.filter((old) => old.replacedBy === key).forEach((old) => { delete old.replacedBy; box.put(old); });
  });
  const news = "BroadcastChannel" in window ? new BroadcastChannel("solon") : { postMessage() {} };
  news.onmessage = () => show();
  const changed = () => { news.postMessage(1); return show().catch(() => {}); }; // what is kept is kept, shown or not
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
  const answers = async (path, more) => {
    const patience = new AbortController(), late = setTimeout(() => patience.abort(), 20000);
    try { return await fetch(path, { cache: "no-store", redirect: "manual", signal: patience.signal, ...more }); } finally { clearTimeout(late); }
  };
  // The server's clock goes along: a phone's may be a day off.
  const reached = async () => {
    try {
      const answer = await answers("/healthz"), skew = Date.parse(answer.headers.get("Date")) - Date.now();
      if (Math.abs(skew) > 3600000) localStorage.setItem("skew", skew); else localStorage.removeItem("skew");
      signal = answer.ok;
    } catch { signal = false; }
    return signal;
  };

  const mine = (item) => item.person === person;
  const sendable = (item) => mine(item) && !item.replacedBy && (left || !item.alone) && ["kept", "held"].includes(item.state);
  const due = (item) => {
    const now = Date.now(), paced = item.note || item.state !== "kept";
    if (!sendable(item)) return false;
    return item.sendAfter <= now || item.sendAfter > now + (paced ? FATE : UNDO) || (paced && first); // or the clock ran ahead
  };
  const flush = () => locked(async () => {
    const waiting = (await all()).filter(due);
    first = false;
    if (!waiting.length) return;
    await reached();
    signIn = false;
    for (const item of waiting) {
      if (!signal || signIn) break;
      await send(item.key);
      await changed();
    }
    await changed();
  });

  async function ask(door, item, body) {
    const answer = await answers(`/chi-hoi/${item.chapter}/${door}`, { method: "POST", body });
    if ((answer.headers.get("content-type") || "").startsWith("application/json")) return answer.json();
    if (answer.type === "opaqueredirect" || answer.status === 401) return { shut: "signin" };
    if (answer.status === 403 || answer.status === 404) return { shut: "refused" };
    if ([400, 413, 422].includes(answer.status)) return { state: "fix", says: say("unread") };
  }

  async function send(key) {
    const turn = uuid();
    let before, handed; // an earlier asking may have come through, whatever is said to this one
    const item = await patch(key, sendable, (stored) => {
      before = stored.unsure;
      handed = stored.state === "held"; // then it asks only what became of it
      return handed ? { turn } : { turn, unsure: true }; // from here on the book may have it, until an answer says otherwise
    });
    if (!item) return;
    await changed();
    const body = new URLSearchParams(item.fields);
    body.set("key", key);
    body.set("person", item.person);
    if (item.confirmed) body.set("confirmed", "1");
    let told;
    try {
      if (!handed) told = await ask("gui", item, body);
      // Not hers to send: where her office has ended the chapter holds it instead, under the same key.
      if (handed || (told && told.shut)) {
        body.set("at", item.at);
        const held = await ask("giu", item, body);
        if (handed || (held && !held.shut)) told = held;
      }
    } catch { await reached(); }
    if (!told || told.state === "again") return;
    await settle(key, turn, told, before, handed);
  }

  // What the book said of it. Whatever was not hers to send just now stays kept, and is asked again.
  function settle(key, turn, told, before, handed) {
    const note = told.shut || (["other", "refused"].includes(told.state) && told.state);
    if (note === "signin") { signIn = true; here.close(); }
    if (note === "other") signIn = true; // another is in: nothing of hers can go
    return deal("readwrite", (items, box) => {
      const item = of(items, key);
      if (!item || DONE.includes(item.state)) return;
      if (note) {
        if (item.turn === turn && !handed) item.unsure = before;
        item.note = note;
        item.says = told.says;
        item.sendAfter = note === "refused" || handed ? Date.now() + FATE : 0;
      } else {
        delete item.note;
        Object.assign(item, told, { unsure: false });
        if (DONE.includes(item.state)) item.done = Date.now();
        else item.sendAfter = Date.now() + FATE;
        if (["posted", "waits"].includes(item.state)) for (let old = of(items, item.replaces); old; old = of(items, old.replaces)) box.delete(old.key);
      }
      box.put(item);
    });
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(() => flush().catch(() => {}).finally(later), AGAIN); };
  const soon = () => flush().catch(() => {}).finally(later);
  addEventListener("online", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });

  // Keeping: called by the sheet. A sheet that takes another's place hides it; it goes when this one is in the book.

  const undone = (item) => !ELSEWHERE.includes(item.state) && !item.replacedBy;
  async function keep(form, facts) {
    if (here.practising()) { alert(say("practising")); return null; }
    const typed = [...new FormData(form)], replaces = form.dataset.replaces;
    const fields = typed.filter(([name]) => !["key", "do", "confirmed"].includes(name));
    const item = {
      key: uuid(), chapter, person, who, at: Date.now(), sendAfter: Date.now() + UNDO, state: "kept", unsure: false,
      confirmed: typed.some(([name]) => name === "confirmed"), alone: !here.open(), fields, ...facts,
    };
    const refused = await deal("readwrite", (items, box) => {
      const old = of(items, replaces);
      if (old && (old.unsure || ELSEWHERE.includes(old.state))) return word(old);
      if (old && old.replacedBy) return say("mended");
      if (old) { item.replaces = replaces; box.put({ ...old, replacedBy: item.key }); }
      box.put(item);
    });
    if (refused) { alert(refused); return null; }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    await changed();
    reached().then(changed);
    setTimeout(soon, UNDO + 50);
    return item;
  }

  // Showing

  const seconds = ({ sendAfter }) => Math.ceil(Math.min(sendAfter - Date.now(), UNDO) / 1000);
  const word = (item) => {
    if (item.state === "posted") return say(item.by ? "by" : "posted", item);
    if (["held", "dropped", "waits"].includes(item.state)) return item.says;
    if (item.unsure && !mine(item)) return say("doubt", item);
    if (item.unsure) return say("unsure");
    if (!mine(item)) return say(item.state === "ask" ? "hers" : "other", item);
    if (item.state === "ask") return item.says;
    if (item.state === "fix") return say("fix", item);
    if (item.alone) return say("alone");
    if (item.note === "refused") return item.says || say("refused");
    if (signIn || item.note) return say("signin");
    if (!signal) return say("kept");
    return seconds(item) > 0 ? say("soon", { n: seconds(item) }) : say("sending");
  };
  const quiet = (item) => item.state === "kept" && mine(item) && signal && !signIn && !item.unsure && !item.alone && !item.note;
  const amount = (line) => (line.amount === null ? line.typed : money(line.amount));
  const total = (item) => money(item.total) + (item.unclear ? " + …" : "");
  // A check code is read aloud and compared: it stands on one line.
  const tell = (part, item) => {
    const [before, after] = word(item).split(item.code || "\n");
    part.textContent = before;
    if (after === undefined) return;
    part.append(document.createElement("span"), after);
    part.firstElementChild.className = "nowrap";
    part.firstElementChild.textContent = item.code;
  };
  const copyOf = (item) => [say("copy", { ...item, total: total(item) }), ...item.lines.map((line) => `${line.number}. ${line.name}: ${amount(line)}`), word(item)].join("\n");

  async function share(item) {
    const text = copyOf(item);
    try { await navigator.share({ text }); } catch {
      try { await navigator.clipboard.writeText(text); alert(say("copied")); } catch { prompt(say("copyby"), text); }
    }
  }

  // A refused sheet goes back into the form; what is then recorded takes its place.
  async function mend(item) {
    if (!(await reached())) return alert(say("cut"));
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

  const may = (doing) => (item) => offers(item).includes(doing);
  const acts = {
    now: async ({ key }) => { await patch(key, may("now"), { sendAfter: 0 }); soon(); },
    undo: async ({ key }) => { await drop(key, may("undo")); await changed(); },
    yes: async ({ key }) => { await patch(key, may("yes"), { confirmed: true, state: "kept", sendAfter: 0 }); soon(); },
    mine: async ({ key }) => {
      if (!here.open()) return alert(say("signin"));
      await patch(key, may("mine"), { alone: false, sendAfter: 0 });
      soon();
    },
    mend, share,
    drop: async ({ key }) => { if (confirm(say("sure"))) { await drop(key, may("drop")); await changed(); } },
    open: (item) => { location.href = `/phieu/${item.entry}`; },
  };
  const offers = (item) => {
    if (item.state === "posted") return left || !item.entry ? [] : ["open"];
    if (item.state === "held" || (item.state === "ask" && !mine(item))) return ["share"];
    if (item.unsure) return item.state === "kept" && mine(item) && !left ? ["now", "share"] : mine(item) ? ["share"] : ["share", "drop"];
    if (["dropped", "waits"].includes(item.state) || (left && item.note)) return ["share", "drop"];
    if (item.state === "ask") return ["yes", "mend", "share"];
    if (item.state === "fix" || !mine(item)) return ["mend", "share", "drop"];
    if (item.alone) return ["mine", "undo", "share"];
    return item.note === "refused" ? ["now", "mend", "share", "drop"] : ["now", "undo", "share"];
  };

  function card(item) {
    const one = words.content.querySelector("[data-item]").cloneNode(true), part = (name) => one.querySelector(`[data-${name}]`);
    one.dataset.key = item.key;
    one.dataset.state = item.state === "posted" ? "well" : quiet(item) ? "quiet" : ["kept", "ask", "held", "waits"].includes(item.state) ? "waits" : "wrong";
    part("day").textContent = item.day;
    part("sum").textContent = total(item);
    part("payers").textContent = say("payers", { n: item.payers });
    tell(part("word"), item);
    const stands = say({ posted: "inbook", held: "onhold", waits: "onhold", dropped: "notin" }[item.state] || "onphone");
    for (const line of part("lines") ? item.lines : []) {
      const row = document.createElement("li"), sum = document.createElement("b"), state = document.createElement("small");
      sum.textContent = amount(line);
      state.textContent = stands;
      row.append(`${line.number}. ${line.name} `, sum, " ", state);
      part("lines").append(row);
    }
    one.querySelectorAll("[data-do]").forEach((button) => {
      button.hidden = !offers(item).includes(button.dataset.do);
      button.addEventListener("click", () => acts[button.dataset.do](item));
    });
    const tick = setInterval(() => {
      if (!one.isConnected || !quiet(item)) return clearInterval(tick);
      tell(part("word"), item);
    }, 1000);
    return one;
  }

  const listeners = [];
  async function show() {
    const kept = await all(), waiting = kept.filter(undone), items = kept.filter((item) => !item.replacedBy);
    const lines = waiting.reduce((sum, item) => sum + item.lines.length, 0);
    const asks = waiting.some((item) => mine(item) && (["ask", "fix"].includes(item.state) || item.alone)); // a signal alone will not send it
    localStorage.setItem("unsent", lines);
    document.querySelectorAll("a.unsent").forEach((mark) => {
      mark.hidden = !lines;
      mark.classList.toggle("quiet", waiting.every(quiet));
      mark.querySelector("[data-n]").textContent = say(asks ? "answer" : "unsent", { n: lines });
    });
    const off = document.querySelector("p.cut"), exercise = here.practising() && document.querySelector("[data-sheet]");
    if (off) {
      off.hidden = signal && !exercise;
      off.textContent = exercise ? say("practising") : say("off", { at: words.dataset.made });
    }
    const spot = document.activeElement, held = spot && spot.closest("[data-item]");
    const list = document.querySelector("[data-outbox]");
    if (list) {
      const door = list.closest("[data-at-the-door]"), shown = door ? items.filter(mine) : items;
      list.replaceChildren(...[...shown].reverse().map(card));
      (door || document.querySelector("[data-empty]")).hidden = door ? !shown.length : items.length > 0;
    }
    listeners.forEach((listener) => listener(items, kept));
    if (!held || held.isConnected) return; // who goes by keys keeps her place on a card drawn anew
    const anew = document.querySelector(`[data-key="${held.dataset.key}"]`);
    const button = anew && anew.querySelector(`[data-do="${spot.dataset.do}"]:not([hidden])`);
    if (anew) (button || anew).focus();
  }

  // Pages kept for when there is no signal, each with the files it names; made anew when those have changed

  async function ready() {
    if (left || !("serviceWorker" in navigator) || !window.caches) return;
    await here.cleared;
    if (!(await navigator.serviceWorker.getRegistration())) await navigator.serviceWorker.register("/sw.js"); // the browser itself looks for a newer one
    await navigator.serviceWorker.ready;
    const pages = await caches.open("pages"), shell = await caches.open("shell"), sheet = `/chi-hoi/${chapter}/thu`;
    const script = document.querySelector("script[src*='/phone.js']").getAttribute("src");
    const files = (text) => [...text.replace(/&amp;/g, "&").matchAll(/\/static\/[^"'\s]+/g)].map(([file]) => file);
    const more = (await pages.keys()).map(({ url }) => new URL(url).pathname);
    const named = new Set();
    let renewed = false, whole = true;
    // On her first page the others wait until she has seen it; the sheet goes first where it is that page.
    const first = location.pathname === sheet, paths = first ? [sheet, "/tren-may", "/hom-nay"] : ["/tren-may", "/hom-nay", sheet];
    for (const path of new Set([...paths, ...more])) {
      if (first && path === "/tren-may" && !(await pages.match(path))) await new Promise((done) => { setTimeout(done, UNDO); });
      const found = await pages.match(path);
      let text = found && (await found.text());
      if (!text || !text.includes(script)) {
        // The sheet on the screen was just paid for: it is in the browser's own store.
        const answer = await fetch(path, path === location.pathname ? { cache: "force-cache" } : {}).catch(() => null);
        renewed = true;
        if (!answer || !answer.ok || answer.redirected || !answer.headers.get("Solon-Keep")) { whole = false; continue; }
        text = await answer.clone().text();
        for (const file of files(text)) if (!(await shell.match(file))) await shell.add(file);
        await pages.put(path, answer);
      }
      files(text).forEach((file) => named.add(file));
    }
    const plain = await shell.match("/khong-mang");
    if (!renewed || !whole || !plain) return;
    files(await plain.text()).forEach((file) => named.add(file));
    for (const { url } of await shell.keys()) {
      const { pathname, search } = new URL(url);
      if (pathname.startsWith("/static/") && !named.has(pathname + search)) await shell.delete(url);
    }
  }

  const old = (item) => item.state === "posted" && (item.done || item.at) < Date.now() - WEEK;
  const today = () => new Date(Date.now() + Number(localStorage.getItem("skew")) + 7 * 3600000).toISOString().slice(0, 10); // Vietnam has no summer time
  const solon = { keep, show, mend, word, card, listen: (listener) => listeners.push(listener) };
  window.outbox = { say, reached, today, opening: opened.then(() => { window.solon = solon; return solon; }) };
  outbox.opening.then(async () => {
    document.dispatchEvent(new Event("solon"));
    for (const item of (await all()).filter(old)) await drop(item.key, old);
    await reached();
    await changed();
    soon();
  }).catch(() => {});
  addEventListener("load", () => ready().catch(() => {}));
})();
