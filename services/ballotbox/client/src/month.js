// The way of one person through one month: tickets, ballots, telling, sending, receipts, and the answers when it is over.
//
// All ballots of a month are fetched at once, so that nobody can tell from that how much somebody tells. Each has a code of
// its own, which the person gets with the receipt. A text stays on this page until it is sent: a draft on the device would
// be there for the next one who uses it.

import { getBulletin, getReply } from './api.js';
import { admitted, newBallot, readTicket, seal } from './ballot.js';
import { hashOf, listed, published, readHash, showHash } from './bulletin.js';
import { mask, plain } from './mask.js';
import { check, form, lookUp, overview, replied } from './month_screens.js';
import { lock, newCode, read, show, unlock } from './receipt.js';
import { openReply, replyID, replyTo } from './reply.js';
import { untilAnswered } from './retry.js';
import { confirmWithdraw, locked, message, receipt, waiting } from './screens.js';
import { deliver, issue, leave, refused, takeUp } from './sending.js';

export class Telling {
  constructor(page, device, ticket, tabKey, explain) {
    Object.assign(this, { page, device, ticket, tabKey, explain, round: page.form.round_id, drafts: [], work: undefined });
  }

  async arrive() {
    if (this.page.form.state === 'closed') {
      await this.device.forget(this.round);
      sessionStorage.removeItem(this.tabKey);
      return this.over();
    }
    if (this.ticket) return this.withTicket();
    const ids = (sessionStorage.getItem(this.tabKey) ?? '').split(',');
    for (const id of ids) {
      const draft = await this.device.draft(id);
      if (draft?.ballot.token) this.drafts.push(draft);
    }
    if (this.drafts.length > 0) return this.overview();
    if ((await this.device.locked(this.round)).length > 0) return this.usedUp();
    return this.page.show(message(this.page, 'comeTitle', 'comeText'));
  }

  async withTicket() {
    const claims = readTicket(this.ticket);
    const unit = await admitted(this.page.form, claims, this.round);
    if (!unit) return this.page.show(message(this.page, 'listTitle', 'listText'));
    this.page.show(waiting(this.page, 'preparing'));
    this.drafts = await this.device.draftsOf(this.round, claims.pseudonym);
    if (this.drafts.length === 0) {
      const pairs = [];
      while (pairs.length < this.page.form.tokens_each) pairs.push({ ballot: await newBallot(unit), code: newCode() });
      this.drafts = await this.device.newDrafts(this.round, claims.pseudonym, pairs);
    }
    for (const draft of this.drafts.filter(({ ballot }) => !ballot.token)) await this.sign(draft);
    return this.drafts.length > 0 ? this.overview() : this.usedUp();
  }

  /** Has one ballot signed. Whoever has all of theirs on another device has no use for this one. */
  async sign(draft) {
    try {
      await leave(this.page, this.device, this.ticket, draft);
      await issue(this.page, this.device, this.ticket, draft);
    } catch (error) {
      if (!refused(error, 'token_issued')) throw error;
      await this.device.dropDraft(draft.id);
      this.drafts = this.drafts.filter((other) => other !== draft);
    }
  }

  overview() {
    sessionStorage.setItem(this.tabKey, this.drafts.map(({ id }) => id).join(','));
    this.page.show(overview(this.page, {
      left: this.drafts.length, lasting: this.device.lasting, ready: this.page.form.state === 'announced', tell: () => this.begin(), open: () => this.usedUp(),
    }));
  }

  usedUp() {
    this.page.show(locked(this.page, { open: (typed) => this.open(typed) }));
  }

  begin() {
    const draft = this.drafts[0];
    this.work = { draft: draft.id, ballot: draft.ballot, code: draft.code, answers: {}, id: '', withdrawn: false };
    this.write();
  }

  write() {
    this.page.show(form(this.page, {
      answers: this.work.answers, check: () => this.check(), back: () => (this.work.draft ? this.overview() : this.receipt()),
    }));
  }

  /** Shows what is sent, with what identifies people masked. */
  async check() {
    const text = plain(this.work.answers.text);
    const masked = await mask(text, this.page.form.names);
    this.page.show(check(this.page, {
      answers: { ...this.work.answers, text: masked }, masked: masked !== text,
      send: () => {
        this.work.answers.text = masked;
        return this.handIn(false);
      },
      back: () => this.write(),
    }));
  }

  async handIn(withdraw) {
    const { page, work } = this;
    page.show(waiting(page, withdraw ? 'withdrawing' : 'sending'));
    try {
      const envelope = withdraw ? '' : await seal(page.form, { ...work.answers, ...await replyTo(work.code, this.round) });
      await deliver(page, work.ballot, envelope, 'waitingOpen');
      work.id ||= crypto.randomUUID();
      work.withdrawn = withdraw;
      work.hash = withdraw ? '' : await hashOf(envelope);
      const value = { ballot: work.ballot, answers: work.answers, withdrawn: withdraw };
      await this.device.settle(work.draft, { id: work.id, round: this.round, ...await lock(work.code, this.round, value) }, work.hash);
      this.drafts = this.drafts.filter(({ id }) => id !== work.draft);
      sessionStorage.setItem(this.tabKey, this.drafts.map(({ id }) => id).join(','));
      work.draft = '';
      this.receipt();
    } catch (error) {
      this.explain(error);
    }
  }

  receipt() {
    const { page, work } = this;
    page.show(receipt(page, {
      code: show(work.code), hash: work.hash ? showHash(work.hash) : '', withdrawn: work.withdrawn, edit: () => this.write(),
      more: this.drafts.length > 0 ? () => this.begin() : undefined,
      withdraw: () => page.show(confirmWithdraw(page, { yes: () => this.handIn(true), no: () => this.receipt() })),
    }));
  }

  /** Opens what a code belongs to, on this device or, with a ticket, from another; tells whether there is anything. */
  async open(typed) {
    const code = read(typed);
    if (!code) return false;
    for (const record of await this.device.locked(this.round)) {
      const value = await unlock(code, this.round, record);
      if (!value) continue;
      this.work = { ...value, draft: '', code, id: record.id };
      this.write();
      return true;
    }
    if (!this.ticket) return false;
    const ballot = await takeUp(this.page, code);
    if (!ballot) return false;
    const [draft] = await this.device.newDrafts(this.round, readTicket(this.ticket).pseudonym, [{ ballot, code }]);
    await issue(this.page, this.device, this.ticket, draft); // the identical request
    this.drafts.push(draft);
    this.work = { draft: draft.id, ballot: draft.ballot, code, answers: {}, id: '', withdrawn: false };
    this.write();
    return true;
  }

  /** When the month is over: the answer to a code, and whether what was told has been handed over. */
  async over() {
    let found;
    try {
      found = await untilAnswered(this.page, 'waiting', () => getBulletin(this.round));
    } catch (error) {
      if (!refused(error, 'bulletin_gone')) throw error;
      return this.page.show(message(this.page, 'closedTitle', 'gone'));
    }
    if (!await published(found, this.round)) return this.page.show(message(this.page, 'bulletinTitle', 'bulletinForeign'));
    const own = (await this.device.receipts(this.round)).map((hash) => ({ hash: showHash(hash), counted: listed(found, hash) }));
    return this.page.show(lookUp(this.page, {
      own, open: (typed) => this.read(typed).catch((error) => this.explain(error) ?? true),
      check: (typed) => (readHash(typed) ? listed(found, readHash(typed)) : undefined),
    }));
  }

  /** Fetches and shows the answer to a code; false if it is no code. */
  async read(typed) {
    const code = read(typed);
    if (!code) return false;
    const id = await replyID(code, this.round);
    let text = '';
    try {
      text = await openReply(code, this.round, await untilAnswered(this.page, 'waiting', () => getReply(this.round, id)));
    } catch (error) {
      if (!refused(error, 'reply_unknown')) throw error;
    }
    this.page.show(replied(this.page, { text, back: () => this.over() }));
    return true;
  }
}
