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

// refreshSoon loads a page again while it waits for something that takes a moment.
export function refreshSoon() {
  const waiting = document.querySelector("[data-refresh]");
  if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.refresh));
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
