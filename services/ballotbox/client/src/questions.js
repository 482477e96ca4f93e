// The questions: one screen each, and what was answered before it is sent.

import { button, el } from './dom.js';

/** So long (ms) a touched answer is seen before the next screen comes. */
const SEEN = 200;

/**
 * One cell: what helps and what hinders. Or whether demands fit, or a question of the school's own. Whoever answers the last
 * of it with a finger is taken on, unless they do not want that; a keyboard or a screen reader never moves anybody.
 */
export const question = (page, { cells, at, answers, choose, back, next }) => {
  const { theme, cell } = cells[at];
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
      el('div', { class: 'place' },
        el('p', { class: 'progress', id: 'progress' }, page.t('progress', { at: at + 1, of: cells.length })),
        el('p', { class: 'theme' }, page.own(theme.title ?? theme))),
      el('progress', { max: cells.length, value: at + 1, 'aria-labelledby': 'progress' }),
      el('h1', {}, titleOf(page, cell)),
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
        el('div', { class: 'actions pair reach' },
          button(page.t('back'), back),
          el('button', { type: 'submit', class: 'primary' }, page.t('next')))),
    ];
  };
  return shown;
};

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
