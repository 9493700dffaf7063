/* Things to send: samples of every kind, or a file of one's own. */
import { base64 } from "./api.js";
import { h, icon } from "./dom.js";
import { appOf, state } from "./state.js";
import { t } from "./words.js";

const ALL = [
  ["shirt", "image", 200, "image", () => ({ sample: "camisa.jpg", caption: t("captionShirt") })],
  ["sofa", "sofa", 40, "image", () => ({ sample: "sillon.jpg", caption: t("captionSofa") })],
  ["receipt", "receipt", 150, "image", () => ({ sample: "comprobante.jpg", caption: t("captionReceipt") })],
  ["album", "image", 230, "album"],
  ["voice", "mic", 25, "voice"],
  ["video", "video", 300, "video"],
  ["document", "file", 265, "document"],
  ["sticker", "sticker", 184, "sticker"],
  ["location", "pin", 10, "location"],
  ["contact", "user", 225, "contact"],
  ["order", "cart", 75, "order"],
  ["poll", "poll", 330, "poll"],
  ["storyReply", "story", 330, "reply_to_story"],
  ["storyMention", "at", 285, "mention_in_story"],
  ["post", "image", 210, "post"],
];

export function attach(root, sending) {
  const open = root.querySelector(".attach");
  if (open) return open.remove();
  const close = (event) => {
    if (!event || !tray.contains(event.target)) {
      tray.remove();
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", escape);
    }
  };
  const escape = (event) => event.key === "Escape" && close();
  const thing = ([name, image, hue, act, body = () => ({})]) =>
    h(
      "button",
      {
        onclick: () => {
          close();
          sending(act, body());
        },
      },
      h("span", { class: "dot", hue }, icon(image)),
      t(name),
    );
  const input = h("input", {
    type: "file",
    onchange: async () => {
      const [file] = input.files;
      close();
      if (file) sending("upload", await upload(file));
    },
  });
  const tray = h(
    "div",
    { class: "attach" },
    ALL.filter(([name]) => appOf(state.customer).things.includes(name)).map(thing),
    h("label", {}, h("span", { class: "dot", hue: 120 }, icon("folder")), t("file"), input),
  );
  root.append(tray);
  tray.querySelector("button").focus();
  setTimeout(() => document.addEventListener("pointerdown", close));
  document.addEventListener("keydown", escape);
}

async function upload(file) {
  return { name: file.name, mime_type: file.type, content: await base64(file) };
}
