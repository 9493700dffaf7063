// Passkeys: a form[data-passkey] asks the device for a credential, puts it in its field and is sent.
// data-passkey: get | create; data-options: what the device is given, else fetched from the form's address.
// data-failed, data-unsupported: the words for [data-passkey-error].

const isNamed = !/^[\d.]+$|:/.test(location.hostname); // browsers know no passkeys of bare addresses

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !window.isSecureContext || !isNamed) refuse(form);
  else form.addEventListener("submit", (event) => ask(event, form));
}

function refuse(form) {
  form.querySelector("button[type=submit]").disabled = true;
  tell(form, form.dataset.unsupported, "field-help");
}

async function ask(event, form) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  form.querySelector("[data-passkey-error]").hidden = true;
  try {
    const { publicKey } = await optionsOf(form);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: forCreation(publicKey) })
      : await navigator.credentials.get({ publicKey: forRequest(publicKey) });
    form.elements.credential.value = JSON.stringify(asJson(credential));
    form.submit();
  } catch {
    // Cancelled, timed out, or no such passkey on this device: browsers tell these apart for nobody.
    tell(form, form.dataset.failed, "field-error");
    button.disabled = false;
  }
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()).request_options;
}

function tell(form, words, style) {
  const place = form.querySelector("[data-passkey-error]");
  place.className = style;
  place.textContent = words;
  place.hidden = false;
}

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function forCreation(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  return { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) };
}

function forRequest(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
