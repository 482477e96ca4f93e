// What is shown. Each screen is a function from the page to elements, so that a change of language draws it again.

import { button, dateIn, el, monthIn } from './dom.js';
import { readersOf } from './questions.js';
import { fill, texts } from './text.js';

/** The frame around all screens: language, focus, and what is read aloud. */
export class Page {
  constructor(language) {
    this.language = language;
    this.form = undefined;
    this.advances = true; // a touched answer goes on by itself
    this.words = ''; // the staff group whose words are shown; on this page alone, never kept or sent
    this.main = document.getElementById('main');
    this.status = document.getElementById('status');
    this.current = () => [el('h1', {}, this.t('loading'))];
    this.frame();
  }

  /** A text of the page in the chosen language, with the round's dates and thresholds filled in. */
  t(key, values = {}) {
    return fill(this.wordsUnder(key), { ...this.facts(), ...values });
  }

  list(key) {
    return this.wordsUnder(key).map((text) => fill(text, this.facts()));
  }

  /** The words under a key: those of a month, where it has other words than a round. */
  wordsUnder(key) {
    const all = texts[this.language];
    return (this.form?.kind === 'month' && all['month_' + key]) || all[key];
  }

  /** A text of the round, which carries both languages. */
  own(text) {
    return text[this.language] ?? text.da ?? '';
  }

  /** A statement in the chosen words. */
  statement(item) {
    return this.own(item.variants?.[this.words] ?? item);
  }

  facts() {
    const f = this.form;
    if (!f) return {};
    const date = (d) => dateIn(this.language, d);
    return {
      opens: date(f.opens_on), closes: date(f.closes_on), visible: f.visible_to_all_on ? date(f.visible_to_all_on) : '',
      month: f.kind === 'month' ? monthIn(this.language, f.closes_on) : '', readers: (f.contract?.text_readers ?? []).map((role) => this.wordsUnder('reader_' + role)).join(` ${this.wordsUnder('and')} `),
      means: f.thresholds.means, distributions: f.thresholds.distributions, technology: f.technology_name ?? '',
    };
  }

  frame() {
    document.documentElement.lang = this.language;
    document.getElementById('box').textContent = this.t('box');
    const other = this.language === 'da' ? 'en' : 'da';
    const change = button(this.t('otherLanguage'), () => this.speak(other), { class: 'plain', lang: other, id: 'language' });
    document.getElementById('language').replaceWith(change);
    if (this.about) this.foot(this.about);
  }

  speak(language) {
    this.language = language;
    history.replaceState(null, '', location.pathname + '#lang=' + language);
    this.frame();
    this.draw(false);
    document.getElementById('language').focus();
  }

  /** Says at the foot which program this is, for those who compare. */
  foot(about) {
    this.about = about;
    document.getElementById('program').replaceChildren(
      el('span', {}, this.t('program')), ' ', el('code', {}, about.program), ' · ',
      el('a', { href: '/static/SHA256SUMS' }, this.t('sums')), ' · ',
      el('span', {}, this.t('boxKey')), ' ', el('code', {}, about.fingerprint));
  }

  /** Goes to a screen; its heading takes the focus, so that it is read aloud. */
  show(screen) {
    this.current = screen;
    this.say('');
    this.draw(true);
  }

  draw(move) {
    this.main.replaceChildren(...this.current());
    const heading = this.main.querySelector('h1');
    document.title = heading.textContent + ' · ' + this.t('box');
    if (move) {
      heading.tabIndex = -1;
      heading.focus();
      window.scrollTo(0, 0);
    }
  }

  /** Says something politely, without moving anybody. */
  say(text) {
    this.status.textContent = text;
  }
}

export const message = (page, title, ...keys) => () => [
  el('h1', {}, page.t(title)),
  ...keys.map((key) => el('p', {}, typeof key === 'string' ? page.t(key) : page.t(...key))),
  toPortal(page),
];

export function toPortal(page) {
  if (!page.form) return '';
  return el('p', {}, el('a', { href: page.form.portal_url, rel: 'noreferrer' }, page.t('toPortal')));
}

export const waiting = (page, title) => () => [el('h1', {}, page.t(title)), el('div', { id: 'retry' })];

export const start = (page, { ready, begun, lasting, begin }) => () => [
  el('h1', {}, ready ? page.t('readyTitle') : page.own(page.form.title)),
  ready ? el('p', { class: 'lead' }, page.own(page.form.title)) : '',
  page.form.technology_name ? el('p', {}, page.t('about')) : '',
  ready ? el('p', {}, page.t('readyText')) : el('p', {}, page.own(page.form.instrument.intro)),
  ready ? el('p', {}, page.t('readyWhy')) : el('p', {}, page.t('openUntil'), ' ', page.t('skip')),
  page.form.announced_closes_on ? el('p', { class: 'notice', id: 'extended' }, page.t('extended', { before: dateIn(page.language, page.form.announced_closes_on) })) : '',
  el('p', { class: 'notice' }, page.t(lasting ? 'sameDevice' : 'notLasting')),
  ...(ready ? [] : [...wordsOf(page), advancing(page)]),
  ready ? '' : el('p', { class: 'actions' }, button(page.t(begun ? 'resume' : 'start'), begin, { class: 'primary' })),
  ...whoCanSeeWhat(page),
  toPortal(page),
].filter(Boolean);

/** The code, before a signature is asked for: from then on there is no other. */
export const writeDown = (page, { code, go, other }) => () => [
  el('h1', {}, page.t('writeTitle')),
  el('p', {}, page.t('writeText')),
  el('p', { id: 'code-label' }, page.t('codeLabel')),
  el('p', { class: 'code', id: 'code', 'aria-labelledby': 'code-label code', translate: 'no' }, code),
  copyCode(page, code),
  el('p', { class: 'notice' }, page.t('writeLost')),
  el('div', { class: 'actions' }, button(page.t('writeGo'), go, { class: 'primary' })),
  el('p', {}, button(page.t('writeOther'), other, { class: 'plain' })),
];

function copyCode(page, code) {
  return el('p', { class: 'actions' }, button(page.t('copy'), () => {
    navigator.clipboard.writeText(code).then(
      () => page.say(page.t('copied')),
      () => getSelection().selectAllChildren(document.getElementById('code'))); // may be forbidden: then by hand
  }));
}

export function whoCanSeeWhat(page) {
  const box = page.form.contract?.ballot_box;
  return [
    el('h2', {}, page.t('whoTitle')),
    el('p', { class: 'promise' }, page.t(box?.trust === 'split' ? 'promiseSplit' : 'promise', { host: box?.name })),
    el('ul', {}, ...page.list('who').map((text) => el('li', {}, text))),
    ...contract(page),
  ];
}

/** The choice of words from one's own work. */
function wordsOf(page) {
  const groups = page.form.instrument.staff_groups ?? [];
  if (groups.length === 0) return [];
  const choice = (value, text) => el('option', { value, selected: page.words === value }, text);
  return [
    el('p', {},
      el('label', { for: 'words' }, page.t('wordsLabel')),
      el('select', { id: 'words', autocomplete: 'off', 'aria-describedby': 'words-hint', onchange: (event) => { page.words = event.target.value; } },
        choice('', page.t('wordsCommon')), ...groups.map((group) => choice(group.id, page.own(group))))),
    el('p', { class: 'quiet', id: 'words-hint' }, page.t('wordsHint')),
  ];
}

/** Whether a touched answer goes on by itself: said before, and everybody's own choice. */
function advancing(page) {
  if (!matchMedia('(any-pointer: coarse)').matches) return '';
  const input = el('input', {
    type: 'checkbox', id: 'advance', autocomplete: 'off', checked: page.advances, onchange: () => { page.advances = input.checked; },
  });
  return el('p', {}, el('label', { class: 'option' }, input, el('span', {}, page.t('advance'))));
}

/** What was agreed for this round, under the hash that also stands on the round's page in Guldkorn. */
function contract(page) {
  const c = page.form.contract;
  if (!c) return [];
  const readers = readersOf(page);
  const writes = readers && page.form.instrument.themes.some((theme) => theme.text);
  return [
    el('h2', {}, page.t('contractTitle')),
    el('ul', { id: 'contract' }, ...[
      page.t(c.ballot_box.trust === 'split' ? 'boxSplit' : 'boxSingle', { name: c.ballot_box.name }),
      page.t(c.breakdowns.includes('staff_group') ? 'byStaffGroup' : 'byUnit'),
      page.t(writes ? 'readers' : 'noReaders', { readers }),
      c.agreed && page.t('agreed', { forum: c.agreed.forum_name, on: dateIn(page.language, c.agreed.on) }),
      page.form.paper_ballots && page.t('paperVoters', { count: page.form.paper_ballots }),
      page.form.contract_tightened && page.t('tightened'),
    ].filter(Boolean).map((text) => el('li', {}, text))),
    el('p', { class: 'quiet hash' }, page.t('contractHash', { hash: c.hash })),
  ];
}

export const receipt = (page, { code, hash, withdrawn, edit, withdraw, more }) => () => [
  el('h1', {}, page.t(withdrawn ? 'withdrawnTitle' : 'doneTitle')),
  withdrawn ? el('p', {}, page.t('withdrawnText')) : '',
  el('p', { id: 'code-label' }, page.t('codeLabel')),
  el('p', { class: 'code', id: 'code', 'aria-labelledby': 'code-label code', translate: 'no' }, code),
  copyCode(page, code),
  el('p', {}, page.t('codeText')),
  el('p', {}, page.t('codeDevice')),
  hash ? el('p', { id: 'hash-label' }, page.t('hashLabel')) : '',
  hash ? el('p', { class: 'hash', id: 'hash', 'aria-labelledby': 'hash-label hash', translate: 'no' }, hash) : '',
  hash ? el('p', { class: 'quiet' }, page.t('hashText')) : '',
  el('div', { class: 'actions' },
    more ? button(page.t('tellMore'), more, { class: 'primary' }) : '',
    button(page.t('edit'), edit),
    withdrawn ? '' : button(page.t('withdraw'), withdraw)),
  el('p', {}, page.t('resultsOn')),
  toPortal(page),
].filter(Boolean);

export const confirmWithdraw = (page, { yes, no }) => () => [
  el('h1', {}, page.t('withdraw')),
  el('p', {}, page.t('confirmText')),
  el('div', { class: 'actions' },
    button(page.t('keep'), no, { class: 'primary' }),
    button(page.t('confirmWithdraw'), yes)),
];

/** After closing: whether one's own answer is among those that are counted. */
export const bulletin = (page, { count, batch, own, check }) => () => [
  el('h1', {}, page.t('closedTitle')),
  el('p', {}, page.t('closedText')),
  el('p', {}, page.t('resultsOn')),
  el('h2', {}, page.t('bulletinTitle')),
  el('p', {}, page.t('bulletinText', { count })),
  ...own.map(({ hash, counted }) =>
    el('p', { class: counted ? 'counted' : 'error' }, page.t(counted ? 'ownCounted' : 'ownMissing', { hash }))),
  hashForm(page, check),
  el('p', { class: 'quiet' }, page.t('bulletinBatch'), ' ', el('code', {}, batch)),
  toPortal(page),
].filter(Boolean);

/** A form for a checksum; check tells whether it is counted. */
export function hashForm(page, check) {
  const input = el('input', { type: 'text', id: 'hash-input', autocomplete: 'off', spellcheck: 'false', maxlength: '100', 'aria-describedby': 'hash-hint' });
  const verdict = el('p', { id: 'verdict', role: 'status' });
  const submit = (event) => {
    event.preventDefault();
    const counted = check(input.value);
    verdict.textContent = page.t(counted === undefined ? 'hashWrong' : counted ? 'hashCounted' : 'hashMissing');
  };
  return el('form', { onsubmit: submit, novalidate: true },
    el('label', { for: 'hash-input' }, page.t('hashLabel')),
    el('p', { class: 'quiet', id: 'hash-hint' }, page.t('hashHint')),
    input,
    el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, page.t('hashCheck'))),
    verdict);
}

/** A form for a code; open tells whether it is one that fits. */
export function codeForm(page, { open, action }) {
  const input = el('input', {
    type: 'text', id: 'code-input', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: '40',
    'aria-describedby': 'code-hint code-error',
  });
  const error = el('p', { class: 'error', id: 'code-error', role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = '';
    input.removeAttribute('aria-invalid');
    if (await open(input.value)) return;
    error.textContent = page.t('wrongCode');
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  return el('form', { onsubmit: submit, novalidate: true },
    el('label', { for: 'code-input' }, page.t('codeLabel')),
    el('p', { class: 'quiet', id: 'code-hint' }, page.t('lockedHint')),
    input, error,
    el('div', { class: 'actions' }, el('button', { type: 'submit', class: 'primary' }, page.t(action))));
}

/** The way back to an answer that was handed in on this device, or to a ballot that was fetched on another. */
export const locked = (page, { open }) => () => [
  el('h1', {}, page.t('lockedTitle')),
  el('p', {}, page.t('lockedText')),
  codeForm(page, { open, action: 'unlock' }),
  toPortal(page),
].filter(Boolean);
