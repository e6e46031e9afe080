// The browser's part of signing in with fingerprint, face or the device's lock.
// <form data-passkey="create" data-options="id of a JSON script"> or data-passkey="get" with data-options or data-url;
// in it: input[name=credential], a submit button, [data-passkey-told] for what went wrong. Words come from #passkey-words.
const words = JSON.parse(document.getElementById("passkey-words").textContent);

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withIds = (list = []) => list.map((each) => ({ ...each, id: toBytes(each.id) }));

async function create(publicKey) {
  // One that signs in by itself, unlocked by its owner each time.
  const selection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withIds(publicKey.excludeCredentials),
      authenticatorSelection: selection,
    },
  });
}

const get = (publicKey) => navigator.credentials.get({
  publicKey: { ...publicKey, challenge: toBytes(publicKey.challenge), allowCredentials: withIds(publicKey.allowCredentials) },
});

function asJson(credential) {
  const told = credential.response;
  const response = { clientDataJSON: toText(told.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (told[name]) response[name] = toText(told[name]);
  }
  if (told.getTransports) response.transports = told.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function reasonOf(error) {
  if (error.name === "NotAllowedError") return words.cancelled;
  if (error.name === "InvalidStateError") return words.known;
  if (error.name === "SecurityError") return words.address;
  return words.failed;
}

const possible = Boolean(window.PublicKeyCredential && navigator.credentials);
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const told = form.querySelector("[data-passkey-told]");
  const button = form.querySelector("button[type=submit]");
  if (!possible) {
    told.textContent = words.unsupported;
    button.hidden = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    told.textContent = "";
    button.disabled = true;
    try {
      const options = await optionsOf(form);
      const given = options.creation_options || options.request_options;
      const made = form.dataset.passkey === "create" ? await create(given.publicKey) : await get(given.publicKey);
      form.credential.value = JSON.stringify(asJson(made));
      form.submit(); // sends no submit event: this handler is not asked again
    } catch (error) {
      told.textContent = reasonOf(error);
      button.disabled = false;
    }
  });
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // a challenge is good once
