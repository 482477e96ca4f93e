// What should rather not be written down about others. It only warns: the receiver was chosen, and may have to know.

// cpr finds a CPR number by its form and its date. The check digit is not asked for, since numbers without one are given out.
function cpr(text) {
  for (const [, day, month] of text.matchAll(/(?<!\d)(\d\d)(\d\d)\d\d[ -]?\d{4}(?!\d)/g)) {
    if (day >= 1 && day <= 31 && month >= 1 && month <= 12) return true;
  }
  return false;
}

const MAIL = /[^\s@]+@[^\s@]+\.[^\s@]{2,}/;
const PHONE = /(?<!\d)(?:(?:\+|00)45[ -]?)?[2-9]\d(?:[ -]?\d\d){3}(?!\d)/;

export function holdsPersonal(text) {
  return cpr(text) || MAIL.test(text) || PHONE.test(text);
}
