// What a browser does with passkeys: made or used, from JSON and back to it.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// Browsers keep keys for names alone, and by https alone.
export const able = () => window.isSecureContext && !!window.PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);

const ids = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function written(key) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[part]) response[part] = text(key.response[part]);
  }
  return { id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, response };
}

export async function make(o) {
  const publicKey = { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: ids(o.excludeCredentials) };
  return written(await navigator.credentials.create({ publicKey }));
}

export async function use(o) {
  return written(await navigator.credentials.get({ publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: ids(o.allowCredentials) } }));
}

// post sends JSON; what the board says against it, in words, is the message of the error.
export async function post(url, body) {
  const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.detail ?? ""), { told: true });
  return said;
}

// why is the sentence for what went wrong; words come from the page.
export function why(fault, words) {
  if (fault.told && fault.message) return fault.message;
  if (fault instanceof TypeError) return words.offline;
  return fault.name === "InvalidStateError" ? words.there : words.failed;
}
