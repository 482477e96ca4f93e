// Small helps that any page may use.

// openMenu folds the menu away on narrow screens.
export function openMenu() {
  const button = document.getElementById("menu-button");
  const menu = document.getElementById("menu");
  if (!button || !menu) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = menu.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", String(open));
  });
}

// printButton shows the button that only a script can make work.
export function printButton() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

// refreshSoon looks again while a page waits for something that takes a moment. Only what waits is put in anew, and only if
// it says something else, so that nobody loses their place and a screen reader tells what is new alone.
export function refreshSoon() {
  const waiting = document.querySelector("[data-refresh]");
  if (waiting) setTimeout(() => refresh(waiting), Number(waiting.dataset.refresh));
}

async function refresh(waiting) {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer) return refreshSoon(); // no network: it may come back
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(waiting.id);
  if (!now || !now.dataset.refresh) return location.reload(); // it waits no more
  if (now.innerHTML !== waiting.innerHTML) waiting.replaceChildren(...now.childNodes);
  refreshSoon();
}

// sendOnce keeps a second click from sending a form again. The page that comes back has a fresh form.
export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}
