// The protocol between a voter's browser and the ballot box: the counterpart of ballot/ in Go, with the same names.
// Nothing here touches the network, the page or the device's storage.

import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

import { decode64, encode64, hex, sha256 } from './bytes.js';

const PLAINTEXT_SIZE = 4096;
const KEY_BITS = 3072;

// RSABSSA-SHA384-PSS-Randomized, RFC 9474.
const blind = RSABSSA.SHA384.PSS.Randomized();

const utf8 = new TextEncoder();

/** What a ticket says. Whether it is genuine is for the ballot box to find. */
export function readTicket(ticket) {
  const claims = JSON.parse(new TextDecoder().decode(decode64(ticket.split('.')[1])));
  for (const name of ['round', 'unit', 'pseudonym', 'key_list', 'box']) {
    if (typeof claims[name] !== 'string' || claims[name] === '') throw new Error('ticket without ' + name);
  }
  return claims;
}

/** Fingerprint of a key list: SHA-256 of its one canonical text. */
export async function listHash(roundID, keys) {
  const sorted = keys
    .map((k) => ({ key_id: k.key_id, public_key: k.public_key, unit_id: k.unit_id }))
    .sort((a, b) => (a.unit_id < b.unit_id ? -1 : 1));
  return hex(await sha256(utf8.encode(JSON.stringify({ keys: sorted, round_id: roundID }))));
}

/**
 * Whether the ballot box that a ticket names has signed this round: its keys, the key that answers are sealed to, who is
 * asked, and the least that is ever shown.
 */
export async function vouched(form, box) {
  const key = decode64(form.signing_key);
  if (hex(await sha256(key)) !== box) return false;
  const text = ['guldkorn-round-v1', form.round_id, await listHash(form.round_id, form.keys), form.sealing_key, form.release_key, form.roster_hash ?? '',
    form.thresholds.means, form.thresholds.distributions, form.frame_hash].join('\n');
  const verifier = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', verifier, decode64(form.signature), utf8.encode(text));
}

/** Whether this browser has the cryptography that a ballot needs. */
export async function supported() {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    await crypto.subtle.generateKey('X25519', false, ['deriveBits']);
    return true;
  } catch {
    return false;
  }
}

async function importUnitKey(key) {
  const der = decode64(key.public_key);
  if (encode64(await sha256(der)) !== key.key_id) throw new Error('the key id is not that of the key');
  const rsa = await crypto.subtle.importKey('spki', der, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  if (rsa.algorithm.modulusLength !== KEY_BITS) throw new Error('a key of another size');
  return rsa;
}

/**
 * Makes a key pair and blinds its public half for a unit's key. The result is all that has to be kept until the
 * signature is there: the randomness in it cannot be made again.
 */
export async function newBallot(unitKey) {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  const message = blind.prepare(publicKey);
  const { blindedMsg, inv } = await blind.blind(await importUnitKey(unitKey), message);
  return {
    unit: unitKey,
    publicKey: encode64(publicKey),
    privateKey: encode64(privateKey),
    message: encode64(message),
    blinded: encode64(blindedMsg),
    inverse: encode64(inv),
    token: '',
    version: 0,
  };
}

/** Unblinds the ballot box's signature, verifies it and forgets what was needed for that. */
export async function finalize(ballot, signature) {
  const key = await importUnitKey(ballot.unit);
  const token = await blind.finalize(key, decode64(ballot.message), decode64(signature), decode64(ballot.inverse));
  return { ...ballot, token: encode64(token), blinded: '', inverse: '' };
}

/** The one text of some answers: items in the order of their names, so that it does not tell in which order they were given. */
export function answersText(form, answers) {
  return JSON.stringify({
    round_id: form.round_id,
    instrument: form.instrument.id,
    instrument_version: form.instrument.version,
    answers: Object.fromEntries(Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))),
  });
}

/** Seals answers to the round's release key; every envelope has the same length. */
export const seal = (form, answers) => sealText(form, answersText(form, answers));

/** Seals the text of answers, with fresh randomness unless once gives what the envelope's own key is made of. */
export async function sealText(form, text, once) {
  const content = utf8.encode(text);
  if (content.length > PLAINTEXT_SIZE) throw new Error('the answers are too long');
  const plaintext = new Uint8Array(PLAINTEXT_SIZE).fill(0x20);
  plaintext.set(content);
  return encode64(await sealTo(form.release_key, 'guldkorn answer v1', form.round_id, plaintext, once));
}

/** Whose key the ticket lets this person use; null if the round, its keys or the ballot box are not those of the ticket. */
export async function admitted(form, claims, round) {
  const unit = form.keys.find((k) => k.unit_id === claims.unit);
  const fits = claims.round === round && claims.key_list === await listHash(round, form.keys);
  return fits && unit && await vouched(form, claims.box) ? unit : null;
}

/** What everything is sealed with (RFC 9180). */
export const newSuite = () => new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** Seals bytes to a key (RFC 9180); the info keeps one use of a key apart from another. */
async function sealTo(key, info, round, plaintext, once) {
  const suite = newSuite();
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(decode64(key).buffer),
    info: utf8.encode(info).buffer,
    ekm: once,
  });
  const ciphertext = await sender.seal(plaintext.buffer, utf8.encode(round).buffer);
  const envelope = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength);
  envelope.set(new Uint8Array(sender.enc));
  envelope.set(new Uint8Array(ciphertext), sender.enc.byteLength);
  return envelope;
}

/**
 * The body of the request for one version of an answer: padded to the fixed size and sealed to the ballot box, so that
 * nobody on the way sees which answer it changes. '' withdraws.
 */
export async function request(form, ballot, version, envelope) {
  const key = await crypto.subtle.importKey('pkcs8', decode64(ballot.privateKey), 'Ed25519', false, ['sign']);
  const statement = utf8.encode(`guldkorn-answer-v1\n${form.round_id}\n${version}\n${envelope}`);
  const body = JSON.stringify({
    key_id: ballot.unit.key_id,
    public_key: ballot.publicKey,
    message: ballot.message,
    token: ballot.token,
    version,
    envelope,
    signature: encode64(new Uint8Array(await crypto.subtle.sign('Ed25519', key, statement))),
  });
  const padded = utf8.encode(body.padEnd(form.answer_size, ' '));
  return sealTo(form.sealing_key, 'guldkorn request v1', form.round_id, padded);
}
