// Which codes this browser keeps: until its tab is closed, or on the device if somebody asked for that.

const SENT = "guldkorn-sent";
const MAILBOX = "guldkorn-mailbox";

// school is the place in the address; codes are kept for each by itself.
const school = location.pathname.split("/")[2];

function list(storage) {
  try {
    return JSON.parse(storage.getItem(SENT)) ?? [];
  } catch {
    return [];
  }
}

// sent are the conversations that were begun here: {code, name, on, school}.
export function sent() {
  const all = [...list(localStorage), ...list(sessionStorage)];
  return all.filter((one, i) => one.school === school && all.findIndex((other) => other.code === one.code) === i);
}

export function keepSent(code, name, lasting) {
  const storage = lasting ? localStorage : sessionStorage;
  storage.setItem(SENT, JSON.stringify([...list(storage), { code, name, on: new Date().toISOString().slice(0, 10), school }]));
}

export function dropSent(code) {
  for (const storage of [localStorage, sessionStorage]) {
    storage.setItem(SENT, JSON.stringify(list(storage).filter((one) => one.code !== code)));
  }
}

export function mailboxCode() {
  return sessionStorage.getItem(MAILBOX + school) ?? "";
}

export function keepMailbox(code) {
  sessionStorage.setItem(MAILBOX + school, code);
}

// forgetWithTheSession drops what is kept for the tab when somebody signs out.
export function forgetWithTheSession() {
  document.getElementById("sign-out")?.addEventListener("submit", () => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith("guldkorn-")) sessionStorage.removeItem(key);
  });
}
