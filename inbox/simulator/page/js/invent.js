/* Making somebody up, who writes with one of the apps. */
import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { choose, on, say, state } from "./state.js";
import { t } from "./words.js";

export function inventing() {
  const footer = h("footer");
  on("loaded", () => footer.replaceChildren(...[...state.apps.values()].flatMap(buttons)));
  return footer;
}

function buttons(app, place) {
  return app.invent.map(([words, image, wanted], index) =>
    h(
      "button",
      {
        class: place + index === 0 ? "press main" : "press",
        title: t(`${words}Hint`) === `${words}Hint` ? null : t(`${words}Hint`),
        onclick: () => invent({ app: app.key, ...wanted }),
      },
      icon(image),
      t(words),
    ),
  );
}

async function invent(who) {
  const customer = await post("customers", who);
  state.customers.set(customer.id, customer);
  choose(customer.id);
  say("write");
}
