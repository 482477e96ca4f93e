// Writing confidentially to a representative, and reading it. Texts and codes are in this browser and nowhere else: no
// input that holds one has a name, so no form sends it. What forms send is sealed here (js/sealing.js).
import { newCode, read, show } from "./js/code.js";
import { dropSent, keepMailbox, keepSent, mailboxCode, sent } from "./js/kept.js";
import { holdsPersonal } from "./js/personal.js";
import { AUTHOR, identity, open, seal, supported, TEXT } from "./js/sealing.js";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// on handles a form here, before the browser would send it.
function on(id, handle) {
  const form = document.getElementById(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = one("button", form);
    button.disabled = true;
    try {
      await handle(form);
    } catch {
      refuse(form, form.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function refuse(form, text) {
  const place = one("[data-refusal]", form);
  place.textContent = text;
  place.hidden = !text;
}

// send sends a form in the background, so that a refusal leaves what was written where it is.
async function send(form) {
  refuse(form, "");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.ok) return { address: answer.url, page };
  refuse(form, one(".alert-error, #problem", page)?.textContent.trim() || form.dataset.failed);
  return null;
}

function fill(form, values) {
  for (const [name, value] of Object.entries(values)) form.elements.namedItem(name).value = value;
}

function warn(form) {
  const text = one("[data-text]", form);
  text.addEventListener("input", () => {
    one("[data-personal]", form).hidden = !holdsPersonal(text.value);
  });
}

// offerCode shows a new code in a form.
function offerCode(form) {
  const code = newCode();
  one("[data-code]", form).textContent = show(code);
  return code;
}

function begin() {
  let code;
  const form = on("confidential-form", async () => {
    const to = one("[name=receiver_id]:checked", form).dataset;
    const own = await identity(code);
    const id = crypto.randomUUID();
    const [forReceiver, forSender] = await seal(one("[data-text]", form).value, [to.publicKey, own.publicKey], own.accessHash, id);
    fill(form, {
      key_hash: to.keyHash, sender_key: own.publicKey, access_hash: own.accessHash, message_id: id, for_receiver: forReceiver, for_sender: forSender,
    });
    const lasting = one("[data-remember]", form).checked;
    keepSent(code, to.name, lasting); // before it is sent: a lost answer must not lose the conversation
    const answer = await send(form);
    if (answer) location.assign(answer.address);
    else dropSent(code);
  });
  if (!form) return;
  code = offerCode(form);
  warn(form);
}

// mine lists the conversations that this browser has the codes of.
function mine() {
  const place = document.getElementById("my-conversations");
  if (!place) return;
  const row = one("template", place);
  for (const kept of sent()) {
    const item = row.content.cloneNode(true);
    one("[data-name]", item).textContent = kept.name + " · " + kept.on;
    one("button", item).addEventListener("click", () => enter(kept.code));
    place.append(item);
  }
}

async function enter(code) {
  const form = document.getElementById("code-form");
  sessionStorage.setItem("guldkorn-open", code);
  fill(form, { access: (await identity(code)).access });
  form.submit();
}

function typedCode() {
  const form = on("code-form", async () => {
    const code = read(one("[data-typed]", form).value);
    if (code) await enter(code);
    else refuse(form, form.dataset.wrong);
  });
}

// reveal opens the messages of the page with an identity.
async function reveal(own) {
  const { accessHash } = document.getElementById("messages").dataset;
  const names = new Map(all("#staff li").map((li) => [li.dataset.person, li.textContent]));
  for (const li of all("#messages li")) {
    const { id, sealed, author } = li.dataset;
    const content = await open(own, TEXT, accessHash, id, sealed);
    one("[data-plain]", li).textContent = content?.text ?? li.dataset.unreadable;
    if (!author) continue;
    const who = await open(own, AUTHOR, accessHash, id, author);
    one("[data-who]", li).textContent = names.get(who?.person_id) ?? li.dataset.unknown;
  }
}

// more writes on in the conversation of the page. toReceiver and toSender are the keys of the two.
function more(own) {
  const form = on("more-form", async () => {
    const { receiverKey, senderKey } = form.dataset;
    const id = crypto.randomUUID();
    const [forReceiver, forSender] = await seal(one("[data-text]", form).value, [receiverKey, senderKey], document.getElementById("messages").dataset.accessHash, id);
    fill(form, { message_id: id, for_receiver: forReceiver, for_sender: forSender });
    const answer = await send(form);
    if (!answer) return;
    document.getElementById("messages").replaceWith(answer.page.getElementById("messages"));
    form.reset();
    await reveal(own);
  });
  if (form) warn(form);
}

async function sentConversation() {
  if (!document.getElementById("sent-conversation")) return;
  const code = sessionStorage.getItem("guldkorn-open") ?? "";
  const own = await identity(code);
  await reveal(own);
  more(own);
  document.getElementById("delete-form").addEventListener("submit", () => dropSent(code));
}

// newKey makes a representative's key: the page sends the public half.
function newKey() {
  let code;
  const form = on("key-form", async () => {
    const own = await identity(code);
    fill(form, { public_key: own.publicKey });
    keepMailbox(code);
    const answer = await send(form);
    if (answer) location.assign(answer.address);
  });
  if (form) code = offerCode(form);
}

// unlocked is the representative's identity once a code opens the key of the page.
async function unlocked(publicKey) {
  const own = mailboxCode() && (await identity(mailboxCode()));
  if (own && own.publicKey === publicKey) return own;
  return new Promise((resolve) => {
    document.getElementById("unlock").hidden = false;
    const form = on("unlock-form", async () => {
      const code = read(one("[data-typed]", form).value);
      const tried = code && (await identity(code));
      if (!tried || tried.publicKey !== publicKey) {
        refuse(form, form.dataset.wrong);
        return;
      }
      keepMailbox(code);
      document.getElementById("unlock").hidden = true;
      resolve(tried);
    });
  });
}

async function receivedList() {
  const place = document.getElementById("received");
  if (!place) return;
  const own = await unlocked(place.dataset.publicKey);
  const names = new Map(all("#staff li").map((li) => [li.dataset.person, li.textContent]));
  for (const li of all("li[data-author]", place)) {
    const who = await open(own, AUTHOR, li.dataset.accessHash, li.dataset.id, li.dataset.author);
    one("[data-who]", li).textContent = names.get(who?.person_id) ?? li.dataset.unknown;
  }
  place.hidden = false;
}

async function receivedConversation() {
  const place = document.getElementById("received-conversation");
  if (!place) return;
  const own = await unlocked(place.dataset.publicKey);
  place.hidden = false;
  await reveal(own);
  more(own);
}

if (await supported()) {
  for (const element of all("[data-scripted]")) element.hidden = false;
  for (const element of all("[data-unscripted]")) element.hidden = true;
  begin();
  mine();
  typedCode();
  newKey();
  await Promise.all([sentConversation(), receivedList(), receivedConversation()]);
}
