// The code that a person writes down: the only thing that opens their answer on this device again, and the only thing with
// which another device can take up their ballot.

import { decode64, encode64 } from './bytes.js';

// Crockford's base32: no I, L, O, U, so that a handwritten code can be read.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM = 24; // characters, 120 bits: nobody guesses one, and nobody tries all that the ballot box keeps
const LENGTH = RANDOM + 1;

const utf8 = new TextEncoder();

/** The last character: odd weights let it catch every character that is read wrongly. */
function checkOf(characters) {
  let sum = 0;
  for (let i = 0; i < RANDOM; i++) sum += (2 * i + 1) * ALPHABET.indexOf(characters[i]);
  return ALPHABET[sum & 31];
}

export function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(RANDOM));
  const code = Array.from(random, (b) => ALPHABET[b & 31]).join('');
  return code + checkOf(code);
}

/** A code in groups of five. */
export function show(code) {
  return code.match(/.{5}/g).join('-');
}

/** What somebody typed as a code, or '' if it cannot be one. */
export function read(text) {
  const code = text.toUpperCase().replace(/[^0-9A-Z]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const whole = code.length === LENGTH && [...code].every((c) => ALPHABET.includes(c));
  return whole && checkOf(code) === code[RANDOM] ? code : '';
}

/** What a code means in one round and for one purpose. */
export async function derive(code, round, purpose, algorithm, usages) {
  const secret = await crypto.subtle.importKey('raw', utf8.encode(code), 'HKDF', false, ['deriveKey', 'deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(round), info: utf8.encode(purpose) };
  if (!algorithm) return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, 256));
  return crypto.subtle.deriveKey(parameters, secret, algorithm, false, usages);
}

export const AES = { name: 'AES-GCM', length: 256 };

const keyOf = (code, round) => derive(code, round, 'guldkorn receipt v1', AES, ['encrypt', 'decrypt']);

/** Locks a value under a code. */
export async function lock(code, round, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(code, round), utf8.encode(JSON.stringify(value)));
  return { iv: encode64(iv), data: encode64(new Uint8Array(data)) };
}

/** Opens what lock made, or returns null if the code is another. */
export async function unlock(code, round, locked) {
  try {
    const data = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: decode64(locked.iv) }, await keyOf(code, round), decode64(locked.data));
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return null;
  }
}
