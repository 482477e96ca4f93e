// What two people write to each other, sealed so that nobody between them can read it: HPKE (RFC 9180) with X25519,
// HKDF-SHA256 and AES-256-GCM. Nothing here touches the network, the page or what the browser keeps.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

export const TEXT = "guldkorn confidential v1"; // what was written
export const AUTHOR = "guldkorn confidential author v1"; // who wrote it, sealed by the service

const SIZES = [1 << 10, 4 << 10, 16 << 10]; // all texts have one of these lengths
const KEY_SIZE = 32;

const utf8 = new TextEncoder();
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

// supported tells whether this browser has the cryptography.
export async function supported() {
  try {
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

function base64(bytes) {
  let binary = "";
  for (const b of bytes) binary += String.fromCharCode(b);
  return btoa(binary);
}

function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
}

// identity is everything that a code stands for: a key pair, and the secret with which a sender comes back. It is made of
// the code anew each time, so the code is all that has to be kept.
export async function identity(code) {
  const secret = await crypto.subtle.importKey("raw", utf8.encode(code), "HKDF", false, ["deriveBits"]);
  const derive = (info) => crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode(info) }, secret, 256);
  const pair = await suite.kem.deriveKeyPair(await derive("guldkorn confidential key v1"));
  const access = hex(await derive("guldkorn confidential access v1"));
  return {
    pair,
    access,
    accessHash: hex(await crypto.subtle.digest("SHA-256", utf8.encode(access))),
    publicKey: base64(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  };
}

function context(accessHash, id) {
  return utf8.encode(accessHash + "\n" + id).buffer;
}

// seal seals a text to several people; the results are of one length.
export async function seal(text, publicKeys, accessHash, id) {
  const content = utf8.encode(JSON.stringify({ text }));
  const size = SIZES.find((one) => content.length <= one);
  if (!size) throw new Error("the text is too long");
  const plain = new Uint8Array(size).fill(0x20);
  plain.set(content);
  return Promise.all(publicKeys.map(async (key) => {
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(bytesOf(key).buffer), info: utf8.encode(TEXT).buffer,
    });
    const sealed = await sender.seal(plain.buffer, context(accessHash, id));
    const envelope = new Uint8Array(KEY_SIZE + sealed.byteLength);
    envelope.set(new Uint8Array(sender.enc));
    envelope.set(new Uint8Array(sealed), KEY_SIZE);
    return base64(envelope);
  }));
}

// open opens what was sealed to an identity, or returns null if it was sealed to another.
export async function open(own, info, accessHash, id, sealed) {
  try {
    const envelope = bytesOf(sealed);
    const recipient = await suite.createRecipientContext({
      recipientKey: own.pair, enc: envelope.slice(0, KEY_SIZE).buffer, info: utf8.encode(info).buffer,
    });
    const plain = await recipient.open(envelope.slice(KEY_SIZE).buffer, context(accessHash, id));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
