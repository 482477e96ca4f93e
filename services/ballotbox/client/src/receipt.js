// The receipt code: what a person writes down, and the only thing that opens the answer on this device again.

import { decode64, encode64 } from './ballot.js';

// Crockford's base32: no I, L, O, U, so that a handwritten code can be read.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16; // 80 random bits

const utf8 = new TextEncoder();

export function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(random, (b) => ALPHABET[b & 31]).join('');
}

/** A code in groups of four. */
export function show(code) {
  return code.match(/.{4}/g).join('-');
}

/** What somebody typed as a code, or '' if it cannot be one. */
export function read(text) {
  const code = text.toUpperCase().replace(/[^0-9A-Z]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return code.length === LENGTH && [...code].every((c) => ALPHABET.includes(c)) ? code : '';
}

async function keyOf(code, round) {
  const secret = await crypto.subtle.importKey('raw', utf8.encode(code), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(round), info: utf8.encode('guldkorn receipt v1') },
    secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

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
