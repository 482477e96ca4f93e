// The questions: one screen each, and what was answered before it is sent.

import { button, el } from './dom.js';
import { mask, plain } from './mask.js';

/** So long (ms) a touched answer is seen before the next screen comes. */
const SEEN = 200;

/**
 * One cell: what helps and what hinders. Or whether demands fit, or a question of the school's own. Whoever answers the last
 * of it with a finger is taken on, unless they do not want that; a keyboard or a screen reader never moves anybody.
 */
export const question = (page, { cells, at, answers, choose, back, next }) => {
  const { theme, cell } = cells[at];
  if (cell.text) return ownWords(page, { cells, at, answers, choose, back, next });
  const scales = page.form.instrument;
  const items = itemsOf(cell);
  const whole = () => items.every((item) => answers[item.id]);
  const goOn = (event) => {
    event.preventDefault();
    next();
  };
  const shown = () => {
    let touched = false;
    const answer = (item, value) => {
      const before = whole();
      choose(item, value);
      if (touched && page.advances && !before && whole()) setTimeout(() => page.current === shown && next(), SEEN);
    };
    const ask = (item, legend, scale) => item && group(page, item, legend, scale, answers, answer);
    return [
      ...placeOf(page, theme, cell, at, cells.length),
      el('form', {
        onsubmit: goOn, novalidate: true,
        onpointerdown: (event) => { touched = event.pointerType === 'touch'; }, onkeydown: () => { touched = false; },
      },
        ...[
          ask(cell.own, 'own', scales.scale),
          ask(cell.gain, 'helps', scales.scale),
          ask(cell.strain, 'hinders', scales.scale),
          ask(cell.fit, '', scales.fit_scale ?? scales.scale),
        ].filter(Boolean),
        ways(page, back)),
    ];
  };
  return shown;
};

/** Where in the round a screen is, and what it is about. */
function placeOf(page, theme, cell, at, of) {
  return [
    el('div', { class: 'place' },
      el('p', { class: 'progress', id: 'progress' }, page.t('progress', { at: at + 1, of })),
      el('p', { class: 'theme' }, page.own(theme.title ?? theme))),
    el('progress', { max: of, value: at + 1, 'aria-labelledby': 'progress' }),
    el('h1', {}, titleOf(page, cell)),
  ];
}

function ways(page, back) {
  return el('div', { class: 'actions pair reach' },
    button(page.t('back'), back),
    el('button', { type: 'submit', class: 'primary' }, page.t('next')));
}

/** How long a text is in the envelope: bytes of UTF-8, as JSON. */
const sizeOf = (text) => new TextEncoder().encode(JSON.stringify(text)).length - 2;

/**
 * A text of one's own, if one likes. Whatever names somebody is masked before it is kept, and shown once more: what is
 * left should still say what was meant.
 */
function ownWords(page, { cells, at, answers, choose, back, next }) {
  const { theme, cell } = cells[at];
  const limit = page.form.instrument.text_limit;
  let text = answers[cell.text.id] ?? '';
  return () => {
    const area = el('textarea', {
      id: 'own-words', rows: '6', maxlength: String(limit), autocomplete: 'off', 'aria-describedby': 'own-words-hint own-words-error',
      oninput: () => { text = area.value; },
    });
    area.value = text;
    const error = el('p', { class: 'error', id: 'own-words-error', role: 'alert' });
    const keep = async () => {
      const clean = plain(text);
      const masked = await mask(clean, page.form.names);
      choose(cell.text.id, sizeOf(masked) <= limit ? masked : '');
      if (sizeOf(masked) > limit) return page.t('wordsTooLong');
      if (masked === clean) return '';
      text = masked;
      area.value = masked;
      return page.t('wordsMasked');
    };
    const submit = async (event) => {
      event.preventDefault();
      error.textContent = '';
      const wrong = await keep();
      if (!wrong) return next();
      error.textContent = wrong;
      area.focus();
    };
    return [
      ...placeOf(page, theme, cell, at, cells.length),
      el('form', { onsubmit: submit, novalidate: true },
        el('label', { class: 'statement', for: 'own-words' }, page.own(cell.text)),
        area, error,
        el('p', { class: 'quiet', id: 'own-words-hint' }, page.t('wordsRead', { readers: readersOf(page), limit })),
        ways(page, async () => { await keep(); back(); })),
    ];
  };
}

/** Who may read what is written, in the words of the contract. */
export function readersOf(page) {
  return page.facts().readers;
}

function group(page, item, legend, scale, answers, answer) {
  const radio = (option, aside) => {
    const input = el('input', {
      type: 'radio', name: item.id, value: option.value, checked: answers[item.id] === option.value,
      onchange: () => answer(item.id, option.value),
    });
    return el('label', { class: aside ? 'option aside' : 'option' }, input, el('span', {}, page.own(option)));
  };
  return el('fieldset', {},
    el('legend', {},
      legend ? el('span', { class: 'direction' }, page.t(legend)) : '',
      el('span', { class: 'statement' }, page.statement(item))),
    el('div', { class: 'scale' }, ...scale.map((option) => radio(option, false))),
    el('div', { class: 'missing' }, ...(page.form.instrument.missing ?? []).map((option) => radio(option, true))));
}

const titleOf = (page, cell) => page.own(cell.title ?? { da: cell.quality, en: cell.quality });

/** The statements of a cell, or the one of a school's own question. */
export function itemsOf(cell) {
  return [cell.own, cell.gain, cell.strain, cell.fit].filter(Boolean);
}

export const review = (page, { cells, answers, open, back, send }) => () => {
  const items = cells.flatMap(({ cell }) => itemsOf(cell));
  const done = items.filter((item) => answers[item.id]).length;
  const missed = cells
    .map(({ cell }, at) => ({ cell, at }))
    .filter(({ cell }) => itemsOf(cell).some((item) => !answers[item.id]));
  const summary = done === 0 ? 'reviewNone' : done === items.length ? 'reviewAll' : 'reviewSome';
  return [
    el('h1', {}, page.t('reviewTitle')),
    el('p', {}, page.t(summary, { done, of: items.length })),
    missed.length > 0 && done > 0 ? el('h2', {}, page.t('missed')) : '',
    missed.length > 0 && done > 0
      ? el('ul', { class: 'links' }, ...missed.map(({ cell, at }) => el('li', {}, button(titleOf(page, cell), () => open(at), { class: 'plain' }))))
      : '',
    done > 0 ? el('p', {}, page.t('editable')) : '',
    el('div', { class: 'actions pair' },
      button(page.t('back'), back),
      done > 0 ? button(page.t('send'), send, { class: 'primary' }) : ''),
  ].filter(Boolean);
};
