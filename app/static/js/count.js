// Counting works without this file; here the sums run along. The server adds up again in any case.
// A form has one spot or several. Of each the notes and amounts are added and set against its book:
// a figure that stands there, or what is typed beside it (what members have, against the cash there is).
(() => {
  "use strict";
  const form = document.querySelector("[data-count]");
  if (!form) return;
  const all = (where, selector) => [...where.querySelectorAll(selector)];
  const one = (selector) => form.querySelector(selector) || document.createElement("i");
  const money = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".") + "\u00a0₫";
  const spots = form.matches("[data-spot]") ? [form] : all(form, "[data-spot]");
  const check = one("[data-check]"), differs = one("[data-differs]"), reason = one("[data-reason]");
  const BOXES = "[data-note], [data-cash], [data-beside]";

  const notes = (box) => (/^\d{1,7}$/.test(box.value.trim()) ? Number(box.value) : 0);
  const worth = (box) => (box.dataset.note ? notes(box) * Number(box.dataset.note) : window.readMoney(box.value));

  const tell = (where, total, off, kind) => {
    all(where, "[data-total]").forEach((sum) => { sum.textContent = money(total); });
    all(where, "[data-says]").forEach((says) => {
      says.textContent = (says.dataset[kind] || "") + (off ? " " + money(Math.abs(off)) : "");
      says.className = { short: "wrong", mixed: "wrong", over: "waits", even: "well" }[kind] || "faint";
    });
  };
  const kindOf = (off) => (off ? (off < 0 ? "short" : "over") : "even");

  const add = () => {
    let total = 0, off = 0, entered = false, mixed = false, unsure = false;
    for (const spot of spots) {
      let sum = 0, book = Number(spot.dataset.book || 0), typed = spot.dataset.entered === "1";
      for (const box of all(spot, BOXES)) {
        let part = worth(box);
        const row = box.closest(".tally, .note-row, .row, .field"), of = row.querySelector("[data-of]");
        row.classList.toggle("unsure", typeof part !== "number");
        if (typeof part !== "number") { unsure = true; part = 0; }
        if (of) {
          of.textContent = part ? money(part) : of.dataset.of;
          of.classList.toggle("faint", !part);
        }
        if (box.value.trim()) typed = true;
        if (box.matches("[data-beside]")) book += part; else sum += part;
      }
      const away = typed ? sum - book : 0, kind = typed ? kindOf(away) : "none";
      tell(spot, sum, away, kind);
      all(spot, "[data-book-sum]").forEach((says) => { says.textContent = money(book); });
      all(spot, "[data-left]").forEach((says) => { says.textContent = money(Math.abs(away)); });
      all(spot, "[data-away]").forEach((says) => { says.hidden = unsure || !away; });
      all(spot, "[data-counted]").forEach((says) => { says.hidden = !typed; });
      all(spot, "[data-uncounted]").forEach((says) => { says.hidden = typed; });
      all(form, `[data-off="${spot.id}"]`).forEach((says) => {
        says.hidden = !away;
        tell(says, sum, away, kind);
      });
      total += sum;
      off += away;
      if (typed) entered = true;
      if (away) mixed = true;
    }
    const kind = unsure || !entered ? "none" : mixed && !off ? "mixed" : kindOf(off);
    tell(one(".foot"), total, kind === "none" ? 0 : off, kind);
    check.hidden = !unsure; // the running total makes it needless
    differs.hidden = unsure || !entered || !(mixed || "even" in differs.dataset);
    reason.hidden = differs.hidden && !reason.dataset.late && !all(reason, "input").some((box) => box.value);
    all(form, "[data-when]").forEach((when) => {
      when.hidden = when.dataset.when !== kind;
      const radio = when.querySelector("input[type=radio]");
      if (radio && when.hidden) radio.checked = false;
    });
  };

  form.addEventListener("input", (event) => { if (event.target.matches(BOXES)) add(); });
  form.addEventListener("focusin", (event) => { if (event.target.matches(BOXES)) event.target.select(); });
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    event.preventDefault();
    const box = step.parentElement.querySelector("[data-note]");
    box.value = Math.max(notes(box) + Number(step.dataset.step), 0) || "";
    add();
  });
  // Another day has another sum in the book, and other members: only the server knows them.
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[name=date], select[name=pot_id]")) form.requestSubmit();
    else if (box.matches("[data-cash], [data-beside]")) {
      const sum = worth(box); // [sum] is to be asked: it stays as she typed it
      if (typeof sum === "number" && sum) box.value = money(sum).slice(0, -2);
    }
  });
  addEventListener("pageshow", add); // also when she comes back to what she had typed
})();
