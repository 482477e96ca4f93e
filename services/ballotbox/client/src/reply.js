// What lets a reader answer an experience, and the sender alone read that: a name and a key made from the receipt code. The
// key's public half and the name are sealed in with the experience; the code itself is never sent.

import { newSuite } from './ballot.js';
import { decode64, encode64, hex } from './bytes.js';
import { derive } from './receipt.js';

const utf8 = new TextEncoder();

/** Under which name the ballot box keeps the reply. */
export async function replyID(code, round) {
  return hex(await derive(code, round, 'guldkorn reply id v1'));
}

/** What is sealed in with an experience, so that it can be answered. */
export async function replyTo(code, round) {
  const suite = newSuite();
  const pair = await pairOf(suite, code, round);
  return {
    reply_id: await replyID(code, round),
    reply_key: encode64(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))),
  };
}

/** Opens a reply: text padded with spaces, bound to the month and to its name. */
export async function openReply(code, round, sealed) {
  const suite = newSuite();
  const pair = await pairOf(suite, code, round);
  const raw = decode64(sealed);
  const recipient = await suite.createRecipientContext({
    recipientKey: pair.privateKey, enc: raw.slice(0, 32).buffer, info: utf8.encode('guldkorn reply v1').buffer,
  });
  const plain = await recipient.open(raw.slice(32).buffer, utf8.encode(round + '\n' + await replyID(code, round)).buffer);
  return new TextDecoder().decode(plain).trimEnd();
}

async function pairOf(suite, code, round) {
  return suite.kem.deriveKeyPair((await derive(code, round, 'guldkorn reply v1')).buffer);
}
