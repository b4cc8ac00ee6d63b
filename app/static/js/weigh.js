// The limits as she types: the server alone knows them. Without a signal nothing is said, and the button asks.
(() => {
  "use strict";
  const form = document.querySelector("[data-weigh]"), says = document.querySelector("[data-weighed]");
  const names = ["member_id", "pot_id", "amount", "months", "plan", "date"];
  let timer, last = 0;
  const ask = async () => {
    const mine = ++last, told = new URLSearchParams(names.map((name) => [name, form.elements[name].value]));
    let text = "";
    try {
      const answer = await fetch(form.dataset.weigh + "?" + told);
      if (answer.ok && !answer.redirected) text = await answer.text();
    } catch { /* what was said before is no longer true of what stands there now */ }
    if (mine === last) says.innerHTML = text;
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
  if (form.elements.member_id.value) ask();
})();
