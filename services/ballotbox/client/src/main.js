// The way of one person through one round: ticket, ballot, questions, sending, receipt.

import { getBulletin, getForm, getIdentity, Refused } from './api.js';
import { admitted, newBallot, readTicket, seal, supported } from './ballot.js';
import { hashOf, listed, published, readHash, showHash } from './bulletin.js';
import { openDevice } from './device.js';
import { Telling } from './month.js';
import { deliver, issue, leave, refused, takeUp } from './sending.js';
import { lock, newCode, read, show, unlock } from './receipt.js';
import { Entering } from './paper.js';
import { untilAnswered } from './retry.js';
import { both } from './text.js';
import { question, review } from './questions.js';
import { bulletin, confirmWithdraw, locked, message, Page, receipt, start, waiting, writeDown } from './screens.js';

const round = location.pathname.split('/')[2];
const tabKey = 'draft:' + round;

const fragment = new URLSearchParams(location.hash.slice(1));
const ticket = fragment.get('ticket') ?? '';
const unitName = fragment.get('unit') ?? ''; // for who enters papers
const language = fragment.get('lang') === 'en' ? 'en' : 'da';
// The ticket leaves the address bar and the history at once.
history.replaceState(null, '', location.pathname + '#lang=' + language);

// Another ticket opened in the same tab is another arrival.
addEventListener('hashchange', () => {
  if (new URLSearchParams(location.hash.slice(1)).has('ticket')) location.reload();
});

const page = new Page(language);
getIdentity().then((about) => page.foot(about), () => {}); // without it the page works as well
const device = await openDevice();

/** What is being answered: a draft (not handed in yet, saved on the device) or an answer opened with its code. */
let work;

try {
  await arrive();
} catch (error) {
  explain(error);
}

async function arrive() {
  if (!await supported()) return page.show(message(page, 'oldTitle', 'oldText'));
  page.show(waiting(page, 'loading'));
  page.form = await untilAnswered(page, 'waiting', () => getForm(round));
  if (page.form.kind === 'month') return new Telling(page, device, ticket, tabKey, explain).arrive();
  if (page.form.state === 'closed') {
    await device.forget(round);
    sessionStorage.removeItem(tabKey);
    return showBulletin();
  }
  if (ticket) return withTicket();
  const draft = await device.draft(sessionStorage.getItem(tabKey) ?? '');
  if (draft?.ballot.token) return begin(draft);
  if ((await device.locked(round)).length > 0) return page.show(lockedScreen());
  return page.show(message(page, 'comeTitle', 'comeText'));
}

async function withTicket() {
  const claims = readTicket(ticket);
  const unit = await admitted(page.form, claims, round);
  if (!unit) return page.show(message(page, 'listTitle', 'listText'));
  if (claims.paper) return new Entering(page, round, ticket, claims.unit, unitName, explain).begin();
  page.show(waiting(page, 'preparing'));
  const draft = await device.draftOf(round, claims.pseudonym);
  if (draft?.ballot.token) return begin(draft);
  return fetchBallot(draft ?? await device.newDraft(round, claims.pseudonym, await newBallot(unit), newCode()), !draft);
}

/**
 * Leaves the ballot with the ballot box, sealed under its code, and lets the person write the code down; only then is a
 * signature asked for. Who has one already goes on with the code of that time.
 */
async function fetchBallot(draft, fresh) {
  try {
    await leave(page, device, ticket, draft);
  } catch (error) {
    if (!refused(error, 'token_issued')) throw error;
    if (fresh) await device.dropDraft(draft.id);
    return page.show(lockedScreen());
  }
  page.show(writeDown(page, {
    code: show(draft.code), go: () => sign(draft, fresh).catch(explain), other: () => page.show(lockedScreen()),
  }));
}

async function sign(draft, fresh) {
  page.show(waiting(page, 'preparing'));
  try {
    await issue(page, device, ticket, draft);
  } catch (error) {
    if (!refused(error, 'token_issued')) throw error;
    if (fresh) await device.dropDraft(draft.id);
    return page.show(lockedScreen());
  }
  begin(draft);
}

function begin(draft) {
  sessionStorage.setItem(tabKey, draft.id);
  work = { draft: draft.id, record: draft, ballot: draft.ballot, answers: draft.answers, code: draft.code, id: '', withdrawn: false };
  page.show(start(page, {
    ready: page.form.state === 'announced', begun: draft.at >= 0, lasting: device.lasting,
    begin: () => goTo(Math.max(0, draft.at)),
  }));
}

/** What is asked on a screen each. Whether demands fit comes by itself, so that no screen needs scrolling on a phone. */
function cells() {
  const own = (page.form.instrument.extra ?? []).map((item, n) => (
    { theme: { title: both('ownTheme') }, cell: { title: both('ownTitle', { at: n + 1 }), own: item } }));
  return [...page.form.instrument.themes.flatMap(screensOf), ...own];
}

function screensOf(theme) {
  const words = theme.text && page.form.contract?.text_readers.length > 0;
  return [
    ...theme.cells.flatMap(({ fit, ...cell }) => [{ theme, cell }, ...(fit ? [{ theme, cell: { title: both('fit'), fit } }] : [])]),
    ...(words ? [{ theme, cell: { title: both('ownWords'), text: theme.text } }] : []),
  ];
}

function goTo(at) {
  const all = cells();
  if (at < 0) return begin(work.record);
  remember(at);
  if (at >= all.length) {
    return page.show(review(page, {
      cells: all, answers: work.answers, open: goTo, back: () => goTo(all.length - 1), send: () => handIn(false),
    }));
  }
  return page.show(question(page, {
    cells: all, at, answers: work.answers, next: () => goTo(at + 1),
    back: () => (at > 0 || work.draft ? goTo(at - 1) : showReceipt()),
    choose: (item, value) => {
      if (value) work.answers[item] = value;
      else delete work.answers[item];
      remember(at);
    },
  }));
}

/** Saves a draft as it goes. What is already handed in stays locked on the device until it is handed in again. */
function remember(at) {
  if (!work.draft) return;
  work.record.at = at;
  device.saveDraft(work.record).catch(() => {
    device.lasting = false;
    page.say(page.t('notLasting'));
  });
}

async function handIn(withdraw) {
  page.show(waiting(page, withdraw ? 'withdrawing' : 'sending'));
  try {
    const envelope = withdraw ? '' : await seal(page.form, work.answers);
    await deliver(page, work.ballot, envelope, !work.draft || !device.lasting ? 'waitingOpen' : 'waitingSafe');
    work.id ||= crypto.randomUUID();
    work.withdrawn = withdraw;
    work.hash = withdraw ? '' : await hashOf(envelope);
    const value = { ballot: work.ballot, answers: work.answers, withdrawn: withdraw };
    await device.settle(work.draft, { id: work.id, round, ...await lock(work.code, round, value) }, work.hash);
    work.draft = '';
    sessionStorage.removeItem(tabKey);
    showReceipt();
  } catch (error) {
    explain(error);
  }
}

function showReceipt() {
  page.show(receipt(page, {
    code: show(work.code), hash: work.hash ? showHash(work.hash) : '', withdrawn: work.withdrawn, edit: () => goTo(0),
    withdraw: () => page.show(confirmWithdraw(page, { yes: () => handIn(true), no: showReceipt })),
  }));
}

function lockedScreen() {
  return locked(page, { open });
}

/** Opens the answer on this device that a code belongs to, or fetches the ballot of another; tells whether there is one. */
async function open(typed) {
  const code = read(typed);
  if (!code) return false;
  for (const record of await device.locked(round)) {
    const value = await unlock(code, round, record);
    if (!value) continue;
    work = { ...value, draft: '', record: undefined, code, id: record.id };
    goTo(0);
    return true;
  }
  return ticket ? recover(code) : false;
}

/** Takes up a ballot that another device left with the ballot box, and sends its identical request. */
async function recover(code) {
  const ballot = await takeUp(page, code);
  if (!ballot) return false;
  const { pseudonym } = readTicket(ticket);
  const old = await device.draftOf(round, pseudonym); // one that never got its signature
  if (old) await device.dropDraft(old.id);
  await sign(await device.newDraft(round, pseudonym, ballot, code), true);
  return true;
}

/** After closing: whether what was handed in from this device, or what somebody types, is among the counted answers. */
async function showBulletin() {
  let found;
  try {
    found = await untilAnswered(page, 'waiting', () => getBulletin(round));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return page.show(message(page, 'closedTitle', 'closedText', 'resultsOn')); // its time is over
  }
  if (!await published(found, round)) return page.show(message(page, 'bulletinTitle', 'bulletinForeign'));
  const own = (await device.receipts(round)).map((hash) => ({ hash: showHash(hash), counted: listed(found, hash) }));
  page.show(bulletin(page, {
    count: found.hashes.length, batch: found.batch_hash, own,
    check: (typed) => (readHash(typed) ? listed(found, readHash(typed)) : undefined),
  }));
}

/** Tells what went wrong and what to do about it. */
function explain(error) {
  const code = error instanceof Refused ? error.code : '';
  switch (code) {
    case 'ballotbox.round_closed':
      return page.show(message(page, 'closedTitle', 'closedText'));
    case 'ballotbox.round_unknown':
      return page.show(message(page, 'unknownTitle', 'unknownText'));
    case 'ballotbox.ticket_expired':
    case 'ballotbox.ticket_invalid':
      return page.show(message(page, 'expiredTitle', 'expiredText'));
    case 'ballotbox.unit_exhausted':
      return page.show(message(page, 'exhaustedTitle', 'exhaustedText'));
    default:
      return page.show(message(page, 'brokenTitle', ['brokenText', { code: code || 'page' }]));
  }
}
