// The screens of those who enter answers that came on paper.

import { button, el } from './dom.js';
import { itemsOf } from './questions.js';
import { show } from './receipt.js';
import { codeForm, toPortal } from './screens.js';

const heading = (page, name) => el('h1', {}, page.t('paperTitle', { unit: name }));

export const startPapers = (page, { name, fresh, given }) => () => [
  heading(page, name),
  el('p', {}, page.t('paperIntro')),
  el('p', { class: 'notice' }, page.t('paperSealed')),
  el('h2', {}, page.t('paperFirst')),
  el('p', {}, page.t('paperFirstText')),
  el('div', { class: 'actions' }, button(page.t('paperNewCode'), fresh, { class: 'primary' })),
  el('h2', {}, page.t('paperSecond')),
  codeForm(page, { open: given, action: 'paperUseCode' }),
  toPortal(page),
];

/** All papers so far, and how they compare with the other person's. */
export const papers = (page, { name, code, count, state, open, send }) => () => [
  heading(page, name),
  state ? el('p', { class: 'notice', id: 'papers-state', role: 'status' }, ...compared(page, state)) : '',
  el('p', { id: 'code-label' }, page.t('paperCodeLabel')),
  el('p', { class: 'code', id: 'code', 'aria-labelledby': 'code-label code', translate: 'no' }, show(code)),
  el('p', { class: 'quiet' }, page.t('paperCodeText')),
  el('h2', {}, page.t('paperCount', { count })),
  el('ul', { class: 'links' }, ...Array.from({ length: count }, (_, n) => el('li', {},
    button(page.t(state?.unmatched?.includes(n) ? 'paperOpenWrong' : 'paperOpen', { n: n + 1 }), () => open(n), { class: 'plain' })))),
  el('div', { class: 'actions' },
    button(page.t(count === 0 ? 'paperAddFirst' : 'paperAdd'), () => open(count), state ? {} : { class: 'primary' }),
    button(page.t(state?.state === 'waiting' ? 'paperCheck' : 'paperSend', { count }), send, state ? { class: 'primary' } : {})),
  el('p', { class: 'quiet' }, page.t('paperUntil')),
  toPortal(page),
];

function compared(page, { state, unmatched = [], missing = 0 }) {
  if (state !== 'differs') return [page.t(state === 'waiting' ? 'paperWaiting' : 'paperTooMany')];
  return [
    page.t('paperDiffers'),
    unmatched.length > 0 ? ' ' + page.t('paperUnmatched', { papers: unmatched.map((n) => n + 1).join(', ') }) : '',
    missing > 0 ? ' ' + page.t('paperMissing', { missing }) : '',
  ];
}

/** One paper with all its rows, numbered as they are on it. */
export const paper = (page, { n, answers, keep, drop }) => () => {
  const form = page.form.instrument;
  let row = 0;
  const choice = (item, scale) => {
    const id = `row-${++row}`;
    const options = [...scale, ...(form.missing ?? [])];
    return el('p', { class: 'row' },
      el('label', { for: id }, `${row}. ${page.own(item)}`),
      el('select', { id, name: item.id, autocomplete: 'off', onchange: (event) => { answers[item.id] = event.target.value; if (!event.target.value) delete answers[item.id]; } },
        el('option', { value: '' }, page.t('paperEmpty')),
        ...options.map((option, at) => el('option', { value: option.value, selected: answers[item.id] === option.value }, `${at + 1} · ${page.own(option)}`))));
  };
  const cell = (one) => itemsOf(one).map((item) => choice(item, item === one.fit ? form.fit_scale ?? form.scale : form.scale));
  const submit = (event) => {
    event.preventDefault();
    keep();
  };
  return [
    el('h1', {}, page.t('paperNumber', { n: n + 1 })),
    el('p', {}, page.t('paperRules')),
    el('form', { onsubmit: submit, novalidate: true },
      ...form.themes.flatMap((theme) => [el('h2', {}, page.own(theme.title ?? theme)), ...theme.cells.flatMap(cell)]),
      ...((form.extra ?? []).length > 0 ? [el('h2', {}, page.t('ownTheme')), ...form.extra.flatMap((own) => cell({ own }))] : []),
      el('div', { class: 'actions pair' },
        button(page.t('paperDrop'), drop),
        el('button', { type: 'submit', class: 'primary' }, page.t('paperKeep')))),
  ];
};

/** The other person has another code: theirs counts, unless both begin again. */
export const otherCode = (page, { given, anew }) => () => [
  el('h1', {}, page.t('paperCodeTitle')),
  el('p', {}, page.t('paperCodeOther')),
  codeForm(page, { open: given, action: 'paperUseCode' }),
  el('h2', {}, page.t('paperLost')),
  el('p', {}, page.t('paperLostText')),
  el('div', { class: 'actions' }, button(page.t('paperAnew'), anew)),
];

export const agreed = (page, { name, count }) => () => [
  el('h1', {}, page.t('paperAgreed')),
  el('p', {}, page.t('paperAgreedText', { count, unit: name })),
  el('p', {}, page.t('paperDestroy')),
  toPortal(page),
];
