// Passkeys: hands the page's challenge to the browser and sends its answer with the page's own form.
// Nothing else of the e-ID needs JavaScript; the buttons appear where the browser can do this.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function understood({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: bytes(options.user.id) };
  options.excludeCredentials = ids(options.excludeCredentials);
  options.allowCredentials = ids(options.allowCredentials);
  return { publicKey: options };
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type, authenticatorAttachment } = credential;
  const rawId = text(credential.rawId);
  return { id, rawId, type, authenticatorAttachment, response, clientExtensionResults: credential.getClientExtensionResults() };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const { passkey: verb, options } = form.dataset;
  const failed = document.getElementById(form.dataset.failed);
  form.hidden = false;
  for (const one of document.querySelectorAll("[data-without-passkeys]")) one.hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    failed.hidden = true;
    try {
      const credential = await navigator.credentials[verb](understood(JSON.parse(options)));
      form.elements.answer.value = JSON.stringify(written(credential));
      form.submit();
    } catch {
      failed.hidden = false; // given up, timed out, or a key that is here already
    }
  });
}
