// The code that a conversation or a mailbox is opened with: all that its owner has, and nothing that anybody else has.

// Crockford's base32: no I, L, O, U, so that a handwritten code can be read.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 24; // 120 random bits

export function newCode() {
  return Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (b) => ALPHABET[b & 31]).join("");
}

// show writes a code in groups of four.
export function show(code) {
  return code.match(/.{4}/g).join("-");
}

// read is what somebody typed as a code, "" if it cannot be one.
export function read(text) {
  const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  return code.length === LENGTH && [...code].every((c) => ALPHABET.includes(c)) ? code : "";
}
