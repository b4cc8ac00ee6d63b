// The sheet works without this file; here it only saves round trips. The server adds up again in any case.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  // A second tap must not send a second time; coming back to the page wakes the buttons again.
  const wake = (form, awake) => {
    delete form.dataset.sent;
    if (!awake) form.dataset.sent = "1";
    form.querySelectorAll("button").forEach((button) => { button.disabled = !awake; });
  };
  document.querySelectorAll("form[data-once]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // the phone keeps it
      if (form.dataset.sent) return event.preventDefault();
      setTimeout(() => wake(form, false)); // after the pressed button's value went along
    });
    addEventListener("pageshow", () => wake(form, true));
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const $ = (selector) => sheet.querySelector(selector);
  const dots = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");

  // Only the plain ways of writing an amount; whatever else is typed, the server reads (null = not understood here).
  const read = (typed) => {
    const text = typed.trim().toLowerCase().replace(/\s*[đ₫]$/, "");
    if (!text) return 0;
    if (/^[1-9]\d{0,4}k$/.test(text)) return parseInt(text, 10) * 1000;
    if (/^[1-9]\d{0,2}([.,]\d{3}){1,3}$/.test(text) || /^[1-9]\d{3,9}$/.test(text)) return Number(text.replace(/[.,]/g, ""));
    return null;
  };

  const rows = [...sheet.querySelectorAll("[data-row]")].map((row) => ({ row, amount: row.querySelector(".amount"), find: row.dataset.row.toLowerCase() }));
  const of = new Map(rows.map((one) => [one.row, one]));

  const add = () => {
    let total = 0, payers = 0, unsure = false;
    for (const { row, amount } of rows) {
      const sum = read(amount.value);
      row.classList.toggle("unsure", sum === null);
      if (sum === null) unsure = true; else total += sum;
      if (sum !== 0) payers += 1;
    }
    $("[data-total]").textContent = dots(total) + "\u00a0₫";
    $("[data-payers]").textContent = payers;
    $("[data-unsure]").hidden = !unsure;
    $("[data-check]").hidden = !unsure; // the running total makes it needless
    count(total);
  };

  // The notes in her hand against the sheet, if she wishes; it is not sent.
  const notes = $("[data-notes]");
  let standing = 0;
  const count = (total = standing) => {
    standing = total;
    let sum = 0;
    notes.querySelectorAll("[data-note]").forEach((box) => {
      const worth = Number(box.dataset.note) * (/^\d+$/.test(box.value.trim()) ? Number(box.value) : 0);
      box.parentElement.querySelector("[data-of]").textContent = worth ? dots(worth) : "";
      sum += worth;
    });
    const says = notes.querySelector("[data-notes-says]"), off = sum - total;
    notes.querySelector("[data-notes-sum]").textContent = dots(sum) + "\u00a0₫";
    says.textContent = !sum ? "" : says.dataset[off ? (off < 0 ? "short" : "over") : "even"].replace("{sum}", dots(Math.abs(off)) + "\u00a0₫");
    says.className = off ? "waits" : "well";
  };
  notes.hidden = false;
  notes.addEventListener("input", () => count());
  const put = (one, sum) => { one.amount.value = sum ? dots(sum) : ""; };

  sheet.addEventListener("input", (event) => { if (event.target.matches(".amount")) add(); });
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches(".amount")) return;
    const sum = read(event.target.value);
    if (sum) event.target.value = dots(sum);
  });

  // One set of chips, under the row in hand. The row keeps its place under the finger while another one closes.
  const chips = document.getElementById("chips").content.firstElementChild.cloneNode(true);
  const openRow = (row) => {
    const open = chips.parentElement;
    if (open === row) return;
    const before = row.getBoundingClientRect().top;
    if (open) open.classList.remove("open");
    row.classList.add("open");
    row.insertBefore(chips, row.querySelector(".per"));
    scrollBy(0, row.getBoundingClientRect().top - before);
  };
  sheet.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) openRow(row);
    if (event.target.matches(".amount")) event.target.select();
  });
  chips.addEventListener("pointerdown", (event) => event.preventDefault()); // leave the number pad as it is
  chips.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-put]");
    if (!chip) return;
    put(of.get(chips.parentElement), Number(chip.dataset.put));
    add();
  });

  // "Everybody the minimum" touches only the rows still empty, and can be taken out again.
  let filled = [];
  const fill = $("[data-fill]"), unfill = $("[data-unfill]");
  fill.addEventListener("click", (event) => {
    event.preventDefault();
    const now = rows.filter(({ amount }) => !amount.value.trim());
    now.forEach((one) => put(one, Number(fill.dataset.fill)));
    filled = filled.concat(now);
    unfill.hidden = !filled.length;
    add();
  });
  unfill.addEventListener("click", () => {
    filled.filter(({ amount }) => read(amount.value) === Number(fill.dataset.fill)).forEach((one) => put(one, 0));
    filled = [];
    unfill.hidden = true;
    fill.focus();
    add();
  });

  const box = $("[data-find-box]"), search = $("input[data-find]");
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").trim();
  box.hidden = false;
  search.addEventListener("input", () => {
    const words = plain(search.value).split(/\s+/);
    let found = 0;
    for (const { row, find } of rows) {
      row.hidden = !words.every((word) => find.includes(word));
      if (!row.hidden) found += 1;
    }
    document.querySelector("[data-none]").hidden = found > 0;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = rows.find(({ row }) => !row.hidden);
    if (first) first.amount.focus();
  });

  // "Ghi sổ" with the outbox: kept on the phone first, sent after ten seconds in which it can be taken back.
  const panel = document.querySelector("[data-panel]");
  let watched, keeping = false;
  sheet.addEventListener("submit", async (event) => {
    if (!window.solon || !event.submitter || event.submitter.value !== "record") return;
    const facts = rows.map(({ row, amount }) => ({ row, sum: read(amount.value) }));
    const unclear = facts.find(({ sum }) => sum === null);
    const given = facts.filter(({ sum }) => sum);
    if (!given.length || (unclear && solon.signal())) return; // the server says what it is
    event.preventDefault();
    if (watched || keeping) return; // a second tap
    if (unclear) {
      const box = unclear.row.querySelector(".amount");
      box.setCustomValidity(solon.say("unclear"));
      box.reportValidity();
      box.addEventListener("input", () => box.setCustomValidity(""), { once: true });
      return;
    }
    const lines = given.map(({ row, sum }) => ({ number: row.querySelector(".no").textContent, name: row.dataset.name, amount: sum }));
    const day = sheet.elements.date.value.split("-").reverse().join("/");
    keeping = true;
    const item = await solon.keep(sheet, { day, total: lines.reduce((sum, line) => sum + line.amount, 0), payers: lines.length, lines });
    if (item) await watch(item.key);
    keeping = false;
  }, true);

  async function watch(key) {
    watched = key;
    history.replaceState({ kept: key }, ""); // coming back here shows what became of it, not a form to send again
    sheet.hidden = true;
    panel.hidden = false;
    await solon.show();
    scrollTo(0, 0);
    panel.querySelector("[data-title]").focus();
  }
  if (window.solon) {
    let ticking;
    solon.listen((items) => {
      const refused = items.find(({ key }) => key === sheet.dataset.replaces), why = $("[data-why]");
      if (refused) { why.hidden = false; why.textContent = solon.word(refused); }
      if (!watched) return;
      const item = items.find(({ key }) => key === watched), left = panel.querySelector("[data-left]");
      clearInterval(ticking);
      if (!item) { // taken back: the form as it was typed
        watched = undefined;
        history.replaceState(null, "");
        panel.hidden = true;
        sheet.hidden = false;
        return;
      }
      panel.querySelector("[data-card]").replaceChildren(solon.card(item));
      const tick = () => {
        const seconds = Math.ceil((item.sendAfter - Date.now()) / 1000);
        left.textContent = item.state === "kept" && seconds > 0 ? solon.say("left", { n: seconds }) : "";
        if (seconds <= 0) clearInterval(ticking);
      };
      tick();
      ticking = setInterval(tick, 1000);
      if (item.state === "posted" && !item.by && !came) location.assign(`/phieu/${item.entry}`);
    });
    const way = performance.getEntriesByType("navigation")[0]; // a link to this page begins a new sheet
    const came = way && way.type !== "navigate" && history.state && history.state.kept;
    if (came) watch(came);
    else history.replaceState(null, "");
  }

  add();
  addEventListener("pageshow", add); // a page brought back brings its typed amounts back too
})();
