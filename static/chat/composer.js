// Where one writes: grows with the text, Enter sends, files by button, drag and paste, a few emoji, a draft that stays.

import { element } from "./bubble.js";

const TYPING = 4_000; // ms between two words that somebody types

export class Composer {
  constructor(form, { token, limit, bytes, words, send, type, refuse }) {
    Object.assign(this, { form, limit, bytes, words, send, type, refuse, typed: 0, key: `cauce:${token}:draft` });
    this.field = form.elements.text;
    this.picker = form.querySelector("[data-emoji]");
    this.draft();
    form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("input", () => this.change());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("paste", (event) => this.drop(event, event.clipboardData));
    this.files();
    this.emoji();
    this.change(false);
  }

  submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return this.field.focus();
    if (text.length > this.limit) return this.refuse(this.words.long.replace("{n}", this.limit));
    this.field.value = "";
    this.change(false);
    this.field.focus();
    this.send({ text });
  }

  press(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (matchMedia("(pointer: coarse)").matches) return; // a phone's Enter makes a line
    this.submit(event);
  }

  change(byHand = true) {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 132)}px`;
    this.form.classList.toggle("empty", !this.field.value.trim());
    this.draft(this.field.value);
    if (!byHand || !this.field.value || Date.now() - this.typed < TYPING) return;
    this.typed = Date.now();
    this.type();
  }

  // What was begun is there when the page is opened again; where the browser keeps nothing, it is not.
  draft(text) {
    try {
      if (text === undefined) this.field.value = localStorage.getItem(this.key) ?? "";
      else localStorage.setItem(this.key, text);
    } catch {
      return;
    }
  }

  files() {
    const input = this.form.querySelector("input[type=file]");
    this.form.querySelector("[data-attach]").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.attach(input.files);
      input.value = "";
    });
    const over = (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    };
    const out = () => document.body.classList.remove("dropping");
    addEventListener("dragover", over);
    addEventListener("dragleave", (event) => event.relatedTarget || out());
    addEventListener("drop", (event) => {
      out();
      this.drop(event, event.dataTransfer);
    });
  }

  drop(event, { files }) {
    if (!files.length || this.form.hidden) return;
    event.preventDefault();
    this.attach(files);
  }

  attach(files) {
    for (const file of files) {
      if (file.size > this.bytes) this.refuse(this.words.large.replace("{n}", Math.floor(this.bytes / 1_048_576)));
      else this.send({ text: "", file });
    }
  }

  emoji() {
    const button = this.form.querySelector("[data-emoji-open]");
    const show = (open) => {
      this.picker.hidden = !open;
      button.setAttribute("aria-expanded", open);
    };
    for (const sign of this.picker.dataset.emoji.split(" ")) {
      this.picker.append(element("button", { type: "button", onclick: () => this.insert(sign) }, sign));
    }
    button.addEventListener("click", () => {
      show(this.picker.hidden);
      this.picker.firstElementChild.focus();
    });
    this.form.addEventListener("focusout", (event) => this.form.contains(event.relatedTarget) || show(false));
    this.picker.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
      const all = [...this.picker.children];
      if (step) all[all.indexOf(document.activeElement) + step]?.focus();
      if (event.key !== "Escape") return;
      event.stopPropagation();
      show(false);
      button.focus();
    });
    this.close = () => show(false);
  }

  insert(sign) {
    this.field.setRangeText(sign, this.field.selectionStart, this.field.selectionEnd, "end");
    this.change();
    this.close();
    this.field.focus();
  }
}
