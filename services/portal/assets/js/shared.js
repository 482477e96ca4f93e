// One phone that goes from hand to hand: what somebody handed in is not to be had back, neither with the browser's back
// button nor from a page that the browser kept. So the page after it takes its place in the history, and a form that is
// left behind is emptied.

export function passOn() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-passes-on") || event.defaultPrevented) return;
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)), credentials: "same-origin" }).catch(() => null);
    if (answer?.redirected) return location.replace(answer.url);
    if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
    form.submit(); // refused or without a network: the page says so, and the same key hands in nothing twice
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-replace]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(link.href);
  });
  window.addEventListener("pagehide", () => document.querySelector("form[data-passes-on]")?.reset());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && document.querySelector("form[data-passes-on]")) location.reload();
  });
}
