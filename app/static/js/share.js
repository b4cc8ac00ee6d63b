// Handing on, printing, reading aloud: each button is shown only where the phone can do it. Without this file the page is whole.
(() => {
  "use strict";
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) { // no clipboard without https, or it was not allowed: the old way
      const box = document.createElement("textarea");
      box.className = "sr";
      box.readOnly = true;
      box.value = text;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      return done;
    }
  };
  each("[data-share]", (button) => {
    const said = document.querySelector("[data-said]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const { title, share: text } = button.dataset;
      try {
        if (navigator.share) return await navigator.share({ title, text });
      } catch (error) {
        if (error.name === "AbortError") return; // she thought better of it
      }
      said.textContent = await copy(text) ? said.dataset.copied : said.dataset.failed;
      button.focus();
    });
  });

  // A roll has no pages: the paper is made as long as the slip.
  const fit = () => {
    const roll = document.querySelector("[data-roll]");
    if (!roll) return;
    const sheet = document.querySelector("link[href*='roll.css']").sheet;
    const long = Math.ceil(roll.offsetHeight * 25.4 / 96 * 1.02) + 6;
    sheet.insertRule("@page { size: 58mm " + Math.max(long, 60) + "mm; }", sheet.cssRules.length);
  };
  addEventListener("load", fit);
  each("[data-paper]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  // A printed slip leads here with its code; a paper that says another code is not of this book.
  each("[data-code]", (note) => {
    const look = () => {
      const paper = location.hash.slice(1);
      note.hidden = !/^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(paper) || paper === note.dataset.code;
    };
    addEventListener("hashchange", look);
    look();
  });

  each("[data-read]", (button) => {
    const speech = window.speechSynthesis, word = button.querySelector("span");
    if (!speech) return;
    const words = [word.textContent, button.dataset.stop];
    const voice = () => speech.getVoices().find(({ lang }) => /^vi([-_]|$)/i.test(lang));
    const show = () => { button.hidden = !voice(); };
    const ended = () => { word.textContent = words[0]; };
    speech.onvoiceschanged = show;
    show();
    button.addEventListener("click", () => {
      if (word.textContent === words[1]) return speech.cancel(), ended();
      word.textContent = words[1];
      speech.cancel();
      const sentences = button.dataset.read.split("\n"); // a long text breaks off on some phones
      sentences.forEach((sentence, n) => {
        const told = new SpeechSynthesisUtterance(sentence);
        told.voice = voice();
        told.lang = told.voice.lang;
        told.rate = 0.9;
        if (n === sentences.length - 1) told.onend = ended;
        speech.speak(told);
      });
    });
    addEventListener("pagehide", () => speech.cancel());
  });
})();
