// Counting works without this file; here the sums run along. The server adds up again in any case.
(() => {
  "use strict";
  const form = document.querySelector("[data-count]");
  if (!form) return;
  const money = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".") + "\u00a0₫";
  const book = Number(form.dataset.book);
  const boxes = [...form.querySelectorAll("[data-note]")];
  const says = form.querySelector("[data-says]");
  const differs = form.querySelector("[data-differs]");
  const reason = form.querySelector("[data-reason]");
  form.querySelector("[data-check]").hidden = true;

  const read = (box) => (/^\d{1,7}$/.test(box.value.trim()) ? Number(box.value) : 0);

  const add = () => {
    let total = 0, entered = form.dataset.entered === "1";
    for (const box of boxes) {
      const sum = read(box) * Number(box.dataset.note);
      box.closest(".tally").querySelector("[data-of]").textContent = sum ? money(sum) : "";
      if (box.value.trim()) entered = true;
      total += sum;
    }
    form.querySelector("[data-total]").textContent = money(total);
    const off = total - book, kind = off ? (off < 0 ? "short" : "over") : "even";
    says.textContent = !entered ? "" : says.dataset[kind] + (off ? " " + money(Math.abs(off)) : "");
    says.className = { short: "wrong", over: "waits", even: "well" }[kind];
    differs.hidden = !entered || !off;
    reason.hidden = differs.hidden && !reason.dataset.late && !reason.querySelector("input").value;
    differs.querySelectorAll("[data-when]").forEach((one) => {
      one.hidden = one.dataset.when !== kind;
      const radio = one.querySelector("input[type=radio]");
      if (radio && one.hidden) radio.checked = false;
    });
  };

  form.addEventListener("input", (event) => { if (event.target.matches("[data-note]")) add(); });
  form.addEventListener("focusin", (event) => { if (event.target.matches("[data-note]")) event.target.select(); });
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    event.preventDefault();
    const box = step.parentElement.querySelector("[data-note]");
    box.value = Math.max(read(box) + Number(step.dataset.step), 0) || "";
    add();
  });
  // Another day has another sum in the book: only the server knows it.
  form.querySelector("[name=date]").addEventListener("change", () => form.querySelector("[data-check]").click());
  addEventListener("pageshow", add); // also when she comes back to what she had typed
})();
