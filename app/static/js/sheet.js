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

  const dots = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");

  // An amount as app/money.py reads it: a sum, [sum] where it must be asked ("10"), null for what the server is to say.
  const FIGURES = /^(0|[1-9]\d{0,2}([., ])\d{3}(?:\2\d{3})*|[1-9]\d*)(?: ?(₫|vnđ|vnd)|(?: ?(?:đồng|dong|đ|d)))?$/;
  const N = "(\\d+(?:[.,]\\d{1,2})?)";
  const SPOKEN = new RegExp(`^(?:${N} ?(?:tỷ|tỉ|ty|ti))?(?: ?${N} ?(?:triệu|trieu|tr))?(?: ?${N} ?(?:nghìn|nghin|ngàn|ngan|k))?(\\d{1,3})?(?: ?(?:₫|vnđ|vnd|đồng|dong|đ|d))?$`);
  const read = (typed) => {
    const text = typed.normalize("NFC").toLowerCase().replace(/[ \u00a0\u202f]+/g, " ").trim();
    if (!text) return 0;
    const plain = text.match(FIGURES);
    if (plain) {
      const sum = Number(plain[1].replace(/\D/g, ""));
      return sum && sum < 1000 && !plain[3] ? [sum * 1000] : sum > 0 && sum < 1e13 ? sum : null;
    }
    const found = text.match(SPOKEN);
    if (!found) return null;
    const parts = [1e9, 1e6, 1e3].map((unit, n) => [found[n + 1], unit]).filter(([number]) => number);
    if (!parts.length) return null;
    const [[head, largest], ...later] = parts, [whole, decimals = ""] = head.split(/[.,]/), tail = found[4] || "";
    if (/^0\d/.test(whole) || (decimals && (later.length || tail)) || !later.every(([number]) => /^\d{1,3}$/.test(number))) return null;
    const part = (digits, unit) => Number(digits.padEnd(3, "0")) * unit / 1000;
    const sum = later.reduce((so, [number, unit]) => so + Number(number) * unit, Number(whole) * largest + part(decimals, largest) + part(tail, parts[parts.length - 1][1]));
    return sum > 0 && sum < 1e13 ? sum : null;
  };
  window.readMoney = read; // for whatever else adds up as she types

  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const $ = (selector) => sheet.querySelector(selector);
  const known = (sum) => (typeof sum === "number" ? sum : null);

  const rows = [...sheet.querySelectorAll("[data-row]")].map((row) => ({ row, amount: row.querySelector(".amount"), find: row.dataset.row.toLowerCase() }));
  const of = new Map(rows.map((one) => [one.row, one]));

  const add = () => {
    let total = 0, payers = 0, unsure = false;
    for (const { row, amount } of rows) {
      const sum = known(read(amount.value));
      row.classList.toggle("unsure", sum === null);
      if (sum === null) unsure = true; else total += sum;
      if (sum !== 0) payers += 1;
    }
    standing = unsure ? null : total;
    $("[data-total]").textContent = dots(total) + "\u00a0₫";
    $("[data-payers]").textContent = payers;
    $("[data-unsure]").hidden = !unsure;
    $("[data-check]").hidden = !unsure; // the running total makes it needless
    count();
  };

  // The notes in her hand against the sheet, if she wishes; it is not sent.
  const notes = $("[data-notes]");
  let standing = 0; // the sheet's sum; null while a row of it cannot be read
  const count = () => {
    let sum = 0;
    notes.querySelectorAll("[data-note]").forEach((box) => {
      const worth = Number(box.dataset.note) * (/^\d+$/.test(box.value.trim()) ? Number(box.value) : 0);
      box.parentElement.querySelector("[data-of]").textContent = worth ? dots(worth) : "";
      sum += worth;
    });
    const says = notes.querySelector("[data-notes-says]"), off = sum - standing, even = standing === null ? "unclear" : off ? (off < 0 ? "short" : "over") : "even";
    notes.querySelector("[data-notes-sum]").textContent = dots(sum) + "\u00a0₫";
    says.textContent = !sum ? "" : says.dataset[even].replace("{sum}", dots(Math.abs(off)) + "\u00a0₫");
    says.className = even === "even" ? "well" : "waits";
  };
  notes.hidden = false;
  notes.addEventListener("input", () => count());
  const put = (one, sum) => { one.amount.value = sum ? dots(sum) : ""; };

  sheet.addEventListener("input", (event) => { if (event.target.matches(".amount")) add(); });
  sheet.addEventListener("change", (event) => {
    if (!event.target.matches(".amount")) return;
    const sum = known(read(event.target.value));
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

  // What is wrong stands beside its row, as the server would put it.
  const beside = (row, text) => {
    const box = row.querySelector(".amount"), id = `p-${box.name}`;
    const told = document.getElementById(id) || document.createElement("p");
    Object.assign(told, { id, className: "problem" });
    told.setAttribute("role", "alert");
    told.textContent = text;
    row.append(told);
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", id);
    box.addEventListener("input", () => { told.remove(); box.removeAttribute("aria-invalid"); }, { once: true });
    return box;
  };
  const plainlyWrong = (facts, say) => {
    const wrong = [];
    for (const { row, amount, sum } of facts) {
      if (Array.isArray(sum)) {
        const typed = amount.value.trim();
        put({ amount }, sum[0]);
        wrong.push(beside(row, say("bare", { typed, sum: dots(sum[0]) + "\u00a0₫" })));
      } else if (sum === null && !/\d/.test(amount.value)) wrong.push(beside(row, say("unclear")));
    }
    if (!wrong.length && !facts.some(({ sum }) => sum !== 0)) wrong.push(beside(facts[0].row, say("nobody")));
    if (wrong.length) { wrong[0].focus(); add(); }
    return wrong.length > 0;
  };

  // "Ghi sổ" with the outbox: kept on the phone first, sent after ten seconds in which it can be taken back.
  // Straight into the book only where this phone cannot keep anything, and then only with a signal.
  const panel = document.querySelector("[data-panel]"), date = sheet.elements.date;
  const bar = document.querySelector("[data-tell]"), tell = (text) => { bar.hidden = !text; bar.textContent = text; };
  let watched, keeping = false, straight = false;
  sheet.addEventListener("submit", async (event) => {
    const { submitter } = event, { outbox } = window;
    if (straight || !outbox || !submitter || submitter.value !== "record") return;
    event.preventDefault();
    if (watched || keeping) return; // a second tap
    const facts = rows.map(({ row, amount }) => ({ row, amount, sum: read(amount.value) }));
    if (plainlyWrong(facts, outbox.say)) return;
    if (!date.value) { date.required = true; date.reportValidity(); return; }
    renew();
    keeping = true;
    try {
      const slow = new Promise((_, failed) => setTimeout(failed, 4000));
      const lines = facts.filter(({ sum }) => sum !== 0).map(({ row, amount, sum }) => ({ number: row.querySelector(".no").textContent, name: row.dataset.name, amount: sum, typed: amount.value }));
      const about = {
        day: date.value.split("-").reverse().join("/"), total: lines.reduce((sum, line) => sum + line.amount, 0),
        payers: lines.length, lines, unclear: lines.some((line) => line.amount === null),
      };
      const solon = await Promise.race([outbox.opening, slow]);
      const item = await solon.keep(sheet, about);
      if (item) await watch(item.key);
    } catch (error) {
      if (watched) return; // it is kept; only showing it failed
      if (sheet.dataset.replaces) return tell(outbox.say("nokeep"));
      tell(outbox.say("straight"));
      if (!(await outbox.reached())) return tell(outbox.say("nowhere"));
      straight = true;
      sheet.requestSubmit(submitter);
    } finally { keeping = false; }
  }, true);

  // A page kept from another day: what is recorded now is of today, unless she chose a day herself.
  const renew = () => {
    const today = window.outbox ? outbox.today() : date.max;
    if (today <= date.max) return;
    if (date.value === date.max && date.defaultValue === date.max) {
      date.value = today;
      tell(outbox.say("today", { day: today.split("-").reverse().join("/") }));
    }
    date.max = today;
    date.defaultValue = date.value;
  };

  async function watch(key) {
    watched = key;
    history.replaceState({ kept: key }, ""); // coming back here shows what became of it, not a form to send again
    sheet.hidden = true;
    panel.hidden = false;
    await solon.show().catch(() => {});
    scrollTo(0, 0);
    panel.querySelector("[data-title]").focus();
  }
  const begin = () => {
    let mending = false;
    solon.listen((items, kept) => {
      renew();
      const refused = kept.find(({ key }) => key === sheet.dataset.replaces), why = $("[data-why]");
      if (refused && why) { why.hidden = false; why.textContent = solon.word(refused); }
      if (!watched) return;
      const item = kept.find(({ key }) => key === watched);
      if (!item) { // taken back: the form as it was typed
        watched = undefined;
        history.replaceState(null, "");
        panel.hidden = true;
        sheet.hidden = false;
        return;
      }
      panel.querySelector("[data-card]").replaceChildren(solon.card(item));
      if (item.state === "posted" && !item.by && !came) location.assign(`/phieu/${item.entry}`);
      // What only the server could read, and did not: back to the rows, each with what is wrong.
      if (item.state === "fix" && item.unclear && !came && !mending) { mending = true; solon.mend(item); }
    });
    const way = performance.getEntriesByType("navigation")[0]; // a link to this page begins a new sheet
    const came = way && way.type !== "navigate" && history.state && history.state.kept;
    if (came) watch(came);
    else history.replaceState(null, "");
  };
  if (window.solon) begin();
  else document.addEventListener("solon", begin, { once: true });

  add();
  addEventListener("pageshow", () => { add(); renew(); }); // a page brought back brings its typed amounts back too
})();
