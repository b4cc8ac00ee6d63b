// What the members say adds up without this file; here the sums run along.
(() => {
  "use strict";
  const form = document.querySelector("[data-decide]");
  if (!form) return;
  const add = () => {
    const sums = { take: 0, keep: 0, give: 0 };
    let unsure = false;
    for (const choice in sums) sums[choice] = Number(form.dataset[choice]);
    form.querySelectorAll("[data-claim]").forEach((row) => {
      const chosen = (row.querySelector(":checked") || {}).value;
      let left = Number(row.dataset.claim);
      row.querySelectorAll("[data-part]").forEach((box) => {
        const part = window.readMoney(box.value), choice = box.dataset.part;
        if (typeof part !== "number") unsure = true;
        else if (choice !== chosen) { sums[choice] += part; left -= part; }
      });
      if (chosen) sums[chosen] += Math.max(left, 0);
    });
    form.querySelectorAll("[data-sum]").forEach((says) => {
      says.textContent = String(sums[says.dataset.sum]).replace(/\B(?=(\d{3})+$)/g, ".") + "\u00a0₫";
    });
    form.querySelector("[data-short]").hidden = sums.take <= Number(form.dataset.there);
    form.querySelector("[data-check]").hidden = !unsure;
  };
  form.addEventListener("input", add);
  addEventListener("pageshow", add);
})();
