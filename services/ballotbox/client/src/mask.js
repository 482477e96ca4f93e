// What identifies people in a text of one's own, masked before it leaves the browser. The server does the same once more when
// the answers are opened (libs/personal), by the names themselves; here they are known by their marks alone.
//
// A mark is the beginning of SHA-256 over the round's salt and a part of a name, folded. It keeps the list of colleagues out of
// the page, and marks of two rounds apart. It does not hide a name from somebody who tries names: there are too few of them
// for that, and a school tells most of them itself.

import { encode64, sha256 } from './bytes.js';

const MAIL = /[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;
const CPR = /(?<!\d)(\d{2})[ ./-]?(\d{2})[ ./-]?\d{2}[ ./-]{0,3}\d{4}(?!\d)/g;
const PHONES = [
  /(?<!\d)(?:\+|00)[1-9]\d{0,2}(?:[ ./()-]{0,2}\d){6,12}(?!\d)/g,
  /(?<!\d)(?:(?:\+|00)45[ .-]?)?[2-9]\d(?:\d{6}|(?:[ .-]\d{2}){3}|\d{2}[ .-]\d{4}|\d[ .-]\d{2}[ .-]\d{3})(?!\d)/g,
];
const WORD = /(?<!\[)[\p{L}\p{M}]+/gu;
const FOLDED = [['æ', 'e'], ['ø', 'o'], ['ae', 'e'], ['oe', 'o'], ['aa', 'a'], ['ß', 'ss'], ['ı', 'i'], ['ł', 'l'], ['đ', 'd']];

const utf8 = new TextEncoder();

/** A text as a reader sees it: nothing without width, every space and dash the common one. */
export const plain = (text) => text.normalize('NFC').replace(/\p{Cf}/gu, '').replace(/[^\S\n]/gu, ' ').replace(/[\p{Pd}−]/gu, '-').trim();

/** A plain text with numbers, addresses and the names behind the marks masked. */
export async function mask(text, names) {
  const numbers = PHONES.reduce((so, phone) => so.replaceAll(phone, '[tlf.]'),
    text.replaceAll(MAIL, '[e-mail]').replaceAll(CPR, (all, day, month) => (aDay(day, month) ? '[CPR]' : all)));
  return names ? maskNames(numbers, names) : numbers;
}

/** The server knows the calendar of each century; here a day and a month that exist are enough. */
function aDay(day, month) {
  const d = Number(day) > 60 ? Number(day) - 60 : Number(day);
  return d >= 1 && d <= 31 && Number(month) >= 1 && Number(month) <= 12;
}

async function maskNames(text, names) {
  const always = new Set(names.always);
  const capital = new Set(names.capital);
  let out = '';
  let done = 0;
  for (const found of text.matchAll(WORD)) {
    const folded = fold(found[0]);
    const marks = await Promise.all([folded, folded.replace(/s$/, '')].map((part) => markOf(names.salt, part)));
    const named = marks.some((mark) => always.has(mark) || (/^\p{Lu}/u.test(found[0]) && capital.has(mark)));
    if (!named) continue;
    out += text.slice(done, found.index) + '[navn]';
    done = found.index + found[0].length;
  }
  return (out + text.slice(done)).replace(/\[navn\](?:[ -](?:\p{Lu}\.? )?\[navn\])+/gu, '[navn]')
    .replace(/(?<!\p{L})\p{Lu}\.? \[navn\]|\[navn\] \p{Lu}(?:\.|(?!\p{L}))/gu, '[navn]');
}

const markOf = async (salt, part) => encode64((await sha256(utf8.encode(salt + '\n' + part))).slice(0, 8));

/** Brings the ways in which people type a name to one, as Fold in libs/personal does. */
function fold(word) {
  let text = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  // From the left, one replacement at a place, as Go's strings.Replacer does.
  let out = '';
  while (text) {
    const [from, to] = FOLDED.find(([f]) => text.startsWith(f)) ?? [text[0], text[0]];
    out += to;
    text = text.slice(from.length);
  }
  return out;
}
