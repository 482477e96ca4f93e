// Whether an answer is among those that were counted: by the receipt kept on this device, or by its checksum.

import { decode64, hex, sha256 } from './bytes.js';

const utf8 = new TextEncoder();

const SHOWN = 20; // hex digits of a checksum that people see: enough to tell all answers of a nation apart

/** How an envelope is named on a receipt and on the bulletin. */
export async function hashOf(envelope) {
  return hex(await sha256(decode64(envelope)));
}

/** A checksum in groups of four. */
export function showHash(hash) {
  return hash.slice(0, SHOWN).match(/.{4}/g).join(' ');
}

/** What somebody typed as a checksum, or '' if it cannot be one. */
export function readHash(text) {
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, '');
  return digits.length >= SHOWN ? digits : '';
}

/** Whether the ballot box stands by this bulletin. */
export async function published(bulletin, round) {
  const text = ['guldkorn-bulletin-v1', bulletin.round_id, bulletin.batch_hash, ...bulletin.hashes].join('\n');
  const key = await crypto.subtle.importKey('raw', decode64(bulletin.signing_key), 'Ed25519', false, ['verify']);
  return bulletin.round_id === round && crypto.subtle.verify('Ed25519', key, decode64(bulletin.signature), utf8.encode(text));
}

export function listed(bulletin, hash) {
  return bulletin.hashes.some((h) => h.startsWith(hash));
}
