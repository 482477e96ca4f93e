// Entering answers that came on paper. Two people do so, each for themselves, with one code that they share and that the
// ballot box never sees. What is sealed follows from the code and the answers alone, so the box can tell whether both have
// entered the same, and cannot read it; and each of them is told which of their own papers the other has not.

import { putPaperEntry, Refused } from './api.js';
import { answersText, sealText } from './ballot.js';
import { hex } from './bytes.js';
import { agreed, otherCode, paper, papers, startPapers } from './paper_screens.js';
import { derive, newCode, read } from './receipt.js';
import { untilAnswered } from './retry.js';
import { message, waiting } from './screens.js';

const utf8 = new TextEncoder();

/** The envelopes of some papers of a unit. Two papers alike are told apart by being the first and the second of their kind. */
export async function sealPapers(form, code, unit, ballots) {
  const secret = await derive(code, form.round_id, 'guldkorn paper v1');
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const seen = new Map();
  const envelopes = [];
  for (const answers of ballots) {
    const text = answersText(form, answers);
    const nth = seen.get(text) ?? 0;
    seen.set(text, nth + 1);
    // A key for this one envelope that nobody without the code can find, and that no other text ever gets.
    const once = await crypto.subtle.sign('HMAC', key, utf8.encode(`${unit}\n${nth}\n${text}`));
    envelopes.push(await sealText(form, text, once));
  }
  return envelopes;
}

/** The way of one person through the papers of a unit. */
export class Entering {
  constructor(page, round, ticket, unit, name, failed) {
    Object.assign(this, { page, round, ticket, unit, name, failed });
    // What is typed outlives a reload, in this tab alone; it goes when both agree.
    this.tabKey = `papers:${round}:${unit}`;
    this.work = JSON.parse(sessionStorage.getItem(this.tabKey) ?? 'null') ?? { code: '', ballots: [] };
  }

  begin() {
    if (this.work.code) return this.list();
    return this.page.show(startPapers(this.page, {
      name: this.name,
      fresh: () => this.take(newCode()),
      given: (typed) => (read(typed) ? (this.take(read(typed)), true) : false),
    }));
  }

  take(code) {
    this.work.code = code;
    this.list();
  }

  save() {
    sessionStorage.setItem(this.tabKey, JSON.stringify(this.work));
  }

  list() {
    this.save();
    this.page.show(papers(this.page, {
      name: this.name, code: this.work.code, count: this.work.ballots.length, state: this.work.state,
      open: (n) => this.open(n), send: () => this.send(false).catch(this.failed),
    }));
  }

  /** All papers, with how they compare; undefined when they have been changed since. */
  compared(state) {
    this.work.state = state;
    this.list();
  }

  /** One paper; what is changed in it is kept when it is put down, and the comparison of before no longer holds. */
  open(n) {
    const answers = { ...this.work.ballots[n] };
    this.page.show(paper(this.page, {
      n, answers,
      keep: () => {
        this.work.ballots[n] = answers;
        this.compared(undefined);
      },
      drop: () => {
        this.work.ballots.splice(n, 1);
        this.compared(undefined);
      },
    }));
  }

  async send(anew) {
    this.page.show(waiting(this.page, 'paperSending'));
    const { code, ballots } = this.work;
    const entry = {
      ticket: this.ticket, anew, code: hex(await derive(code, this.round, 'guldkorn paper code v1')),
      envelopes: await sealPapers(this.page.form, code, this.unit, ballots),
    };
    try {
      const state = await untilAnswered(this.page, 'waitingSafe', () => putPaperEntry(this.round, entry));
      if (state.state !== 'agreed') return this.compared(state);
    } catch (error) {
      if (!(error instanceof Refused) || !['ballotbox.paper_code_differs', 'ballotbox.paper_done', 'ballotbox.paper_too_many'].includes(error.code)) throw error;
      return this.refused(error.code);
    }
    sessionStorage.removeItem(this.tabKey);
    return this.page.show(agreed(this.page, { name: this.name, count: ballots.length }));
  }

  refused(code) {
    if (code === 'ballotbox.paper_too_many') return this.compared({ state: 'too_many' });
    if (code === 'ballotbox.paper_done') {
      sessionStorage.removeItem(this.tabKey);
      return this.page.show(message(this.page, 'paperDoneTitle', 'paperDoneText'));
    }
    return this.page.show(otherCode(this.page, {
      given: (typed) => {
        if (!read(typed)) return false;
        this.work.code = read(typed);
        this.send(false).catch(this.failed);
        return true;
      },
      anew: () => this.send(true).catch(this.failed),
    }));
  }
}
