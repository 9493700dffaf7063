// The one menu of all rows of the list: what it offers is fetched as it opens, for the row it was opened at.

const menu = () => document.getElementById("talk-acts");
let asked = "";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-talk-menu]");
  if (opener) asked = new URL(`${opener.dataset.talkMenu}/menu/`, base()).href;
}, true);

// Every row's address begins with that of the list.
function base() {
  return new URL(document.querySelector("[data-talks]").dataset.again.replace(/again\/.*/, ""), location.href);
}

document.addEventListener("menu:open", (event) => {
  if (event.target !== menu()) return;
  menu().replaceChildren();
  window.htmx.ajax("GET", asked, { target: menu(), swap: "innerHTML" });
});

// The second button, a long press, and the keyboard's menu key.
document.addEventListener("contextmenu", (event) => {
  const row = event.target.closest("[data-talk]");
  if (!row || event.shiftKey) return;
  event.preventDefault();
  row.querySelector("[data-talk-menu]").click();
});
