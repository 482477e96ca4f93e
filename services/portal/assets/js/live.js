// A dialogue as it happens. The stream says that something has changed and nothing of what; the parts of the page are
// then asked for anew, and only a part whose stamp has changed is replaced, so that nobody loses what they are writing.
import { countDots } from "./dots.js";

export function followDialogue() {
  const live = document.getElementById("live");
  tick();
  setInterval(tick, 250);
  if (!live) return;
  const state = document.getElementById("live-state");
  let busy = false;
  let again = false;

  async function refresh() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(live.dataset.parts, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.status === 401) location.reload();
      if (answer.ok) replaceParts(await answer.text());
    } catch {
      again = true; // the connection is gone; the stream's return asks once more
    } finally {
      busy = false;
      if (again && source.readyState === EventSource.OPEN) {
        again = false;
        refresh();
      }
    }
  }

  const source = new EventSource(live.dataset.live);
  source.addEventListener("changed", refresh);
  source.addEventListener("end", () => {
    source.close();
    refresh();
  });
  source.addEventListener("open", () => {
    state.hidden = true;
    if (again) {
      again = false;
      refresh();
    }
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) return;
    state.textContent = state.dataset.lost;
    state.hidden = false;
    again = true;
  });
  window.addEventListener("online", refresh);
  window.addEventListener("pagehide", () => source.close());
}

function replaceParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-stamp]")) {
    const old = document.getElementById(part.id);
    if (!old || old.dataset.stamp === part.dataset.stamp) continue;
    const made = document.importNode(part, true);
    keepWriting(old, made);
    keepWaiting(old, made);
    old.replaceWith(made);
    countDots(made);
  }
  tick();
}

// keepWriting carries over what somebody has begun to write, and the place where they are.
function keepWriting(old, made) {
  for (const field of old.querySelectorAll("textarea, input:not([type=hidden]):not([type=radio]):not([type=checkbox])")) {
    const twin = field.id && made.querySelector(`#${CSS.escape(field.id)}`);
    if (twin && field.value !== field.defaultValue) twin.value = field.value;
    if (twin && field === document.activeElement) queueMicrotask(() => twin.focus());
  }
}

// keepWaiting leaves a form alone that asks its writer something, as long as the same can still be sent.
function keepWaiting(old, made) {
  const form = old.querySelector("form[data-waits]");
  const twin = form && made.querySelector(`#${CSS.escape(form.id)}`);
  if (twin && twin.action === form.action) twin.replaceWith(form);
}

// tick writes the time that is left on the clock.
function tick() {
  for (const time of document.querySelectorAll("[data-deadline]")) {
    const left = Math.max(0, Math.ceil((Date.parse(time.dataset.deadline) - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (time.textContent !== text) time.textContent = text;
    time.parentElement.classList.toggle("clock-late", left <= 30);
  }
}
