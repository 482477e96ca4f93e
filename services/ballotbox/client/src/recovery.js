// A ballot sealed under a person's code, so that another device can send its identical request. The ballot box keeps it
// under a hash of the code; that hash and the key that seals are derived apart, so that the one says nothing of the other.

import { decode64, encode64, hex } from './bytes.js';
import { AES, derive } from './receipt.js';

const SIZE = 2048; // all sealed ballots are equally long

const utf8 = new TextEncoder();

const keyOf = (code, round) => derive(code, round, 'guldkorn recovery v1', AES, ['encrypt', 'decrypt']);

/** Under which name the ballot box keeps it. */
export async function recoveryID(code, round) {
  return hex(await derive(code, round, 'guldkorn recovery id v1'));
}

/** Seals a ballot that has no token yet. */
export async function sealBallot(code, round, ballot) {
  const plaintext = new Uint8Array(SIZE).fill(0x20);
  const content = utf8.encode(JSON.stringify({ ...ballot, unit: ballot.unit.key_id }));
  if (content.length > SIZE) throw new Error('the ballot is too long');
  plaintext.set(content);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(code, round), plaintext));
  const sealed = new Uint8Array(iv.length + data.length);
  sealed.set(iv);
  sealed.set(data, iv.length);
  return encode64(sealed);
}

/** Opens a sealed ballot with the round's keys, or returns null if the code or a key is another. */
export async function openBallot(code, form, sealed) {
  try {
    const raw = decode64(sealed);
    const iv = raw.subarray(0, 12);
    const plaintext = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await keyOf(code, form.round_id), raw.subarray(12));
    const ballot = JSON.parse(new TextDecoder().decode(plaintext));
    const unit = form.keys.find((k) => k.key_id === ballot.unit);
    return unit ? { ...ballot, unit } : null;
  } catch {
    return null;
  }
}
