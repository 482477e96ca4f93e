// Trying again until the ballot box answers, while telling the person what happens and letting them hurry.

import { Unreachable } from './api.js';
import { button, el } from './dom.js';

const LONGEST = 60;

/** Runs work until it is answered; what it is refused for is thrown. key says what to tell meanwhile. */
export async function untilAnswered(page, key, work) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (error.ahead > 0) { // a queue, in which this page's turn comes at that moment
        await pause(page, 'queue', error.retryAfter, { ahead: error.ahead });
        continue;
      }
      const backoff = Math.min(LONGEST, 2 ** (attempt + 1));
      // Some chance in it, so that a school does not come back all at once.
      await pause(page, key, Math.max(error.retryAfter, Math.ceil(backoff * (0.5 + Math.random() / 2))));
    }
  }
}

function pause(page, key, seconds, values = {}) {
  return new Promise((resolve) => {
    const note = el('p', {});
    const go = () => {
      clearInterval(ticking);
      removeEventListener('online', go);
      note.textContent = page.t('trying');
      now.remove();
      resolve();
    };
    const now = button(page.t('tryNow'), go);
    const tell = () => {
      note.textContent = page.t(key, { ...values, seconds });
    };
    const ticking = setInterval(() => {
      seconds--;
      if (seconds <= 0) go();
      else tell();
    }, 1000);
    tell();
    page.say(note.textContent); // aloud once, not every second
    addEventListener('online', go);
    document.getElementById('retry')?.replaceChildren(note, now);
  });
}
