// What is shown of a month in which one tells anonymously. Like the screens of a round these are functions from the page to
// elements.

import { button, el } from './dom.js';
import { codeForm, hashForm, toPortal, whoCanSeeWhat } from './screens.js';

export const overview = (page, { left, lasting, ready, tell, open }) => () => [
  el('h1', {}, page.t('overviewTitle')),
  el('p', { class: 'lead' }, page.t('overviewText')),
  el('p', { id: 'left' }, page.t(left === 1 ? 'leftOne' : 'left', { left })),
  el('p', { class: 'notice' }, page.t(lasting ? 'sameDevice' : 'notLasting')),
  el('p', {}, page.t('anotherDay')),
  ready ? el('p', {}, page.t('readyText')) : el('p', { class: 'actions' }, button(page.t('tell'), tell, { class: 'primary' })),
  el('p', {}, button(page.t('haveCode'), open, { class: 'plain' })),
  ...whoCanSeeWhat(page),
  toPortal(page),
].filter(Boolean);

/** The one form: what it was, and about what. Everything below the text may be left out. */
export const form = (page, { answers, check, back }) => () => {
  const asked = page.form.instrument;
  const text = el('textarea', { id: 'told', rows: '8', autocomplete: 'off', 'aria-describedby': 'told-hint told-left form-error' });
  text.value = answers.text ?? '';
  const left = el('p', { class: 'quiet', id: 'told-left' });
  const error = el('p', { class: 'error', id: 'form-error', role: 'alert' });
  const count = () => {
    answers.text = text.value;
    left.textContent = page.t('charactersLeft', { left: asked.longest_text - lengthOf(text.value) });
  };
  text.addEventListener('input', count);
  count();
  const submit = (event) => {
    event.preventDefault();
    const wrong = mistake(answers, asked);
    error.textContent = wrong ? page.t(wrong, { longest: asked.longest_text, most: asked.most_cells }) : '';
    if (!wrong) check();
  };
  return [
    el('h1', {}, page.t('formTitle')),
    el('form', { onsubmit: submit, novalidate: true },
      el('fieldset', {}, el('legend', {}, page.t('direction')), direction(page, answers, 'gain'), direction(page, answers, 'strain')),
      el('label', { for: 'told' }, page.t('told')),
      el('p', { class: 'quiet', id: 'told-hint' }, page.t('toldHint', { longest: asked.longest_text })),
      text, left,
      technologies(page, asked, answers),
      el('details', {}, el('summary', {}, page.t('cells', { most: asked.most_cells })), ...asked.themes.map((theme) => cellsOf(page, theme, answers))),
      error,
      el('div', { class: 'actions pair' }, button(page.t('back'), back), el('button', { type: 'submit', class: 'primary' }, page.t('check')))),
  ].filter(Boolean);
};

/** Characters as people count them, composed. */
const lengthOf = (text) => [...text.normalize('NFC').trim()].length;

function mistake(answers, asked) {
  const length = lengthOf(answers.text ?? '');
  if (!answers.direction) return 'directionMissing';
  if (length === 0) return 'toldMissing';
  if (length > asked.longest_text) return 'toldLong';
  return chosen(answers).length > asked.most_cells ? 'cellsMany' : '';
}

const chosen = (answers) => (answers.cells ?? '').split(' ').filter(Boolean);

function direction(page, answers, value) {
  const input = el('input', { type: 'radio', name: 'direction', value, checked: answers.direction === value, onchange: () => { answers.direction = value; } });
  return el('label', { class: 'option' }, input, el('span', {}, page.t('direction_' + value)));
}

function technologies(page, asked, answers) {
  if (asked.technologies.length === 0) return '';
  const choose = (event) => {
    answers.technology = event.target.value;
    if (!event.target.value) delete answers.technology;
  };
  const choice = (value, text) => el('option', { value, selected: (answers.technology ?? '') === value }, text);
  return el('p', {},
    el('label', { for: 'technology' }, page.t('technology')),
    el('select', { id: 'technology', autocomplete: 'off', onchange: choose }, choice('', page.t('technologyNone')), ...asked.technologies.map(({ id, name }) => choice(id, name))));
}

function cellsOf(page, theme, answers) {
  const toggle = (cell, on) => {
    const cells = chosen(answers).filter((other) => other !== cell);
    answers.cells = [...cells, ...(on ? [cell] : [])].join(' ');
    if (!answers.cells) delete answers.cells;
  };
  const option = ({ quality, title }) => {
    const cell = theme.id + '.' + quality;
    const input = el('input', { type: 'checkbox', name: 'cells', value: cell, checked: chosen(answers).includes(cell), onchange: () => toggle(cell, input.checked) });
    return el('label', { class: 'option' }, input, el('span', {}, page.own(title)));
  };
  return el('fieldset', {}, el('legend', {}, page.own(theme.title)), ...theme.cells.map(option));
}

/** What will be read, word for word. */
export const check = (page, { answers, masked, send, back }) => () => {
  const asked = page.form.instrument;
  const cells = asked.themes.flatMap((theme) => theme.cells
    .filter(({ quality }) => chosen(answers).includes(theme.id + '.' + quality)).map(({ title }) => `${page.own(theme.title)}: ${page.own(title)}`));
  const technology = asked.technologies.find(({ id }) => id === answers.technology)?.name;
  return [
    el('h1', {}, page.t('checkTitle')),
    el('p', {}, page.t('checkText')),
    masked ? el('p', { class: 'notice', id: 'masked' }, page.t('maskedText')) : '',
    el('p', { class: 'quiet' }, [page.t('direction_' + answers.direction), technology, ...cells].filter(Boolean).join(' · ')),
    el('blockquote', { id: 'preview' }, answers.text),
    el('p', { class: 'notice' }, page.t('styleText')),
    el('div', { class: 'actions pair' }, button(page.t('change'), back), button(page.t('sendTold'), send, { class: 'primary' })),
  ].filter(Boolean);
};

/** When the month is over. */
export const lookUp = (page, { own, open, check }) => () => [
  el('h1', {}, page.t('closedTitle')),
  el('p', {}, page.t('closedText')),
  el('h2', {}, page.t('replyTitle')),
  codeForm(page, { open, action: 'replyFetch' }),
  el('h2', {}, page.t('bulletinTitle')),
  el('p', {}, page.t('bulletinText')),
  ...own.map(({ hash, counted }) => el('p', { class: counted ? 'counted' : 'error' }, page.t(counted ? 'ownCounted' : 'ownMissing', { hash }))),
  hashForm(page, check),
  toPortal(page),
].filter(Boolean);

/** The answer of a reader, or that there is none. */
export const replied = (page, { text, back }) => () => [
  el('h1', {}, page.t(text ? 'repliedTitle' : 'noReplyTitle')),
  text ? el('blockquote', { id: 'reply' }, text) : el('p', {}, page.t('noReplyText')),
  text ? el('p', { class: 'quiet' }, page.t('repliedText')) : '',
  el('p', { class: 'actions' }, button(page.t('back'), back)),
  toPortal(page),
].filter(Boolean);
