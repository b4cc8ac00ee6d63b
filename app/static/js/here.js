// On every page: whose phone this is just now, whether she practises, and going out.
(() => {
  "use strict";
  const { person, practice, made } = document.currentScript.dataset, at = location.pathname;
  const jar = (text) => { document.cookie = `${text}; path=/; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`; };
  const read = (name) => (document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`)) || [])[1];
  const clear = async () => {
    localStorage.removeItem("person");
    if (window.caches) await caches.delete("pages");
  };

  // A kept page of the real book must not take an exercise for real. Only a later first page of the real book
  // ends it: while she practises that page is an exercise itself. It goes with the browser, as the copy's cookie does.
  const PRACTISING = "solon_practising", own = at === "/hom-nay";
  if (practice) jar(`${PRACTISING}=${made}`);
  else if (person && own && Number(made) > Number(read(PRACTISING))) jar(`${PRACTISING}=; max-age=0`);

  // The server says until when she is in; the book's door says that she is not.
  const OPEN = location.protocol === "https:" ? "__Host-solon_open" : "solon_open";
  const close = () => jar(`${OPEN}=; max-age=0`);
  const door = at === "/vao", stranger = person && localStorage.getItem("person") !== person;
  if (door) close();
  const cleared = door || stranger ? clear().then(() => { if (person) localStorage.setItem("person", person); }).catch(() => {}) : Promise.resolve();
  window.here = { cleared, close, open: () => Number(read(OPEN)) * 1000 > Date.now(), practising: () => !!read(PRACTISING) };

  const unsent = Number(localStorage.getItem("unsent")), told = document.querySelector("[data-unsent]");
  if (told && unsent) { told.hidden = false; told.textContent = told.dataset.unsent.replace("{n}", unsent); }

  // Out only when the book has said so: without a signal she would stand before an error, her pages gone.
  const leave = document.querySelector("form.leave");
  if (leave) leave.addEventListener("submit", async (event) => {
    event.preventDefault();
    const left = localStorage.getItem("unsent");
    if (Number(left) && !confirm(leave.dataset.waits.replace("{n}", left))) return;
    const patience = new AbortController(), timer = setTimeout(() => patience.abort(), 20000);
    try {
      const answer = await fetch(leave.action, { method: "POST", body: new URLSearchParams(new FormData(leave)), redirect: "manual", signal: patience.signal });
      if (answer.type !== "opaqueredirect") throw answer;
    } catch {
      return alert(leave.dataset.cut);
    } finally { clearTimeout(timer); }
    await clear().catch(() => {});
    location.assign("/vao");
  });
})();
