var __require = /* @__PURE__ */ ((x) => typeof require !== "undefined" ? require : typeof Proxy !== "undefined" ? new Proxy(x, {
  get: (a, b) => (typeof require !== "undefined" ? require : a)[b]
}) : x)(function(x) {
  if (typeof require !== "undefined") return require.apply(this, arguments);
  throw Error('Dynamic require of "' + x + '" is not supported');
});

// src/api.js
var Refused = class extends Error {
  constructor(code, retryAfter) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
};
var Unreachable = class extends Error {
  constructor(retryAfter, ahead = 0) {
    super("unreachable");
    this.retryAfter = retryAfter;
    this.ahead = ahead;
  }
};
async function call(method, path, body) {
  const options = { method, credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };
  if (body !== void 0) {
    options.body = body;
    options.headers = { "Content-Type": typeof body === "string" ? "application/json" : "application/octet-stream" };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Unreachable(0);
  }
  if (response.ok) return response.status === 204 ? void 0 : response.json();
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  let code = "";
  try {
    code = (await response.json()).code ?? "";
  } catch {
  }
  if (response.status >= 500 || response.status === 429 || code === "") {
    throw new Unreachable(retryAfter, Number(response.headers.get("Queue-Ahead")) || 0);
  }
  throw new Refused(code, retryAfter);
}
var getForm = (round2) => call("GET", `/v1/rounds/${round2}/form`);
var signBlinded = async (round2, ticket2, blinded) => (await call("POST", `/v1/rounds/${round2}/blind-signatures`, JSON.stringify({ ticket: ticket2, blinded_message: blinded }))).signature;
var putRecovery = (round2, id, ticket2, sealed) => call("PUT", `/v1/rounds/${round2}/recoveries/${id}`, JSON.stringify({ ticket: ticket2, sealed }));
var getRecovery = async (round2, id) => (await call("GET", `/v1/rounds/${round2}/recoveries/${id}`)).sealed;
var putPaperEntry = (round2, entry) => call("PUT", `/v1/rounds/${round2}/paper-entries`, JSON.stringify(entry));
var getReply = async (round2, id) => (await call("GET", `/v1/rounds/${round2}/replies/${id}`)).sealed;
var getBulletin = (round2) => call("GET", `/v1/rounds/${round2}/bulletin`);
var getIdentity = () => call("GET", "/.well-known/guldkorn-ballot-box");
var putAnswer = (round2, sealed) => call("PUT", `/v1/rounds/${round2}/answers`, sealed);

// node_modules/@cloudflare/blindrsa-ts/lib/src/sjcl/index.js
var sjcl = {
  /**
   * Symmetric ciphers.
   * @namespace
   */
  cipher: {},
  /**
   * Hash functions.  Right now only SHA256 is implemented.
   * @namespace
   */
  hash: {},
  /**
   * Key exchange functions.  Right now only SRP is implemented.
   * @namespace
   */
  keyexchange: {},
  /**
   * Cipher modes of operation.
   * @namespace
   */
  mode: {},
  /**
   * Miscellaneous.  HMAC and PBKDF2.
   * @namespace
   */
  misc: {},
  /**
   * Bit array encoders and decoders.
   * @namespace
   *
   * @description
   * The members of this namespace are functions which translate between
   * SJCL's bitArrays and other objects (usually strings).  Because it
   * isn't always clear which direction is encoding and which is decoding,
   * the method names are "fromBits" and "toBits".
   */
  codec: {},
  /**
   * Exceptions.
   * @namespace
   */
  exception: {
    /**
     * Ciphertext is corrupt.
     * @constructor
     */
    corrupt: function(message2) {
      this.toString = function() {
        return "CORRUPT: " + this.message;
      };
      this.message = message2;
    },
    /**
     * Invalid parameter.
     * @constructor
     */
    invalid: function(message2) {
      this.toString = function() {
        return "INVALID: " + this.message;
      };
      this.message = message2;
    },
    /**
     * Bug or missing feature in SJCL.
     * @constructor
     */
    bug: function(message2) {
      this.toString = function() {
        return "BUG: " + this.message;
      };
      this.message = message2;
    },
    /**
     * Something isn't ready.
     * @constructor
     */
    notReady: function(message2) {
      this.toString = function() {
        return "NOT READY: " + this.message;
      };
      this.message = message2;
    }
  }
};
sjcl.cipher.aes = function(key) {
  if (!this._tables[0][0][0]) {
    this._precompute();
  }
  var i, j, tmp, encKey, decKey, sbox = this._tables[0][4], decTable = this._tables[1], keyLen = key.length, rcon = 1;
  if (keyLen !== 4 && keyLen !== 6 && keyLen !== 8) {
    throw new sjcl.exception.invalid("invalid aes key size");
  }
  this._key = [encKey = key.slice(0), decKey = []];
  for (i = keyLen; i < 4 * keyLen + 28; i++) {
    tmp = encKey[i - 1];
    if (i % keyLen === 0 || keyLen === 8 && i % keyLen === 4) {
      tmp = sbox[tmp >>> 24] << 24 ^ sbox[tmp >> 16 & 255] << 16 ^ sbox[tmp >> 8 & 255] << 8 ^ sbox[tmp & 255];
      if (i % keyLen === 0) {
        tmp = tmp << 8 ^ tmp >>> 24 ^ rcon << 24;
        rcon = rcon << 1 ^ (rcon >> 7) * 283;
      }
    }
    encKey[i] = encKey[i - keyLen] ^ tmp;
  }
  for (j = 0; i; j++, i--) {
    tmp = encKey[j & 3 ? i : i - 4];
    if (i <= 4 || j < 4) {
      decKey[j] = tmp;
    } else {
      decKey[j] = decTable[0][sbox[tmp >>> 24]] ^ decTable[1][sbox[tmp >> 16 & 255]] ^ decTable[2][sbox[tmp >> 8 & 255]] ^ decTable[3][sbox[tmp & 255]];
    }
  }
};
sjcl.cipher.aes.prototype = {
  // public
  /* Something like this might appear here eventually
  name: "AES",
  blockSize: 4,
  keySizes: [4,6,8],
  */
  /**
   * Encrypt an array of 4 big-endian words.
   * @param {Array} data The plaintext.
   * @return {Array} The ciphertext.
   */
  encrypt: function(data) {
    return this._crypt(data, 0);
  },
  /**
   * Decrypt an array of 4 big-endian words.
   * @param {Array} data The ciphertext.
   * @return {Array} The plaintext.
   */
  decrypt: function(data) {
    return this._crypt(data, 1);
  },
  /**
   * The expanded S-box and inverse S-box tables.  These will be computed
   * on the client so that we don't have to send them down the wire.
   *
   * There are two tables, _tables[0] is for encryption and
   * _tables[1] is for decryption.
   *
   * The first 4 sub-tables are the expanded S-box with MixColumns.  The
   * last (_tables[01][4]) is the S-box itself.
   *
   * @private
   */
  _tables: [[[], [], [], [], []], [[], [], [], [], []]],
  /**
   * Expand the S-box tables.
   *
   * @private
   */
  _precompute: function() {
    var encTable = this._tables[0], decTable = this._tables[1], sbox = encTable[4], sboxInv = decTable[4], i, x, xInv, d = [], th = [], x2, x4, x8, s, tEnc, tDec;
    for (i = 0; i < 256; i++) {
      th[(d[i] = i << 1 ^ (i >> 7) * 283) ^ i] = i;
    }
    for (x = xInv = 0; !sbox[x]; x ^= x2 || 1, xInv = th[xInv] || 1) {
      s = xInv ^ xInv << 1 ^ xInv << 2 ^ xInv << 3 ^ xInv << 4;
      s = s >> 8 ^ s & 255 ^ 99;
      sbox[x] = s;
      sboxInv[s] = x;
      x8 = d[x4 = d[x2 = d[x]]];
      tDec = x8 * 16843009 ^ x4 * 65537 ^ x2 * 257 ^ x * 16843008;
      tEnc = d[s] * 257 ^ s * 16843008;
      for (i = 0; i < 4; i++) {
        encTable[i][x] = tEnc = tEnc << 24 ^ tEnc >>> 8;
        decTable[i][s] = tDec = tDec << 24 ^ tDec >>> 8;
      }
    }
    for (i = 0; i < 5; i++) {
      encTable[i] = encTable[i].slice(0);
      decTable[i] = decTable[i].slice(0);
    }
  },
  /**
   * Encryption and decryption core.
   * @param {Array} input Four words to be encrypted or decrypted.
   * @param dir The direction, 0 for encrypt and 1 for decrypt.
   * @return {Array} The four encrypted or decrypted words.
   * @private
   */
  _crypt: function(input, dir) {
    if (input.length !== 4) {
      throw new sjcl.exception.invalid("invalid aes block size");
    }
    var key = this._key[dir], a = input[0] ^ key[0], b = input[dir ? 3 : 1] ^ key[1], c = input[2] ^ key[2], d = input[dir ? 1 : 3] ^ key[3], a2, b2, c2, nInnerRounds = key.length / 4 - 2, i, kIndex = 4, out = [0, 0, 0, 0], table = this._tables[dir], t0 = table[0], t1 = table[1], t2 = table[2], t3 = table[3], sbox = table[4];
    for (i = 0; i < nInnerRounds; i++) {
      a2 = t0[a >>> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ key[kIndex];
      b2 = t0[b >>> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ key[kIndex + 1];
      c2 = t0[c >>> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ key[kIndex + 2];
      d = t0[d >>> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ key[kIndex + 3];
      kIndex += 4;
      a = a2;
      b = b2;
      c = c2;
    }
    for (i = 0; i < 4; i++) {
      out[dir ? 3 & -i : i] = sbox[a >>> 24] << 24 ^ sbox[b >> 16 & 255] << 16 ^ sbox[c >> 8 & 255] << 8 ^ sbox[d & 255] ^ key[kIndex++];
      a2 = a;
      a = b;
      b = c;
      c = d;
      d = a2;
    }
    return out;
  }
};
sjcl.bitArray = {
  /**
   * Array slices in units of bits.
   * @param {bitArray} a The array to slice.
   * @param {Number} bstart The offset to the start of the slice, in bits.
   * @param {Number} bend The offset to the end of the slice, in bits.  If this is undefined,
   * slice until the end of the array.
   * @return {bitArray} The requested slice.
   */
  bitSlice: function(a, bstart, bend) {
    a = sjcl.bitArray._shiftRight(a.slice(bstart / 32), 32 - (bstart & 31)).slice(1);
    return bend === void 0 ? a : sjcl.bitArray.clamp(a, bend - bstart);
  },
  /**
   * Extract a number packed into a bit array.
   * @param {bitArray} a The array to slice.
   * @param {Number} bstart The offset to the start of the slice, in bits.
   * @param {Number} blength The length of the number to extract.
   * @return {Number} The requested slice.
   */
  extract: function(a, bstart, blength) {
    var x, sh = Math.floor(-bstart - blength & 31);
    if ((bstart + blength - 1 ^ bstart) & -32) {
      x = a[bstart / 32 | 0] << 32 - sh ^ a[bstart / 32 + 1 | 0] >>> sh;
    } else {
      x = a[bstart / 32 | 0] >>> sh;
    }
    return x & (1 << blength) - 1;
  },
  /**
   * Concatenate two bit arrays.
   * @param {bitArray} a1 The first array.
   * @param {bitArray} a2 The second array.
   * @return {bitArray} The concatenation of a1 and a2.
   */
  concat: function(a1, a2) {
    if (a1.length === 0 || a2.length === 0) {
      return a1.concat(a2);
    }
    var last = a1[a1.length - 1], shift = sjcl.bitArray.getPartial(last);
    if (shift === 32) {
      return a1.concat(a2);
    } else {
      return sjcl.bitArray._shiftRight(a2, shift, last | 0, a1.slice(0, a1.length - 1));
    }
  },
  /**
   * Find the length of an array of bits.
   * @param {bitArray} a The array.
   * @return {Number} The length of a, in bits.
   */
  bitLength: function(a) {
    var l = a.length, x;
    if (l === 0) {
      return 0;
    }
    x = a[l - 1];
    return (l - 1) * 32 + sjcl.bitArray.getPartial(x);
  },
  /**
   * Truncate an array.
   * @param {bitArray} a The array.
   * @param {Number} len The length to truncate to, in bits.
   * @return {bitArray} A new array, truncated to len bits.
   */
  clamp: function(a, len) {
    if (a.length * 32 < len) {
      return a;
    }
    a = a.slice(0, Math.ceil(len / 32));
    var l = a.length;
    len = len & 31;
    if (l > 0 && len) {
      a[l - 1] = sjcl.bitArray.partial(len, a[l - 1] & 2147483648 >> len - 1, 1);
    }
    return a;
  },
  /**
   * Make a partial word for a bit array.
   * @param {Number} len The number of bits in the word.
   * @param {Number} x The bits.
   * @param {Number} [_end=0] Pass 1 if x has already been shifted to the high side.
   * @return {Number} The partial word.
   */
  partial: function(len, x, _end) {
    if (len === 32) {
      return x;
    }
    return (_end ? x | 0 : x << 32 - len) + len * 1099511627776;
  },
  /**
   * Get the number of bits used by a partial word.
   * @param {Number} x The partial word.
   * @return {Number} The number of bits used by the partial word.
   */
  getPartial: function(x) {
    return Math.round(x / 1099511627776) || 32;
  },
  /**
   * Compare two arrays for equality in a predictable amount of time.
   * @param {bitArray} a The first array.
   * @param {bitArray} b The second array.
   * @return {boolean} true if a == b; false otherwise.
   */
  equal: function(a, b) {
    if (sjcl.bitArray.bitLength(a) !== sjcl.bitArray.bitLength(b)) {
      return false;
    }
    var x = 0, i;
    for (i = 0; i < a.length; i++) {
      x |= a[i] ^ b[i];
    }
    return x === 0;
  },
  /** Shift an array right.
   * @param {bitArray} a The array to shift.
   * @param {Number} shift The number of bits to shift.
   * @param {Number} [carry=0] A byte to carry in
   * @param {bitArray} [out=[]] An array to prepend to the output.
   * @private
   */
  _shiftRight: function(a, shift, carry, out) {
    var i, last2 = 0, shift2;
    if (out === void 0) {
      out = [];
    }
    for (; shift >= 32; shift -= 32) {
      out.push(carry);
      carry = 0;
    }
    if (shift === 0) {
      return out.concat(a);
    }
    for (i = 0; i < a.length; i++) {
      out.push(carry | a[i] >>> shift);
      carry = a[i] << 32 - shift;
    }
    last2 = a.length ? a[a.length - 1] : 0;
    shift2 = sjcl.bitArray.getPartial(last2);
    out.push(sjcl.bitArray.partial(shift + shift2 & 31, shift + shift2 > 32 ? carry : out.pop(), 1));
    return out;
  },
  /** xor a block of 4 words together.
   * @private
   */
  _xor4: function(x, y) {
    return [x[0] ^ y[0], x[1] ^ y[1], x[2] ^ y[2], x[3] ^ y[3]];
  },
  /** byteswap a word array inplace.
   * (does not handle partial words)
   * @param {sjcl.bitArray} a word array
   * @return {sjcl.bitArray} byteswapped array
   */
  byteswapM: function(a) {
    var i, v, m = 65280;
    for (i = 0; i < a.length; ++i) {
      v = a[i];
      a[i] = v >>> 24 | v >>> 8 & m | (v & m) << 8 | v << 24;
    }
    return a;
  }
};
sjcl.codec.utf8String = {
  /** Convert from a bitArray to a UTF-8 string. */
  fromBits: function(arr) {
    var out = "", bl = sjcl.bitArray.bitLength(arr), i, tmp;
    for (i = 0; i < bl / 8; i++) {
      if ((i & 3) === 0) {
        tmp = arr[i / 4];
      }
      out += String.fromCharCode(tmp >>> 8 >>> 8 >>> 8);
      tmp <<= 8;
    }
    return decodeURIComponent(escape(out));
  },
  /** Convert from a UTF-8 string to a bitArray. */
  toBits: function(str) {
    str = unescape(encodeURIComponent(str));
    var out = [], i, tmp = 0;
    for (i = 0; i < str.length; i++) {
      tmp = tmp << 8 | str.charCodeAt(i);
      if ((i & 3) === 3) {
        out.push(tmp);
        tmp = 0;
      }
    }
    if (i & 3) {
      out.push(sjcl.bitArray.partial(8 * (i & 3), tmp));
    }
    return out;
  }
};
sjcl.codec.hex = {
  /** Convert from a bitArray to a hex string. */
  fromBits: function(arr) {
    var out = "", i;
    for (i = 0; i < arr.length; i++) {
      out += ((arr[i] | 0) + 263882790666240).toString(16).substr(4);
    }
    return out.substr(0, sjcl.bitArray.bitLength(arr) / 4);
  },
  /** Convert from a hex string to a bitArray. */
  toBits: function(str) {
    var i, out = [], len;
    str = str.replace(/\s|0x/g, "");
    len = str.length;
    str = str + "00000000";
    for (i = 0; i < str.length; i += 8) {
      out.push(parseInt(str.substr(i, 8), 16) ^ 0);
    }
    return sjcl.bitArray.clamp(out, len * 4);
  }
};
sjcl.codec.base64 = {
  /** The base64 alphabet.
   * @private
   */
  _chars: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  /** Convert from a bitArray to a base64 string. */
  fromBits: function(arr, _noEquals, _url) {
    var out = "", i, bits = 0, c = sjcl.codec.base64._chars, ta = 0, bl = sjcl.bitArray.bitLength(arr);
    if (_url) {
      c = c.substr(0, 62) + "-_";
    }
    for (i = 0; out.length * 6 < bl; ) {
      out += c.charAt((ta ^ arr[i] >>> bits) >>> 26);
      if (bits < 6) {
        ta = arr[i] << 6 - bits;
        bits += 26;
        i++;
      } else {
        ta <<= 6;
        bits -= 6;
      }
    }
    while (out.length & 3 && !_noEquals) {
      out += "=";
    }
    return out;
  },
  /** Convert from a base64 string to a bitArray */
  toBits: function(str, _url) {
    str = str.replace(/\s|=/g, "");
    var out = [], i, bits = 0, c = sjcl.codec.base64._chars, ta = 0, x;
    if (_url) {
      c = c.substr(0, 62) + "-_";
    }
    for (i = 0; i < str.length; i++) {
      x = c.indexOf(str.charAt(i));
      if (x < 0) {
        throw new sjcl.exception.invalid("this isn't base64!");
      }
      if (bits > 26) {
        bits -= 26;
        out.push(ta ^ x >>> bits);
        ta = x << 32 - bits;
      } else {
        bits += 6;
        ta ^= x << 32 - bits;
      }
    }
    if (bits & 56) {
      out.push(sjcl.bitArray.partial(bits & 56, ta, 1));
    }
    return out;
  }
};
sjcl.codec.base64url = {
  fromBits: function(arr) {
    return sjcl.codec.base64.fromBits(arr, 1, 1);
  },
  toBits: function(str) {
    return sjcl.codec.base64.toBits(str, 1);
  }
};
sjcl.codec.bytes = {
  /** Convert from a bitArray to an array of bytes. */
  fromBits: function(arr) {
    var out = [], bl = sjcl.bitArray.bitLength(arr), i, tmp;
    for (i = 0; i < bl / 8; i++) {
      if ((i & 3) === 0) {
        tmp = arr[i / 4];
      }
      out.push(tmp >>> 24);
      tmp <<= 8;
    }
    return out;
  },
  /** Convert from an array of bytes to a bitArray. */
  toBits: function(bytes) {
    var out = [], i, tmp = 0;
    for (i = 0; i < bytes.length; i++) {
      tmp = tmp << 8 | bytes[i];
      if ((i & 3) === 3) {
        out.push(tmp);
        tmp = 0;
      }
    }
    if (i & 3) {
      out.push(sjcl.bitArray.partial(8 * (i & 3), tmp));
    }
    return out;
  }
};
sjcl.hash.sha256 = function(hash) {
  if (!this._key[0]) {
    this._precompute();
  }
  if (hash) {
    this._h = hash._h.slice(0);
    this._buffer = hash._buffer.slice(0);
    this._length = hash._length;
  } else {
    this.reset();
  }
};
sjcl.hash.sha256.hash = function(data) {
  return new sjcl.hash.sha256().update(data).finalize();
};
sjcl.hash.sha256.prototype = {
  /**
   * The hash's block size, in bits.
   * @constant
   */
  blockSize: 512,
  /**
   * Reset the hash state.
   * @return this
   */
  reset: function() {
    this._h = this._init.slice(0);
    this._buffer = [];
    this._length = 0;
    return this;
  },
  /**
   * Input several words to the hash.
   * @param {bitArray|String} data the data to hash.
   * @return this
   */
  update: function(data) {
    if (typeof data === "string") {
      data = sjcl.codec.utf8String.toBits(data);
    }
    var i, b = this._buffer = sjcl.bitArray.concat(this._buffer, data), ol = this._length, nl = this._length = ol + sjcl.bitArray.bitLength(data);
    if (nl > 9007199254740991) {
      throw new sjcl.exception.invalid("Cannot hash more than 2^53 - 1 bits");
    }
    if (typeof Uint32Array !== "undefined") {
      var c = new Uint32Array(b);
      var j = 0;
      for (i = 512 + ol - (512 + ol & 511); i <= nl; i += 512) {
        this._block(c.subarray(16 * j, 16 * (j + 1)));
        j += 1;
      }
      b.splice(0, 16 * j);
    } else {
      for (i = 512 + ol - (512 + ol & 511); i <= nl; i += 512) {
        this._block(b.splice(0, 16));
      }
    }
    return this;
  },
  /**
   * Complete hashing and output the hash value.
   * @return {bitArray} The hash value, an array of 8 big-endian words.
   */
  finalize: function() {
    var i, b = this._buffer, h = this._h;
    b = sjcl.bitArray.concat(b, [sjcl.bitArray.partial(1, 1)]);
    for (i = b.length + 2; i & 15; i++) {
      b.push(0);
    }
    b.push(Math.floor(this._length / 4294967296));
    b.push(this._length | 0);
    while (b.length) {
      this._block(b.splice(0, 16));
    }
    this.reset();
    return h;
  },
  /**
   * The SHA-256 initialization vector, to be precomputed.
   * @private
   */
  _init: [],
  /*
  _init:[0x6a09e667,0xbb67ae85,0x3c6ef372,0xa54ff53a,0x510e527f,0x9b05688c,0x1f83d9ab,0x5be0cd19],
  */
  /**
   * The SHA-256 hash key, to be precomputed.
   * @private
   */
  _key: [],
  /*
  _key:
    [0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
     0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
     0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
     0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
     0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
     0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
     0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
     0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
  */
  /**
   * Function to precompute _init and _key.
   * @private
   */
  _precompute: function() {
    var i = 0, prime = 2, factor, isPrime;
    function frac(x) {
      return (x - Math.floor(x)) * 4294967296 | 0;
    }
    for (; i < 64; prime++) {
      isPrime = true;
      for (factor = 2; factor * factor <= prime; factor++) {
        if (prime % factor === 0) {
          isPrime = false;
          break;
        }
      }
      if (isPrime) {
        if (i < 8) {
          this._init[i] = frac(Math.pow(prime, 1 / 2));
        }
        this._key[i] = frac(Math.pow(prime, 1 / 3));
        i++;
      }
    }
  },
  /**
   * Perform one cycle of SHA-256.
   * @param {Uint32Array|bitArray} w one block of words.
   * @private
   */
  _block: function(w) {
    var i, tmp, a, b, h = this._h, k = this._key, h0 = h[0], h1 = h[1], h2 = h[2], h3 = h[3], h4 = h[4], h5 = h[5], h6 = h[6], h7 = h[7];
    for (i = 0; i < 64; i++) {
      if (i < 16) {
        tmp = w[i];
      } else {
        a = w[i + 1 & 15];
        b = w[i + 14 & 15];
        tmp = w[i & 15] = (a >>> 7 ^ a >>> 18 ^ a >>> 3 ^ a << 25 ^ a << 14) + (b >>> 17 ^ b >>> 19 ^ b >>> 10 ^ b << 15 ^ b << 13) + w[i & 15] + w[i + 9 & 15] | 0;
      }
      tmp = tmp + h7 + (h4 >>> 6 ^ h4 >>> 11 ^ h4 >>> 25 ^ h4 << 26 ^ h4 << 21 ^ h4 << 7) + (h6 ^ h4 & (h5 ^ h6)) + k[i];
      h7 = h6;
      h6 = h5;
      h5 = h4;
      h4 = h3 + tmp | 0;
      h3 = h2;
      h2 = h1;
      h1 = h0;
      h0 = tmp + (h1 & h2 ^ h3 & (h1 ^ h2)) + (h1 >>> 2 ^ h1 >>> 13 ^ h1 >>> 22 ^ h1 << 30 ^ h1 << 19 ^ h1 << 10) | 0;
    }
    h[0] = h[0] + h0 | 0;
    h[1] = h[1] + h1 | 0;
    h[2] = h[2] + h2 | 0;
    h[3] = h[3] + h3 | 0;
    h[4] = h[4] + h4 | 0;
    h[5] = h[5] + h5 | 0;
    h[6] = h[6] + h6 | 0;
    h[7] = h[7] + h7 | 0;
  }
};
sjcl.mode.ccm = {
  /** The name of the mode.
   * @constant
   */
  name: "ccm",
  _progressListeners: [],
  listenProgress: function(cb) {
    sjcl.mode.ccm._progressListeners.push(cb);
  },
  unListenProgress: function(cb) {
    var index = sjcl.mode.ccm._progressListeners.indexOf(cb);
    if (index > -1) {
      sjcl.mode.ccm._progressListeners.splice(index, 1);
    }
  },
  _callProgressListener: function(val) {
    var p = sjcl.mode.ccm._progressListeners.slice(), i;
    for (i = 0; i < p.length; i += 1) {
      p[i](val);
    }
  },
  /** Encrypt in CCM mode.
   * @static
   * @param {Object} prf The pseudorandom function.  It must have a block size of 16 bytes.
   * @param {bitArray} plaintext The plaintext data.
   * @param {bitArray} iv The initialization value.
   * @param {bitArray} [adata=[]] The authenticated data.
   * @param {Number} [tlen=64] the desired tag length, in bits.
   * @return {bitArray} The encrypted data, an array of bytes.
   */
  encrypt: function(prf, plaintext, iv, adata, tlen) {
    var L, out = plaintext.slice(0), tag, w = sjcl.bitArray, ivl = w.bitLength(iv) / 8, ol = w.bitLength(out) / 8;
    tlen = tlen || 64;
    adata = adata || [];
    if (ivl < 7) {
      throw new sjcl.exception.invalid("ccm: iv must be at least 7 bytes");
    }
    for (L = 2; L < 4 && ol >>> 8 * L; L++) {
    }
    if (L < 15 - ivl) {
      L = 15 - ivl;
    }
    iv = w.clamp(iv, 8 * (15 - L));
    tag = sjcl.mode.ccm._computeTag(prf, plaintext, iv, adata, tlen, L);
    out = sjcl.mode.ccm._ctrMode(prf, out, iv, tag, tlen, L);
    return w.concat(out.data, out.tag);
  },
  /** Decrypt in CCM mode.
   * @static
   * @param {Object} prf The pseudorandom function.  It must have a block size of 16 bytes.
   * @param {bitArray} ciphertext The ciphertext data.
   * @param {bitArray} iv The initialization value.
   * @param {bitArray} [adata=[]] adata The authenticated data.
   * @param {Number} [tlen=64] tlen the desired tag length, in bits.
   * @return {bitArray} The decrypted data.
   */
  decrypt: function(prf, ciphertext, iv, adata, tlen) {
    tlen = tlen || 64;
    adata = adata || [];
    var L, w = sjcl.bitArray, ivl = w.bitLength(iv) / 8, ol = w.bitLength(ciphertext), out = w.clamp(ciphertext, ol - tlen), tag = w.bitSlice(ciphertext, ol - tlen), tag2;
    ol = (ol - tlen) / 8;
    if (ivl < 7) {
      throw new sjcl.exception.invalid("ccm: iv must be at least 7 bytes");
    }
    for (L = 2; L < 4 && ol >>> 8 * L; L++) {
    }
    if (L < 15 - ivl) {
      L = 15 - ivl;
    }
    iv = w.clamp(iv, 8 * (15 - L));
    out = sjcl.mode.ccm._ctrMode(prf, out, iv, tag, tlen, L);
    tag2 = sjcl.mode.ccm._computeTag(prf, out.data, iv, adata, tlen, L);
    if (!w.equal(out.tag, tag2)) {
      throw new sjcl.exception.corrupt("ccm: tag doesn't match");
    }
    return out.data;
  },
  _macAdditionalData: function(prf, adata, iv, tlen, ol, L) {
    var mac, tmp, i, macData = [], w = sjcl.bitArray, xor3 = w._xor4;
    mac = [w.partial(8, (adata.length ? 1 << 6 : 0) | tlen - 2 << 2 | L - 1)];
    mac = w.concat(mac, iv);
    mac[3] |= ol;
    mac = prf.encrypt(mac);
    if (adata.length) {
      tmp = w.bitLength(adata) / 8;
      if (tmp <= 65279) {
        macData = [w.partial(16, tmp)];
      } else if (tmp <= 4294967295) {
        macData = w.concat([w.partial(16, 65534)], [tmp]);
      }
      macData = w.concat(macData, adata);
      for (i = 0; i < macData.length; i += 4) {
        mac = prf.encrypt(xor3(mac, macData.slice(i, i + 4).concat([0, 0, 0])));
      }
    }
    return mac;
  },
  /* Compute the (unencrypted) authentication tag, according to the CCM specification
   * @param {Object} prf The pseudorandom function.
   * @param {bitArray} plaintext The plaintext data.
   * @param {bitArray} iv The initialization value.
   * @param {bitArray} adata The authenticated data.
   * @param {Number} tlen the desired tag length, in bits.
   * @return {bitArray} The tag, but not yet encrypted.
   * @private
   */
  _computeTag: function(prf, plaintext, iv, adata, tlen, L) {
    var mac, i, w = sjcl.bitArray, xor3 = w._xor4;
    tlen /= 8;
    if (tlen % 2 || tlen < 4 || tlen > 16) {
      throw new sjcl.exception.invalid("ccm: invalid tag length");
    }
    if (adata.length > 4294967295 || plaintext.length > 4294967295) {
      throw new sjcl.exception.bug("ccm: can't deal with 4GiB or more data");
    }
    mac = sjcl.mode.ccm._macAdditionalData(prf, adata, iv, tlen, w.bitLength(plaintext) / 8, L);
    for (i = 0; i < plaintext.length; i += 4) {
      mac = prf.encrypt(xor3(mac, plaintext.slice(i, i + 4).concat([0, 0, 0])));
    }
    return w.clamp(mac, tlen * 8);
  },
  /** CCM CTR mode.
   * Encrypt or decrypt data and tag with the prf in CCM-style CTR mode.
   * May mutate its arguments.
   * @param {Object} prf The PRF.
   * @param {bitArray} data The data to be encrypted or decrypted.
   * @param {bitArray} iv The initialization vector.
   * @param {bitArray} tag The authentication tag.
   * @param {Number} tlen The length of th etag, in bits.
   * @param {Number} L The CCM L value.
   * @return {Object} An object with data and tag, the en/decryption of data and tag values.
   * @private
   */
  _ctrMode: function(prf, data, iv, tag, tlen, L) {
    var enc, i, w = sjcl.bitArray, xor3 = w._xor4, ctr, l = data.length, bl = w.bitLength(data), n = l / 50, p = n;
    ctr = w.concat([w.partial(8, L - 1)], iv).concat([0, 0, 0]).slice(0, 4);
    tag = w.bitSlice(xor3(tag, prf.encrypt(ctr)), 0, tlen);
    if (!l) {
      return { tag, data: [] };
    }
    for (i = 0; i < l; i += 4) {
      if (i > n) {
        sjcl.mode.ccm._callProgressListener(i / l);
        n += p;
      }
      ctr[3]++;
      enc = prf.encrypt(ctr);
      data[i] ^= enc[0];
      data[i + 1] ^= enc[1];
      data[i + 2] ^= enc[2];
      data[i + 3] ^= enc[3];
    }
    return { tag, data: w.clamp(data, bl) };
  }
};
sjcl.misc.hmac = function(key, Hash) {
  this._hash = Hash = Hash || sjcl.hash.sha256;
  var exKey = [[], []], i, bs = Hash.prototype.blockSize / 32;
  this._baseHash = [new Hash(), new Hash()];
  if (key.length > bs) {
    key = Hash.hash(key);
  }
  for (i = 0; i < bs; i++) {
    exKey[0][i] = key[i] ^ 909522486;
    exKey[1][i] = key[i] ^ 1549556828;
  }
  this._baseHash[0].update(exKey[0]);
  this._baseHash[1].update(exKey[1]);
  this._resultHash = new Hash(this._baseHash[0]);
};
sjcl.misc.hmac.prototype.encrypt = sjcl.misc.hmac.prototype.mac = function(data) {
  if (!this._updated) {
    this.update(data);
    return this.digest(data);
  } else {
    throw new sjcl.exception.invalid("encrypt on already updated hmac called!");
  }
};
sjcl.misc.hmac.prototype.reset = function() {
  this._resultHash = new this._hash(this._baseHash[0]);
  this._updated = false;
};
sjcl.misc.hmac.prototype.update = function(data) {
  this._updated = true;
  this._resultHash.update(data);
};
sjcl.misc.hmac.prototype.digest = function() {
  var w = this._resultHash.finalize(), result = new this._hash(this._baseHash[1]).update(w).finalize();
  this.reset();
  return result;
};
sjcl.misc.pbkdf2 = function(password, salt, count, length, Prff) {
  count = count || 1e4;
  if (length < 0 || count < 0) {
    throw new sjcl.exception.invalid("invalid params to pbkdf2");
  }
  if (typeof password === "string") {
    password = sjcl.codec.utf8String.toBits(password);
  }
  if (typeof salt === "string") {
    salt = sjcl.codec.utf8String.toBits(salt);
  }
  Prff = Prff || sjcl.misc.hmac;
  var prf = new Prff(password), u, ui, i, j, k, out = [], b = sjcl.bitArray;
  for (k = 1; 32 * out.length < (length || 1); k++) {
    u = ui = prf.encrypt(b.concat(salt, [k]));
    for (i = 1; i < count; i++) {
      ui = prf.encrypt(ui);
      for (j = 0; j < ui.length; j++) {
        u[j] ^= ui[j];
      }
    }
    out = out.concat(u);
  }
  if (length) {
    out = b.clamp(out, length);
  }
  return out;
};
sjcl.prng = function(defaultParanoia) {
  this._pools = [new sjcl.hash.sha256()];
  this._poolEntropy = [0];
  this._reseedCount = 0;
  this._robins = {};
  this._eventId = 0;
  this._collectorIds = {};
  this._collectorIdNext = 0;
  this._strength = 0;
  this._poolStrength = 0;
  this._nextReseed = 0;
  this._key = [0, 0, 0, 0, 0, 0, 0, 0];
  this._counter = [0, 0, 0, 0];
  this._cipher = void 0;
  this._defaultParanoia = defaultParanoia;
  this._collectorsStarted = false;
  this._callbacks = { progress: {}, seeded: {} };
  this._callbackI = 0;
  this._NOT_READY = 0;
  this._READY = 1;
  this._REQUIRES_RESEED = 2;
  this._MAX_WORDS_PER_BURST = 65536;
  this._PARANOIA_LEVELS = [0, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];
  this._MILLISECONDS_PER_RESEED = 3e4;
  this._BITS_PER_RESEED = 80;
};
sjcl.prng.prototype = {
  /** Generate several random words, and return them in an array.
   * A word consists of 32 bits (4 bytes)
   * @param {Number} nwords The number of words to generate.
   */
  randomWords: function(nwords, paranoia) {
    var out = [], i, readiness = this.isReady(paranoia), g;
    if (readiness === this._NOT_READY) {
      throw new sjcl.exception.notReady("generator isn't seeded");
    } else if (readiness & this._REQUIRES_RESEED) {
      this._reseedFromPools(!(readiness & this._READY));
    }
    for (i = 0; i < nwords; i += 4) {
      if ((i + 1) % this._MAX_WORDS_PER_BURST === 0) {
        this._gate();
      }
      g = this._gen4words();
      out.push(g[0], g[1], g[2], g[3]);
    }
    this._gate();
    return out.slice(0, nwords);
  },
  setDefaultParanoia: function(paranoia, allowZeroParanoia) {
    if (paranoia === 0 && allowZeroParanoia !== "Setting paranoia=0 will ruin your security; use it only for testing") {
      throw new sjcl.exception.invalid("Setting paranoia=0 will ruin your security; use it only for testing");
    }
    this._defaultParanoia = paranoia;
  },
  /**
   * Add entropy to the pools.
   * @param data The entropic value.  Should be a 32-bit integer, array of 32-bit integers, or string
   * @param {Number} estimatedEntropy The estimated entropy of data, in bits
   * @param {String} source The source of the entropy, eg "mouse"
   */
  addEntropy: function(data, estimatedEntropy, source) {
    source = source || "user";
    var id, i, tmp, t = (/* @__PURE__ */ new Date()).valueOf(), robin = this._robins[source], oldReady = this.isReady(), err = 0, objName;
    id = this._collectorIds[source];
    if (id === void 0) {
      id = this._collectorIds[source] = this._collectorIdNext++;
    }
    if (robin === void 0) {
      robin = this._robins[source] = 0;
    }
    this._robins[source] = (this._robins[source] + 1) % this._pools.length;
    switch (typeof data) {
      case "number":
        if (estimatedEntropy === void 0) {
          estimatedEntropy = 1;
        }
        this._pools[robin].update([id, this._eventId++, 1, estimatedEntropy, t, 1, data | 0]);
        break;
      case "object":
        objName = Object.prototype.toString.call(data);
        if (objName === "[object Uint32Array]") {
          tmp = [];
          for (i = 0; i < data.length; i++) {
            tmp.push(data[i]);
          }
          data = tmp;
        } else {
          if (objName !== "[object Array]") {
            err = 1;
          }
          for (i = 0; i < data.length && !err; i++) {
            if (typeof data[i] !== "number") {
              err = 1;
            }
          }
        }
        if (!err) {
          if (estimatedEntropy === void 0) {
            estimatedEntropy = 0;
            for (i = 0; i < data.length; i++) {
              tmp = data[i];
              while (tmp > 0) {
                estimatedEntropy++;
                tmp = tmp >>> 1;
              }
            }
          }
          this._pools[robin].update([id, this._eventId++, 2, estimatedEntropy, t, data.length].concat(data));
        }
        break;
      case "string":
        if (estimatedEntropy === void 0) {
          estimatedEntropy = data.length;
        }
        this._pools[robin].update([id, this._eventId++, 3, estimatedEntropy, t, data.length]);
        this._pools[robin].update(data);
        break;
      default:
        err = 1;
    }
    if (err) {
      throw new sjcl.exception.bug("random: addEntropy only supports number, array of numbers or string");
    }
    this._poolEntropy[robin] += estimatedEntropy;
    this._poolStrength += estimatedEntropy;
    if (oldReady === this._NOT_READY) {
      if (this.isReady() !== this._NOT_READY) {
        this._fireEvent("seeded", Math.max(this._strength, this._poolStrength));
      }
      this._fireEvent("progress", this.getProgress());
    }
  },
  /** Is the generator ready? */
  isReady: function(paranoia) {
    var entropyRequired = this._PARANOIA_LEVELS[paranoia !== void 0 ? paranoia : this._defaultParanoia];
    if (this._strength && this._strength >= entropyRequired) {
      return this._poolEntropy[0] > this._BITS_PER_RESEED && (/* @__PURE__ */ new Date()).valueOf() > this._nextReseed ? this._REQUIRES_RESEED | this._READY : this._READY;
    } else {
      return this._poolStrength >= entropyRequired ? this._REQUIRES_RESEED | this._NOT_READY : this._NOT_READY;
    }
  },
  /** Get the generator's progress toward readiness, as a fraction */
  getProgress: function(paranoia) {
    var entropyRequired = this._PARANOIA_LEVELS[paranoia ? paranoia : this._defaultParanoia];
    if (this._strength >= entropyRequired) {
      return 1;
    } else {
      return this._poolStrength > entropyRequired ? 1 : this._poolStrength / entropyRequired;
    }
  },
  /** start the built-in entropy collectors */
  startCollectors: function() {
    if (this._collectorsStarted) {
      return;
    }
    this._eventListener = {
      loadTimeCollector: this._bind(this._loadTimeCollector),
      mouseCollector: this._bind(this._mouseCollector),
      keyboardCollector: this._bind(this._keyboardCollector),
      accelerometerCollector: this._bind(this._accelerometerCollector),
      touchCollector: this._bind(this._touchCollector)
    };
    if (window.addEventListener) {
      window.addEventListener("load", this._eventListener.loadTimeCollector, false);
      window.addEventListener("mousemove", this._eventListener.mouseCollector, false);
      window.addEventListener("keypress", this._eventListener.keyboardCollector, false);
      window.addEventListener("devicemotion", this._eventListener.accelerometerCollector, false);
      window.addEventListener("touchmove", this._eventListener.touchCollector, false);
    } else if (document.attachEvent) {
      document.attachEvent("onload", this._eventListener.loadTimeCollector);
      document.attachEvent("onmousemove", this._eventListener.mouseCollector);
      document.attachEvent("keypress", this._eventListener.keyboardCollector);
    } else {
      throw new sjcl.exception.bug("can't attach event");
    }
    this._collectorsStarted = true;
  },
  /** stop the built-in entropy collectors */
  stopCollectors: function() {
    if (!this._collectorsStarted) {
      return;
    }
    if (window.removeEventListener) {
      window.removeEventListener("load", this._eventListener.loadTimeCollector, false);
      window.removeEventListener("mousemove", this._eventListener.mouseCollector, false);
      window.removeEventListener("keypress", this._eventListener.keyboardCollector, false);
      window.removeEventListener("devicemotion", this._eventListener.accelerometerCollector, false);
      window.removeEventListener("touchmove", this._eventListener.touchCollector, false);
    } else if (document.detachEvent) {
      document.detachEvent("onload", this._eventListener.loadTimeCollector);
      document.detachEvent("onmousemove", this._eventListener.mouseCollector);
      document.detachEvent("keypress", this._eventListener.keyboardCollector);
    }
    this._collectorsStarted = false;
  },
  /* use a cookie to store entropy.
  useCookie: function (all_cookies) {
      throw new sjcl.exception.bug("random: useCookie is unimplemented");
  },*/
  /** add an event listener for progress or seeded-ness. */
  addEventListener: function(name, callback) {
    this._callbacks[name][this._callbackI++] = callback;
  },
  /** remove an event listener for progress or seeded-ness */
  removeEventListener: function(name, cb) {
    var i, j, cbs = this._callbacks[name], jsTemp = [];
    for (j in cbs) {
      if (cbs.hasOwnProperty(j) && cbs[j] === cb) {
        jsTemp.push(j);
      }
    }
    for (i = 0; i < jsTemp.length; i++) {
      j = jsTemp[i];
      delete cbs[j];
    }
  },
  _bind: function(func) {
    var that = this;
    return function() {
      func.apply(that, arguments);
    };
  },
  /** Generate 4 random words, no reseed, no gate.
   * @private
   */
  _gen4words: function() {
    for (var i = 0; i < 4; i++) {
      this._counter[i] = this._counter[i] + 1 | 0;
      if (this._counter[i]) {
        break;
      }
    }
    return this._cipher.encrypt(this._counter);
  },
  /* Rekey the AES instance with itself after a request, or every _MAX_WORDS_PER_BURST words.
   * @private
   */
  _gate: function() {
    this._key = this._gen4words().concat(this._gen4words());
    this._cipher = new sjcl.cipher.aes(this._key);
  },
  /** Reseed the generator with the given words
   * @private
   */
  _reseed: function(seedWords) {
    this._key = sjcl.hash.sha256.hash(this._key.concat(seedWords));
    this._cipher = new sjcl.cipher.aes(this._key);
    for (var i = 0; i < 4; i++) {
      this._counter[i] = this._counter[i] + 1 | 0;
      if (this._counter[i]) {
        break;
      }
    }
  },
  /** reseed the data from the entropy pools
   * @param full If set, use all the entropy pools in the reseed.
   */
  _reseedFromPools: function(full) {
    var reseedData = [], strength = 0, i;
    this._nextReseed = reseedData[0] = (/* @__PURE__ */ new Date()).valueOf() + this._MILLISECONDS_PER_RESEED;
    for (i = 0; i < 16; i++) {
      reseedData.push(Math.random() * 4294967296 | 0);
    }
    for (i = 0; i < this._pools.length; i++) {
      reseedData = reseedData.concat(this._pools[i].finalize());
      strength += this._poolEntropy[i];
      this._poolEntropy[i] = 0;
      if (!full && this._reseedCount & 1 << i) {
        break;
      }
    }
    if (this._reseedCount >= 1 << this._pools.length) {
      this._pools.push(new sjcl.hash.sha256());
      this._poolEntropy.push(0);
    }
    this._poolStrength -= strength;
    if (strength > this._strength) {
      this._strength = strength;
    }
    this._reseedCount++;
    this._reseed(reseedData);
  },
  _keyboardCollector: function() {
    this._addCurrentTimeToEntropy(1);
  },
  _mouseCollector: function(ev) {
    var x, y;
    try {
      x = ev.x || ev.clientX || ev.offsetX || 0;
      y = ev.y || ev.clientY || ev.offsetY || 0;
    } catch (err) {
      x = 0;
      y = 0;
    }
    if (x != 0 && y != 0) {
      this.addEntropy([x, y], 2, "mouse");
    }
    this._addCurrentTimeToEntropy(0);
  },
  _touchCollector: function(ev) {
    var touch = ev.touches[0] || ev.changedTouches[0];
    var x = touch.pageX || touch.clientX, y = touch.pageY || touch.clientY;
    this.addEntropy([x, y], 1, "touch");
    this._addCurrentTimeToEntropy(0);
  },
  _loadTimeCollector: function() {
    this._addCurrentTimeToEntropy(2);
  },
  _addCurrentTimeToEntropy: function(estimatedEntropy) {
    if (typeof window !== "undefined" && window.performance && typeof window.performance.now === "function") {
      this.addEntropy(window.performance.now(), estimatedEntropy, "loadtime");
    } else {
      this.addEntropy((/* @__PURE__ */ new Date()).valueOf(), estimatedEntropy, "loadtime");
    }
  },
  _accelerometerCollector: function(ev) {
    var ac = ev.accelerationIncludingGravity.x || ev.accelerationIncludingGravity.y || ev.accelerationIncludingGravity.z;
    if (window.orientation) {
      var or = window.orientation;
      if (typeof or === "number") {
        this.addEntropy(or, 1, "accelerometer");
      }
    }
    if (ac) {
      this.addEntropy(ac, 2, "accelerometer");
    }
    this._addCurrentTimeToEntropy(0);
  },
  _fireEvent: function(name, arg) {
    var j, cbs = sjcl.random._callbacks[name], cbsTemp = [];
    for (j in cbs) {
      if (cbs.hasOwnProperty(j)) {
        cbsTemp.push(cbs[j]);
      }
    }
    for (j = 0; j < cbsTemp.length; j++) {
      cbsTemp[j](arg);
    }
  }
};
sjcl.random = new sjcl.prng(6);
(function() {
  function getCryptoModule() {
    try {
      return __require("crypto");
    } catch (e) {
      return null;
    }
  }
  try {
    var buf, crypt, ab;
    if (typeof module !== "undefined" && module.exports && (crypt = getCryptoModule()) && crypt.randomBytes) {
      buf = crypt.randomBytes(1024 / 8);
      buf = new Uint32Array(new Uint8Array(buf).buffer);
      sjcl.random.addEntropy(buf, 1024, "crypto.randomBytes");
    } else if (typeof window !== "undefined" && typeof Uint32Array !== "undefined") {
      ab = new Uint32Array(32);
      if (window.crypto && window.crypto.getRandomValues) {
        window.crypto.getRandomValues(ab);
      } else if (window.msCrypto && window.msCrypto.getRandomValues) {
        window.msCrypto.getRandomValues(ab);
      } else {
        return;
      }
      sjcl.random.addEntropy(ab, 1024, "crypto.getRandomValues");
    } else {
    }
  } catch (e) {
    if (typeof window !== "undefined" && window.console) {
      console.log("There was an error collecting entropy from the browser:");
      console.log(e);
    }
  }
})();
sjcl.json = {
  /** Default values for encryption */
  defaults: { v: 1, iter: 1e4, ks: 128, ts: 64, mode: "ccm", adata: "", cipher: "aes" },
  /** Simple encryption function.
   * @param {String|bitArray} password The password or key.
   * @param {String} plaintext The data to encrypt.
   * @param {Object} [params] The parameters including tag, iv and salt.
   * @param {Object} [rp] A returned version with filled-in parameters.
   * @return {Object} The cipher raw data.
   * @throws {sjcl.exception.invalid} if a parameter is invalid.
   */
  _encrypt: function(password, plaintext, params, rp) {
    params = params || {};
    rp = rp || {};
    var j = sjcl.json, p = j._add({ iv: sjcl.random.randomWords(4, 0) }, j.defaults), tmp, prp, adata;
    j._add(p, params);
    adata = p.adata;
    if (typeof p.salt === "string") {
      p.salt = sjcl.codec.base64.toBits(p.salt);
    }
    if (typeof p.iv === "string") {
      p.iv = sjcl.codec.base64.toBits(p.iv);
    }
    if (!sjcl.mode[p.mode] || !sjcl.cipher[p.cipher] || typeof password === "string" && p.iter <= 100 || p.ts !== 64 && p.ts !== 96 && p.ts !== 128 || p.ks !== 128 && p.ks !== 192 && p.ks !== 256 || (p.iv.length < 2 || p.iv.length > 4)) {
      throw new sjcl.exception.invalid("json encrypt: invalid parameters");
    }
    if (typeof password === "string") {
      tmp = sjcl.misc.cachedPbkdf2(password, p);
      password = tmp.key.slice(0, p.ks / 32);
      p.salt = tmp.salt;
    } else if (sjcl.ecc && password instanceof sjcl.ecc.elGamal.publicKey) {
      tmp = password.kem();
      p.kemtag = tmp.tag;
      password = tmp.key.slice(0, p.ks / 32);
    }
    if (typeof plaintext === "string") {
      plaintext = sjcl.codec.utf8String.toBits(plaintext);
    }
    if (typeof adata === "string") {
      p.adata = adata = sjcl.codec.utf8String.toBits(adata);
    }
    prp = new sjcl.cipher[p.cipher](password);
    j._add(rp, p);
    rp.key = password;
    if (p.mode === "ccm" && sjcl.arrayBuffer && sjcl.arrayBuffer.ccm && plaintext instanceof ArrayBuffer) {
      p.ct = sjcl.arrayBuffer.ccm.encrypt(prp, plaintext, p.iv, adata, p.ts);
    } else {
      p.ct = sjcl.mode[p.mode].encrypt(prp, plaintext, p.iv, adata, p.ts);
    }
    return p;
  },
  /** Simple encryption function.
   * @param {String|bitArray} password The password or key.
   * @param {String} plaintext The data to encrypt.
   * @param {Object} [params] The parameters including tag, iv and salt.
   * @param {Object} [rp] A returned version with filled-in parameters.
   * @return {String} The ciphertext serialized data.
   * @throws {sjcl.exception.invalid} if a parameter is invalid.
   */
  encrypt: function(password, plaintext, params, rp) {
    var j = sjcl.json, p = j._encrypt.apply(j, arguments);
    return j.encode(p);
  },
  /** Simple decryption function.
   * @param {String|bitArray} password The password or key.
   * @param {Object} ciphertext The cipher raw data to decrypt.
   * @param {Object} [params] Additional non-default parameters.
   * @param {Object} [rp] A returned object with filled parameters.
   * @return {String} The plaintext.
   * @throws {sjcl.exception.invalid} if a parameter is invalid.
   * @throws {sjcl.exception.corrupt} if the ciphertext is corrupt.
   */
  _decrypt: function(password, ciphertext, params, rp) {
    params = params || {};
    rp = rp || {};
    var j = sjcl.json, p = j._add(j._add(j._add({}, j.defaults), ciphertext), params, true), ct, tmp, prp, adata = p.adata;
    if (typeof p.salt === "string") {
      p.salt = sjcl.codec.base64.toBits(p.salt);
    }
    if (typeof p.iv === "string") {
      p.iv = sjcl.codec.base64.toBits(p.iv);
    }
    if (!sjcl.mode[p.mode] || !sjcl.cipher[p.cipher] || typeof password === "string" && p.iter <= 100 || p.ts !== 64 && p.ts !== 96 && p.ts !== 128 || p.ks !== 128 && p.ks !== 192 && p.ks !== 256 || !p.iv || (p.iv.length < 2 || p.iv.length > 4)) {
      throw new sjcl.exception.invalid("json decrypt: invalid parameters");
    }
    if (typeof password === "string") {
      tmp = sjcl.misc.cachedPbkdf2(password, p);
      password = tmp.key.slice(0, p.ks / 32);
      p.salt = tmp.salt;
    } else if (sjcl.ecc && password instanceof sjcl.ecc.elGamal.secretKey) {
      password = password.unkem(sjcl.codec.base64.toBits(p.kemtag)).slice(0, p.ks / 32);
    }
    if (typeof adata === "string") {
      adata = sjcl.codec.utf8String.toBits(adata);
    }
    prp = new sjcl.cipher[p.cipher](password);
    if (p.mode === "ccm" && sjcl.arrayBuffer && sjcl.arrayBuffer.ccm && p.ct instanceof ArrayBuffer) {
      ct = sjcl.arrayBuffer.ccm.decrypt(prp, p.ct, p.iv, p.tag, adata, p.ts);
    } else {
      ct = sjcl.mode[p.mode].decrypt(prp, p.ct, p.iv, adata, p.ts);
    }
    j._add(rp, p);
    rp.key = password;
    if (params.raw === 1) {
      return ct;
    } else {
      return sjcl.codec.utf8String.fromBits(ct);
    }
  },
  /** Simple decryption function.
   * @param {String|bitArray} password The password or key.
   * @param {String} ciphertext The ciphertext to decrypt.
   * @param {Object} [params] Additional non-default parameters.
   * @param {Object} [rp] A returned object with filled parameters.
   * @return {String} The plaintext.
   * @throws {sjcl.exception.invalid} if a parameter is invalid.
   * @throws {sjcl.exception.corrupt} if the ciphertext is corrupt.
   */
  decrypt: function(password, ciphertext, params, rp) {
    var j = sjcl.json;
    return j._decrypt(password, j.decode(ciphertext), params, rp);
  },
  /** Encode a flat structure into a JSON string.
   * @param {Object} obj The structure to encode.
   * @return {String} A JSON string.
   * @throws {sjcl.exception.invalid} if obj has a non-alphanumeric property.
   * @throws {sjcl.exception.bug} if a parameter has an unsupported type.
   */
  encode: function(obj) {
    var i, out = "{", comma = "";
    for (i in obj) {
      if (obj.hasOwnProperty(i)) {
        if (!i.match(/^[a-z0-9]+$/i)) {
          throw new sjcl.exception.invalid("json encode: invalid property name");
        }
        out += comma + '"' + i + '":';
        comma = ",";
        switch (typeof obj[i]) {
          case "number":
          case "boolean":
            out += obj[i];
            break;
          case "string":
            out += '"' + escape(obj[i]) + '"';
            break;
          case "object":
            out += '"' + sjcl.codec.base64.fromBits(obj[i], 0) + '"';
            break;
          default:
            throw new sjcl.exception.bug("json encode: unsupported type");
        }
      }
    }
    return out + "}";
  },
  /** Decode a simple (flat) JSON string into a structure.  The ciphertext,
   * adata, salt and iv will be base64-decoded.
   * @param {String} str The string.
   * @return {Object} The decoded structure.
   * @throws {sjcl.exception.invalid} if str isn't (simple) JSON.
   */
  decode: function(str) {
    str = str.replace(/\s/g, "");
    if (!str.match(/^\{.*\}$/)) {
      throw new sjcl.exception.invalid("json decode: this isn't json!");
    }
    var a = str.replace(/^\{|\}$/g, "").split(/,/), out = {}, i, m;
    for (i = 0; i < a.length; i++) {
      if (!(m = a[i].match(/^\s*(?:(["']?)([a-z][a-z0-9]*)\1)\s*:\s*(?:(-?\d+)|"([a-z0-9+\/%*_.@=\-]*)"|(true|false))$/i))) {
        throw new sjcl.exception.invalid("json decode: this isn't json!");
      }
      if (m[3] != null) {
        out[m[2]] = parseInt(m[3], 10);
      } else if (m[4] != null) {
        out[m[2]] = m[2].match(/^(ct|adata|salt|iv)$/) ? sjcl.codec.base64.toBits(m[4]) : unescape(m[4]);
      } else if (m[5] != null) {
        out[m[2]] = m[5] === "true";
      }
    }
    return out;
  },
  /** Insert all elements of src into target, modifying and returning target.
   * @param {Object} target The object to be modified.
   * @param {Object} src The object to pull data from.
   * @param {boolean} [requireSame=false] If true, throw an exception if any field of target differs from corresponding field of src.
   * @return {Object} target.
   * @private
   */
  _add: function(target, src, requireSame) {
    if (target === void 0) {
      target = {};
    }
    if (src === void 0) {
      return target;
    }
    var i;
    for (i in src) {
      if (src.hasOwnProperty(i)) {
        if (requireSame && target[i] !== void 0 && target[i] !== src[i]) {
          throw new sjcl.exception.invalid("required parameter overridden");
        }
        target[i] = src[i];
      }
    }
    return target;
  },
  /** Remove all elements of minus from plus.  Does not modify plus.
   * @private
   */
  _subtract: function(plus, minus) {
    var out = {}, i;
    for (i in plus) {
      if (plus.hasOwnProperty(i) && plus[i] !== minus[i]) {
        out[i] = plus[i];
      }
    }
    return out;
  },
  /** Return only the specified elements of src.
   * @private
   */
  _filter: function(src, filter) {
    var out = {}, i;
    for (i = 0; i < filter.length; i++) {
      if (src[filter[i]] !== void 0) {
        out[filter[i]] = src[filter[i]];
      }
    }
    return out;
  }
};
sjcl.encrypt = sjcl.json.encrypt;
sjcl.decrypt = sjcl.json.decrypt;
sjcl.misc._pbkdf2Cache = {};
sjcl.misc.cachedPbkdf2 = function(password, obj) {
  var cache = sjcl.misc._pbkdf2Cache, c, cp, str, salt, iter;
  obj = obj || {};
  iter = obj.iter || 1e3;
  cp = cache[password] = cache[password] || {};
  c = cp[iter] = cp[iter] || { firstSalt: obj.salt && obj.salt.length ? obj.salt.slice(0) : sjcl.random.randomWords(2, 0) };
  salt = obj.salt === void 0 ? c.firstSalt : obj.salt;
  c[salt] = c[salt] || sjcl.misc.pbkdf2(password, salt, obj.iter);
  return { key: c[salt].slice(0), salt: salt.slice(0) };
};
sjcl.bn = function(it) {
  this.initWith(it);
};
sjcl.bn.prototype = {
  radix: 24,
  maxMul: 8,
  _class: sjcl.bn,
  copy: function() {
    return new this._class(this);
  },
  /**
   * Initializes this with it, either as a bn, a number, or a hex string.
   */
  initWith: function(it) {
    var i = 0, k;
    switch (typeof it) {
      case "object":
        this.limbs = it.limbs.slice(0);
        break;
      case "number":
        this.limbs = [it];
        this.normalize();
        break;
      case "string":
        it = it.replace(/^0x/, "");
        this.limbs = [];
        k = this.radix / 4;
        for (i = 0; i < it.length; i += k) {
          this.limbs.push(parseInt(it.substring(Math.max(it.length - i - k, 0), it.length - i), 16));
        }
        break;
      default:
        this.limbs = [0];
    }
    return this;
  },
  /**
   * Returns true if "this" and "that" are equal.  Calls fullReduce().
   * Equality test is in constant time.
   */
  equals: function(that) {
    if (typeof that === "number") {
      that = new this._class(that);
    }
    var difference = 0, i;
    this.fullReduce();
    that.fullReduce();
    for (i = 0; i < this.limbs.length || i < that.limbs.length; i++) {
      difference |= this.getLimb(i) ^ that.getLimb(i);
    }
    return difference === 0;
  },
  /**
   * Get the i'th limb of this, zero if i is too large.
   */
  getLimb: function(i) {
    return i >= this.limbs.length ? 0 : this.limbs[i];
  },
  /**
   * Constant time comparison function.
   * Returns 1 if this >= that, or zero otherwise.
   */
  greaterEquals: function(that) {
    if (typeof that === "number") {
      that = new this._class(that);
    }
    var less = 0, greater = 0, i, a, b;
    i = Math.max(this.limbs.length, that.limbs.length) - 1;
    for (; i >= 0; i--) {
      a = this.getLimb(i);
      b = that.getLimb(i);
      greater |= b - a & ~less;
      less |= a - b & ~greater;
    }
    return (greater | ~less) >>> 31;
  },
  /**
   * Convert to a hex string.
   */
  toString: function() {
    this.fullReduce();
    var out = "", i, s, l = this.limbs;
    for (i = 0; i < this.limbs.length; i++) {
      s = l[i].toString(16);
      while (i < this.limbs.length - 1 && s.length < 6) {
        s = "0" + s;
      }
      out = s + out;
    }
    return "0x" + out;
  },
  /** this += that.  Does not normalize. */
  addM: function(that) {
    if (typeof that !== "object") {
      that = new this._class(that);
    }
    var i, l = this.limbs, ll = that.limbs;
    for (i = l.length; i < ll.length; i++) {
      l[i] = 0;
    }
    for (i = 0; i < ll.length; i++) {
      l[i] += ll[i];
    }
    return this;
  },
  /** this *= 2.  Requires normalized; ends up normalized. */
  doubleM: function() {
    var i, carry = 0, tmp, r = this.radix, m = this.radixMask, l = this.limbs;
    for (i = 0; i < l.length; i++) {
      tmp = l[i];
      tmp = tmp + tmp + carry;
      l[i] = tmp & m;
      carry = tmp >> r;
    }
    if (carry) {
      l.push(carry);
    }
    return this;
  },
  /** this /= 2, rounded down.  Requires normalized; ends up normalized. */
  halveM: function() {
    var i, carry = 0, tmp, r = this.radix, l = this.limbs;
    for (i = l.length - 1; i >= 0; i--) {
      tmp = l[i];
      l[i] = tmp + carry >> 1;
      carry = (tmp & 1) << r;
    }
    if (!l[l.length - 1]) {
      l.pop();
    }
    return this;
  },
  /** this -= that.  Does not normalize. */
  subM: function(that) {
    if (typeof that !== "object") {
      that = new this._class(that);
    }
    var i, l = this.limbs, ll = that.limbs;
    for (i = l.length; i < ll.length; i++) {
      l[i] = 0;
    }
    for (i = 0; i < ll.length; i++) {
      l[i] -= ll[i];
    }
    return this;
  },
  mod: function(that) {
    var neg = !this.greaterEquals(new sjcl.bn(0));
    that = new sjcl.bn(that).normalize();
    var out = new sjcl.bn(this).normalize(), ci = 0;
    if (neg)
      out = new sjcl.bn(0).subM(out).normalize();
    for (; out.greaterEquals(that); ci++) {
      that.doubleM();
    }
    if (neg)
      out = that.sub(out).normalize();
    for (; ci > 0; ci--) {
      that.halveM();
      if (out.greaterEquals(that)) {
        out.subM(that).normalize();
      }
    }
    return out.trim();
  },
  /** return inverse mod prime p.  p must be odd. Binary extended Euclidean algorithm mod p. */
  inverseMod: function(p) {
    var a = new sjcl.bn(1), b = new sjcl.bn(0), x = new sjcl.bn(this), y = new sjcl.bn(p), tmp, i, nz = 1;
    if (!(p.limbs[0] & 1)) {
      throw new sjcl.exception.invalid("inverseMod: p must be odd");
    }
    do {
      if (x.limbs[0] & 1) {
        if (!x.greaterEquals(y)) {
          tmp = x;
          x = y;
          y = tmp;
          tmp = a;
          a = b;
          b = tmp;
        }
        x.subM(y);
        x.normalize();
        if (!a.greaterEquals(b)) {
          a.addM(p);
        }
        a.subM(b);
      }
      x.halveM();
      if (a.limbs[0] & 1) {
        a.addM(p);
      }
      a.normalize();
      a.halveM();
      for (i = nz = 0; i < x.limbs.length; i++) {
        nz |= x.limbs[i];
      }
    } while (nz);
    if (!y.equals(1)) {
      throw new sjcl.exception.invalid("inverseMod: p and x must be relatively prime");
    }
    return b;
  },
  /** this + that.  Does not normalize. */
  add: function(that) {
    return this.copy().addM(that);
  },
  /** this - that.  Does not normalize. */
  sub: function(that) {
    return this.copy().subM(that);
  },
  /** this * that.  Normalizes and reduces. */
  mul: function(that) {
    if (typeof that === "number") {
      that = new this._class(that);
    } else {
      that.normalize();
    }
    this.normalize();
    var i, j, a = this.limbs, b = that.limbs, al = a.length, bl = b.length, out = new this._class(), c = out.limbs, ai, ii = this.maxMul;
    for (i = 0; i < this.limbs.length + that.limbs.length + 1; i++) {
      c[i] = 0;
    }
    for (i = 0; i < al; i++) {
      ai = a[i];
      for (j = 0; j < bl; j++) {
        c[i + j] += ai * b[j];
      }
      if (!--ii) {
        ii = this.maxMul;
        out.cnormalize();
      }
    }
    return out.cnormalize().reduce();
  },
  /** this ^ 2.  Normalizes and reduces. */
  square: function() {
    return this.mul(this);
  },
  /** this ^ n.  Uses square-and-multiply.  Normalizes and reduces. */
  power: function(l) {
    l = new sjcl.bn(l).normalize().trim().limbs;
    var i, j, out = new this._class(1), pow = this;
    for (i = 0; i < l.length; i++) {
      for (j = 0; j < this.radix; j++) {
        if (l[i] & 1 << j) {
          out = out.mul(pow);
        }
        if (i == l.length - 1 && l[i] >> j + 1 == 0) {
          break;
        }
        pow = pow.square();
      }
    }
    return out;
  },
  /** this * that mod N */
  mulmod: function(that, N) {
    return this.mod(N).mul(that.mod(N)).mod(N);
  },
  /** this ^ x mod N */
  powermod: function(x, N) {
    x = new sjcl.bn(x);
    N = new sjcl.bn(N);
    if ((N.limbs[0] & 1) == 1) {
      var montOut = this.montpowermod(x, N);
      if (montOut != false) {
        return montOut;
      }
    }
    var i, j, l = x.normalize().trim().limbs, out = new this._class(1), pow = this;
    for (i = 0; i < l.length; i++) {
      for (j = 0; j < this.radix; j++) {
        if (l[i] & 1 << j) {
          out = out.mulmod(pow, N);
        }
        if (i == l.length - 1 && l[i] >> j + 1 == 0) {
          break;
        }
        pow = pow.mulmod(pow, N);
      }
    }
    return out;
  },
  /** this ^ x mod N with Montomery reduction */
  montpowermod: function(x, N) {
    x = new sjcl.bn(x).normalize().trim();
    N = new sjcl.bn(N);
    var i, j, radix = this.radix, out = new this._class(1), pow = this.copy();
    var R, s, wind, bitsize = x.bitLength();
    R = new sjcl.bn({
      limbs: N.copy().normalize().trim().limbs.map(function() {
        return 0;
      })
    });
    for (s = this.radix; s > 0; s--) {
      if ((N.limbs[N.limbs.length - 1] >> s & 1) == 1) {
        R.limbs[R.limbs.length - 1] = 1 << s;
        break;
      }
    }
    if (bitsize == 0) {
      return this;
    } else if (bitsize < 18) {
      wind = 1;
    } else if (bitsize < 48) {
      wind = 3;
    } else if (bitsize < 144) {
      wind = 4;
    } else if (bitsize < 768) {
      wind = 5;
    } else {
      wind = 6;
    }
    var RR = R.copy(), NN = N.copy(), RP = new sjcl.bn(1), NP = new sjcl.bn(0), RT = R.copy();
    while (RT.greaterEquals(1)) {
      RT.halveM();
      if ((RP.limbs[0] & 1) == 0) {
        RP.halveM();
        NP.halveM();
      } else {
        RP.addM(NN);
        RP.halveM();
        NP.halveM();
        NP.addM(RR);
      }
    }
    RP = RP.normalize();
    NP = NP.normalize();
    RR.doubleM();
    var R2 = RR.mulmod(RR, N);
    if (!RR.mul(RP).sub(N.mul(NP)).equals(1)) {
      return false;
    }
    var montIn = function(c) {
      return montMul(c, R2);
    }, montMul = function(a, b) {
      var k, ab, right, abBar, mask2 = (1 << s + 1) - 1;
      ab = a.mul(b);
      right = ab.mul(NP);
      right.limbs = right.limbs.slice(0, R.limbs.length);
      if (right.limbs.length == R.limbs.length) {
        right.limbs[R.limbs.length - 1] &= mask2;
      }
      right = right.mul(N);
      abBar = ab.add(right).normalize().trim();
      abBar.limbs = abBar.limbs.slice(R.limbs.length - 1);
      for (k = 0; k < abBar.limbs.length; k++) {
        if (k > 0) {
          abBar.limbs[k - 1] |= (abBar.limbs[k] & mask2) << radix - s - 1;
        }
        abBar.limbs[k] = abBar.limbs[k] >> s + 1;
      }
      if (abBar.greaterEquals(N)) {
        abBar.subM(N);
      }
      return abBar;
    }, montOut = function(c) {
      return montMul(c, 1);
    };
    pow = montIn(pow);
    out = montIn(out);
    var h, precomp = {}, cap = (1 << wind - 1) - 1;
    precomp[1] = pow.copy();
    precomp[2] = montMul(pow, pow);
    for (h = 1; h <= cap; h++) {
      precomp[2 * h + 1] = montMul(precomp[2 * h - 1], precomp[2]);
    }
    var getBit = function(exp, i2) {
      var off = i2 % exp.radix;
      return (exp.limbs[Math.floor(i2 / exp.radix)] & 1 << off) >> off;
    };
    for (i = x.bitLength() - 1; i >= 0; ) {
      if (getBit(x, i) == 0) {
        out = montMul(out, out);
        i = i - 1;
      } else {
        var l = i - wind + 1;
        while (getBit(x, l) == 0) {
          l++;
        }
        var indx = 0;
        for (j = l; j <= i; j++) {
          indx += getBit(x, j) << j - l;
          out = montMul(out, out);
        }
        out = montMul(out, precomp[indx]);
        i = l - 1;
      }
    }
    return montOut(out);
  },
  trim: function() {
    var l = this.limbs, p;
    do {
      p = l.pop();
    } while (l.length && p === 0);
    l.push(p);
    return this;
  },
  /** Reduce mod a modulus.  Stubbed for subclassing. */
  reduce: function() {
    return this;
  },
  /** Reduce and normalize. */
  fullReduce: function() {
    return this.normalize();
  },
  /** Propagate carries. */
  normalize: function() {
    var carry = 0, i, pv = this.placeVal, ipv = this.ipv, l, m, limbs = this.limbs, ll = limbs.length, mask2 = this.radixMask;
    for (i = 0; i < ll || carry !== 0 && carry !== -1; i++) {
      l = (limbs[i] || 0) + carry;
      m = limbs[i] = l & mask2;
      carry = (l - m) * ipv;
    }
    if (carry === -1) {
      limbs[i - 1] -= pv;
    }
    this.trim();
    return this;
  },
  /** Constant-time normalize. Does not allocate additional space. */
  cnormalize: function() {
    var carry = 0, i, ipv = this.ipv, l, m, limbs = this.limbs, ll = limbs.length, mask2 = this.radixMask;
    for (i = 0; i < ll - 1; i++) {
      l = limbs[i] + carry;
      m = limbs[i] = l & mask2;
      carry = (l - m) * ipv;
    }
    limbs[i] += carry;
    return this;
  },
  /** Serialize to a bit array */
  toBits: function(len) {
    this.fullReduce();
    len = len || this.exponent || this.bitLength();
    var i = Math.floor((len - 1) / 24), w = sjcl.bitArray, e = (len + 7 & -8) % this.radix || this.radix, out = [w.partial(e, this.getLimb(i))];
    for (i--; i >= 0; i--) {
      out = w.concat(out, [w.partial(Math.min(this.radix, len), this.getLimb(i))]);
      len -= this.radix;
    }
    return out;
  },
  /** Return the length in bits, rounded up to the nearest byte. */
  bitLength: function() {
    this.fullReduce();
    var out = this.radix * (this.limbs.length - 1), b = this.limbs[this.limbs.length - 1];
    for (; b; b >>>= 1) {
      out++;
    }
    return out + 7 & -8;
  }
};
sjcl.bn.fromBits = function(bits) {
  var Class = this, out = new Class(), words = [], w = sjcl.bitArray, t = this.prototype, l = Math.min(this.bitLength || 4294967296, w.bitLength(bits)), e = l % t.radix || t.radix;
  words[0] = w.extract(bits, 0, e);
  for (; e < l; e += t.radix) {
    words.unshift(w.extract(bits, e, t.radix));
  }
  out.limbs = words;
  return out;
};
sjcl.bn.prototype.ipv = 1 / (sjcl.bn.prototype.placeVal = Math.pow(2, sjcl.bn.prototype.radix));
sjcl.bn.prototype.radixMask = (1 << sjcl.bn.prototype.radix) - 1;
sjcl.bn.pseudoMersennePrime = function(exponent, coeff) {
  function p(it) {
    this.initWith(it);
  }
  var ppr = p.prototype = new sjcl.bn(), i, tmp, mo;
  mo = ppr.modOffset = Math.ceil(tmp = exponent / ppr.radix);
  ppr.exponent = exponent;
  ppr.offset = [];
  ppr.factor = [];
  ppr.minOffset = mo;
  ppr.fullMask = 0;
  ppr.fullOffset = [];
  ppr.fullFactor = [];
  ppr.modulus = p.modulus = new sjcl.bn(Math.pow(2, exponent));
  ppr.fullMask = 0 | -Math.pow(2, exponent % ppr.radix);
  for (i = 0; i < coeff.length; i++) {
    ppr.offset[i] = Math.floor(coeff[i][0] / ppr.radix - tmp);
    ppr.fullOffset[i] = Math.floor(coeff[i][0] / ppr.radix) - mo + 1;
    ppr.factor[i] = coeff[i][1] * Math.pow(1 / 2, exponent - coeff[i][0] + ppr.offset[i] * ppr.radix);
    ppr.fullFactor[i] = coeff[i][1] * Math.pow(1 / 2, exponent - coeff[i][0] + ppr.fullOffset[i] * ppr.radix);
    ppr.modulus.addM(new sjcl.bn(Math.pow(2, coeff[i][0]) * coeff[i][1]));
    ppr.minOffset = Math.min(ppr.minOffset, -ppr.offset[i]);
  }
  ppr._class = p;
  ppr.modulus.cnormalize();
  ppr.reduce = function() {
    var i2, k, l, mo2 = this.modOffset, limbs = this.limbs, off = this.offset, ol = this.offset.length, fac = this.factor, ll;
    i2 = this.minOffset;
    while (limbs.length > mo2) {
      l = limbs.pop();
      ll = limbs.length;
      for (k = 0; k < ol; k++) {
        limbs[ll + off[k]] -= fac[k] * l;
      }
      i2--;
      if (!i2) {
        limbs.push(0);
        this.cnormalize();
        i2 = this.minOffset;
      }
    }
    this.cnormalize();
    return this;
  };
  ppr._strongReduce = ppr.fullMask === -1 ? ppr.reduce : function() {
    var limbs = this.limbs, i2 = limbs.length - 1, k, l;
    this.reduce();
    if (i2 === this.modOffset - 1) {
      l = limbs[i2] & this.fullMask;
      limbs[i2] -= l;
      for (k = 0; k < this.fullOffset.length; k++) {
        limbs[i2 + this.fullOffset[k]] -= this.fullFactor[k] * l;
      }
      this.normalize();
    }
  };
  ppr.fullReduce = function() {
    var greater, i2;
    this._strongReduce();
    this.addM(this.modulus);
    this.addM(this.modulus);
    this.normalize();
    this._strongReduce();
    for (i2 = this.limbs.length; i2 < this.modOffset; i2++) {
      this.limbs[i2] = 0;
    }
    greater = this.greaterEquals(this.modulus);
    for (i2 = 0; i2 < this.limbs.length; i2++) {
      this.limbs[i2] -= this.modulus.limbs[i2] * greater;
    }
    this.cnormalize();
    return this;
  };
  ppr.inverse = function() {
    return this.power(this.modulus.sub(2));
  };
  p.fromBits = sjcl.bn.fromBits;
  return p;
};
var sbp = sjcl.bn.pseudoMersennePrime;
sjcl.bn.prime = {
  p127: sbp(127, [[0, -1]]),
  // Bernstein's prime for Curve25519
  p25519: sbp(255, [[0, -19]]),
  // Koblitz primes
  p192k: sbp(192, [[32, -1], [12, -1], [8, -1], [7, -1], [6, -1], [3, -1], [0, -1]]),
  p224k: sbp(224, [[32, -1], [12, -1], [11, -1], [9, -1], [7, -1], [4, -1], [1, -1], [0, -1]]),
  p256k: sbp(256, [[32, -1], [9, -1], [8, -1], [7, -1], [6, -1], [4, -1], [0, -1]]),
  // NIST primes
  p192: sbp(192, [[0, -1], [64, -1]]),
  p224: sbp(224, [[0, 1], [96, -1]]),
  p256: sbp(256, [[0, -1], [96, 1], [192, 1], [224, -1]]),
  p384: sbp(384, [[0, -1], [32, 1], [96, -1], [128, -1]]),
  p521: sbp(521, [[0, -1]])
};
sjcl.bn.random = function(modulus, paranoia) {
  if (typeof modulus !== "object") {
    modulus = new sjcl.bn(modulus);
  }
  var words, i, l = modulus.limbs.length, m = modulus.limbs[l - 1] + 1, out = new sjcl.bn();
  while (true) {
    do {
      words = sjcl.random.randomWords(l, paranoia);
      if (words[l - 1] < 0) {
        words[l - 1] += 4294967296;
      }
    } while (Math.floor(words[l - 1] / m) === Math.floor(4294967296 / m));
    words[l - 1] %= m;
    for (i = 0; i < l - 1; i++) {
      words[i] &= modulus.radixMask;
    }
    out.limbs = words;
    if (!out.greaterEquals(modulus)) {
      return out;
    }
  }
};
if (typeof ArrayBuffer === "undefined") {
  (function(globals) {
    "use strict";
    globals.ArrayBuffer = function() {
    };
    globals.DataView = function() {
    };
  })(void 0);
}
sjcl.codec.arrayBuffer = {
  /** Convert from a bitArray to an ArrayBuffer.
   * Will default to 8byte padding if padding is undefined*/
  fromBits: function(arr, padding, padding_count) {
    var out, i, ol, tmp, smallest;
    padding = padding == void 0 ? true : padding;
    padding_count = padding_count || 8;
    if (arr.length === 0) {
      return new ArrayBuffer(0);
    }
    ol = sjcl.bitArray.bitLength(arr) / 8;
    if (sjcl.bitArray.bitLength(arr) % 8 !== 0) {
      throw new sjcl.exception.invalid("Invalid bit size, must be divisble by 8 to fit in an arraybuffer correctly");
    }
    if (padding && ol % padding_count !== 0) {
      ol += padding_count - ol % padding_count;
    }
    tmp = new DataView(new ArrayBuffer(arr.length * 4));
    for (i = 0; i < arr.length; i++) {
      tmp.setUint32(i * 4, arr[i] << 32);
    }
    out = new DataView(new ArrayBuffer(ol));
    if (out.byteLength === tmp.byteLength) {
      return tmp.buffer;
    }
    smallest = tmp.byteLength < out.byteLength ? tmp.byteLength : out.byteLength;
    for (i = 0; i < smallest; i++) {
      out.setUint8(i, tmp.getUint8(i));
    }
    return out.buffer;
  },
  /** Convert from an ArrayBuffer to a bitArray. */
  toBits: function(buffer) {
    var i, out = [], len, inView, tmp;
    if (buffer.byteLength === 0) {
      return [];
    }
    inView = new DataView(buffer);
    len = inView.byteLength - inView.byteLength % 4;
    for (var i = 0; i < len; i += 4) {
      out.push(inView.getUint32(i));
    }
    if (inView.byteLength % 4 != 0) {
      tmp = new DataView(new ArrayBuffer(4));
      for (var i = 0, l = inView.byteLength % 4; i < l; i++) {
        tmp.setUint8(i + 4 - l, inView.getUint8(len + i));
      }
      out.push(sjcl.bitArray.partial(inView.byteLength % 4 * 8, tmp.getUint32(0)));
    }
    return out;
  },
  /** Prints a hex output of the buffer contents, akin to hexdump **/
  hexDumpBuffer: function(buffer) {
    var stringBufferView = new DataView(buffer);
    var string = "";
    var pad = function(n, width) {
      n = n + "";
      return n.length >= width ? n : new Array(width - n.length + 1).join("0") + n;
    };
    for (var i = 0; i < stringBufferView.byteLength; i += 2) {
      if (i % 16 == 0)
        string += "\n" + i.toString(16) + "	";
      string += pad(stringBufferView.getUint16(i).toString(16), 4) + " ";
    }
    if (typeof console === void 0) {
      console = console || { log: function() {
      } };
    }
    console.log(string.toUpperCase());
  }
};
if (typeof module !== "undefined" && module.exports) {
  module = { exports: sjcl };
}
if (typeof define === "function") {
  define([], function() {
    return sjcl;
  });
}
var sjcl_default = sjcl;

// node_modules/@cloudflare/blindrsa-ts/lib/src/util.js
function assertNever(name, x) {
  throw new Error(`unexpected ${name} identifier: ${x}`);
}
function getHashParams(hash) {
  switch (hash) {
    case "SHA-1":
      return { name: hash, hLen: 20 };
    case "SHA-256":
      return { name: hash, hLen: 32 };
    case "SHA-384":
      return { name: hash, hLen: 48 };
    case "SHA-512":
      return { name: hash, hLen: 64 };
    default:
      assertNever("Hash", hash);
  }
}
function os2ip(bytes) {
  return sjcl_default.bn.fromBits(sjcl_default.codec.bytes.toBits(Array.from(bytes)));
}
function i2osp(num, byteLength) {
  if (Math.ceil(num.bitLength() / 8) > byteLength) {
    throw new Error(`number does not fit in ${byteLength} bytes`);
  }
  const bytes = new Uint8Array(byteLength);
  const unpadded = new Uint8Array(sjcl_default.codec.bytes.fromBits(num.toBits(void 0)));
  bytes.set(unpadded, byteLength - unpadded.length);
  return bytes;
}
function joinAll(a) {
  let size = 0;
  for (const ai of a) {
    size += ai.length;
  }
  const ret = new Uint8Array(new ArrayBuffer(size));
  let offset = 0;
  for (const ai of a) {
    ret.set(ai, offset);
    offset += ai.length;
  }
  return ret;
}
function xor(a, b) {
  if (a.length !== b.length || a.length === 0) {
    throw new Error(`arrays of different length: ${a.length} - ${b.length}`);
  }
  const ai = a[Symbol.iterator]();
  const bi = b[Symbol.iterator]();
  return new Uint8Array(a.length).map(() => ai.next().value ^ bi.next().value);
}
function incCounter(c) {
  c[3]++;
  if (c[3] != 0) {
    return;
  }
  c[2]++;
  if (c[2] != 0) {
    return;
  }
  c[1]++;
  if (c[1] != 0) {
    return;
  }
  c[0]++;
  return;
}
async function mgf1(h, seed, mLen) {
  const n = Math.ceil(mLen / h.hLen);
  if (n > Math.pow(2, 32)) {
    throw new Error("mask too long");
  }
  let T = new Uint8Array();
  const counter = new Uint8Array(4);
  for (let i = 0; i < n; i++) {
    const hash = new Uint8Array(await crypto.subtle.digest(h.name, joinAll([seed, counter])));
    T = joinAll([T, hash]);
    incCounter(counter);
  }
  return T.subarray(0, mLen);
}
async function emsa_pss_encode(msg, emBits, opts, mgf = mgf1) {
  const { hash, sLen } = opts;
  const hashParams = getHashParams(hash);
  const { hLen } = hashParams;
  const emLen = Math.ceil(emBits / 8);
  const mHash = new Uint8Array(await crypto.subtle.digest(hash, msg));
  if (emLen < hLen + sLen + 2) {
    throw new Error("encoding error");
  }
  const salt = crypto.getRandomValues(new Uint8Array(sLen));
  const mPrime = joinAll([new Uint8Array(8), mHash, salt]);
  const h = new Uint8Array(await crypto.subtle.digest(hash, mPrime));
  const ps = new Uint8Array(emLen - sLen - hLen - 2);
  const db = joinAll([ps, Uint8Array.of(1), salt]);
  const dbMask = await mgf(hashParams, h, emLen - hLen - 1);
  const maskedDB = xor(db, dbMask);
  maskedDB[0] &= 255 >> 8 * emLen - emBits;
  const em = joinAll([maskedDB, h, Uint8Array.of(188)]);
  return em;
}
function rsavp1(pkS, s) {
  if (!s.greaterEquals(new sjcl_default.bn(0)) || s.greaterEquals(pkS.n)) {
    throw new Error("signature representative out of range");
  }
  const m = s.powermod(pkS.e, pkS.n);
  return m;
}
function rsasp1(skS, m) {
  if (!m.greaterEquals(new sjcl_default.bn(0)) || m.greaterEquals(skS.n)) {
    throw new Error("signature representative out of range");
  }
  const s = m.powermod(skS.d, skS.n);
  return s;
}
function is_coprime(x, n) {
  try {
    x.inverseMod(n);
  } catch {
    return false;
  }
  return true;
}
function random_integer_uniform(n, kLen) {
  const MAX_NUM_TRIES = 128;
  for (let i = 0; i < MAX_NUM_TRIES; i++) {
    const r = os2ip(crypto.getRandomValues(new Uint8Array(kLen)));
    if (!(r.greaterEquals(n) || r.equals(0))) {
      return r;
    }
  }
  throw new Error("reached maximum tries for random integer generation");
}
var NATIVE_SUPPORT_NAME = "RSA-RAW";
async function rsaRawBlingSign(privateKey, blindMsg) {
  if (privateKey.algorithm.name !== NATIVE_SUPPORT_NAME) {
    privateKey = await crypto.subtle.importKey("pkcs8", await crypto.subtle.exportKey("pkcs8", privateKey), { ...privateKey.algorithm, name: NATIVE_SUPPORT_NAME }, privateKey.extractable, privateKey.usages);
  }
  const signature = await crypto.subtle.sign({ name: privateKey.algorithm.name }, privateKey, blindMsg);
  return new Uint8Array(signature);
}

// node_modules/@cloudflare/blindrsa-ts/lib/src/blindrsa.js
var PrepareType;
(function(PrepareType2) {
  PrepareType2[PrepareType2["Deterministic"] = 0] = "Deterministic";
  PrepareType2[PrepareType2["Randomized"] = 32] = "Randomized";
})(PrepareType || (PrepareType = {}));
var BlindRSA = class _BlindRSA {
  params;
  static NAME = "RSA-PSS";
  constructor(params) {
    this.params = params;
    switch (params.prepareType) {
      case PrepareType.Deterministic:
      case PrepareType.Randomized:
        return;
      default:
        assertNever("PrepareType", params.prepareType);
    }
  }
  toString() {
    const hash = this.params.hash.replace("-", "");
    const pssType = "PSS" + (this.params.saltLength === 0 ? "ZERO" : "");
    const prepare = PrepareType[this.params.prepareType];
    return `RSABSSA-${hash}-${pssType}-${prepare}`;
  }
  prepare(msg) {
    const msg_prefix_len = this.params.prepareType;
    const msg_prefix = crypto.getRandomValues(new Uint8Array(msg_prefix_len));
    return joinAll([msg_prefix, msg]);
  }
  // Returns the parameters of the input key: the JSONWebKey data, the length
  // in bits and in bytes of the modulus, and the hash function used.
  async extractKeyParams(key, type) {
    if (key.type !== type || key.algorithm.name !== _BlindRSA.NAME) {
      throw new Error(`key is not ${_BlindRSA.NAME}`);
    }
    if (!key.extractable) {
      throw new Error("key is not extractable");
    }
    const { modulusLength: modulusLengthBits, hash: hashFn } = key.algorithm;
    const modulusLengthBytes = Math.ceil(modulusLengthBits / 8);
    const hash = hashFn.name;
    if (hash.toLowerCase() !== this.params.hash.toLowerCase()) {
      throw new Error(`hash is not ${this.params.hash}`);
    }
    const jwkKey = await crypto.subtle.exportKey("jwk", key);
    return { jwkKey, modulusLengthBits, modulusLengthBytes, hash };
  }
  async blind(publicKey, msg) {
    const { jwkKey, modulusLengthBits: modulusLength, modulusLengthBytes: kLen, hash } = await this.extractKeyParams(publicKey, "public");
    if (!jwkKey.n || !jwkKey.e) {
      throw new Error("key has invalid parameters");
    }
    const n = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.n));
    const e = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.e));
    const pk = { e, n };
    const opts = { sLen: this.params.saltLength, hash };
    const encoded_msg = await emsa_pss_encode(msg, modulusLength - 1, opts);
    const m = os2ip(encoded_msg);
    const c = is_coprime(m, n);
    if (!c) {
      throw new Error("invalid input");
    }
    const r = random_integer_uniform(n, kLen);
    let inv;
    try {
      inv = i2osp(r.inverseMod(n), kLen);
    } catch (e2) {
      throw new Error(`blinding error: ${e2.toString()}`);
    }
    const x = rsavp1(pk, r);
    const z = m.mulmod(x, n);
    const blindedMsg = i2osp(z, kLen);
    return { blindedMsg, inv };
  }
  async blindSign(privateKey, blindMsg) {
    if (this.params.supportsRSARAW) {
      return rsaRawBlingSign(privateKey, blindMsg);
    }
    const { jwkKey, modulusLengthBytes: kLen } = await this.extractKeyParams(privateKey, "private");
    if (!jwkKey.n || !jwkKey.d || !jwkKey.e) {
      throw new Error("key has invalid parameters");
    }
    const n = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.n));
    const d = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.d));
    const e = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.e));
    const sk = { n, d };
    const pk = { n, e };
    const m = os2ip(blindMsg);
    const s = rsasp1(sk, m);
    const mp = rsavp1(pk, s);
    if (!m.equals(mp)) {
      throw new Error("signing failure");
    }
    return i2osp(s, kLen);
  }
  async finalize(publicKey, msg, blindSig, inv) {
    const { jwkKey, modulusLengthBytes: kLen } = await this.extractKeyParams(publicKey, "public");
    if (!jwkKey.n) {
      throw new Error("key has invalid parameters");
    }
    const n = sjcl_default.bn.fromBits(sjcl_default.codec.base64url.toBits(jwkKey.n));
    if (inv.length != kLen) {
      throw new Error("unexpected input size");
    }
    const rInv = os2ip(inv);
    if (blindSig.length != kLen) {
      throw new Error("unexpected input size");
    }
    const z = os2ip(blindSig);
    const s = z.mulmod(rInv, n);
    const sig = i2osp(s, kLen);
    const algorithm = { name: _BlindRSA.NAME, saltLength: this.params.saltLength };
    if (!await crypto.subtle.verify(algorithm, publicKey, sig, msg)) {
      throw new Error("invalid signature");
    }
    return sig;
  }
  static generateKey(algorithm) {
    return crypto.subtle.generateKey({ ...algorithm, name: _BlindRSA.NAME }, true, [
      "sign",
      "verify"
    ]);
  }
  generateKey(algorithm) {
    return _BlindRSA.generateKey({ ...algorithm, hash: this.params.hash });
  }
  verify(publicKey, signature, message2) {
    return crypto.subtle.verify({ name: _BlindRSA.NAME, saltLength: this.params.saltLength }, publicKey, signature, message2);
  }
};

// node_modules/@cloudflare/blindrsa-ts/lib/src/index.js
var Params = {
  RSABSSA_SHA384_PSS_Randomized: {
    name: "RSABSSA-SHA384-PSS-Randomized",
    hash: "SHA-384",
    saltLength: 48,
    prepareType: PrepareType.Randomized
  },
  RSABSSA_SHA384_PSS_Deterministic: {
    name: "RSABSSA-SHA384-PSS-Deterministic",
    hash: "SHA-384",
    saltLength: 48,
    prepareType: PrepareType.Deterministic
  },
  RSABSSA_SHA384_PSSZERO_Randomized: {
    name: "RSABSSA-SHA384-PSSZERO-Randomized",
    hash: "SHA-384",
    saltLength: 0,
    prepareType: PrepareType.Randomized
  },
  RSABSSA_SHA384_PSSZERO_Deterministic: {
    name: "RSABSSA-SHA384-PSSZERO-Deterministic",
    hash: "SHA-384",
    saltLength: 0,
    prepareType: PrepareType.Deterministic
  },
  RSAPBSSA_SHA384_PSS_Randomized: {
    name: "RSAPBSSA-SHA384-PSS-Randomized",
    hash: "SHA-384",
    saltLength: 48,
    prepareType: PrepareType.Randomized
  },
  RSAPBSSA_SHA384_PSS_Deterministic: {
    name: "RSAPBSSA-SHA384-PSS-Deterministic",
    hash: "SHA-384",
    saltLength: 48,
    prepareType: PrepareType.Deterministic
  },
  RSAPBSSA_SHA384_PSSZERO_Randomized: {
    name: "RSAPBSSA-SHA384-PSSZERO-Randomized",
    hash: "SHA-384",
    saltLength: 0,
    prepareType: PrepareType.Randomized
  },
  RSAPBSSA_SHA384_PSSZERO_Deterministic: {
    name: "RSAPBSSA-SHA384-PSSZERO-Deterministic",
    hash: "SHA-384",
    saltLength: 0,
    prepareType: PrepareType.Deterministic
  }
};
var RSABSSA = {
  SHA384: {
    generateKey: (algorithm) => BlindRSA.generateKey({ ...algorithm, hash: "SHA-384" }),
    PSS: {
      Randomized: (params = { supportsRSARAW: false }) => new BlindRSA({ ...Params.RSABSSA_SHA384_PSS_Randomized, ...params }),
      Deterministic: (params = { supportsRSARAW: false }) => new BlindRSA({ ...Params.RSABSSA_SHA384_PSS_Deterministic, ...params })
    },
    PSSZero: {
      Randomized: (params = { supportsRSARAW: false }) => new BlindRSA({ ...Params.RSABSSA_SHA384_PSSZERO_Randomized, ...params }),
      Deterministic: (params = { supportsRSARAW: false }) => new BlindRSA({ ...Params.RSABSSA_SHA384_PSSZERO_Deterministic, ...params })
    }
  }
};

// node_modules/@hpke/common/esm/src/errors.js
var HpkeError = class extends Error {
  constructor(e) {
    let message2;
    if (e instanceof Error) {
      message2 = e.message;
    } else if (typeof e === "string") {
      message2 = e;
    } else {
      message2 = "";
    }
    super(message2);
    this.name = this.constructor.name;
  }
};
var InvalidParamError = class extends HpkeError {
};
var SerializeError = class extends HpkeError {
};
var DeserializeError = class extends HpkeError {
};
var EncapError = class extends HpkeError {
};
var DecapError = class extends HpkeError {
};
var ExportError = class extends HpkeError {
};
var SealError = class extends HpkeError {
};
var OpenError = class extends HpkeError {
};
var MessageLimitReachedError = class extends HpkeError {
};
var DeriveKeyPairError = class extends HpkeError {
};
var NotSupportedError = class extends HpkeError {
};

// node_modules/@hpke/common/esm/_dnt.shims.js
var dntGlobals = {};
var dntGlobalThis = createMergeProxy(globalThis, dntGlobals);
function createMergeProxy(baseObj, extObj) {
  return new Proxy(baseObj, {
    get(_target, prop, _receiver) {
      if (prop in extObj) {
        return extObj[prop];
      } else {
        return baseObj[prop];
      }
    },
    set(_target, prop, value) {
      if (prop in extObj) {
        delete extObj[prop];
      }
      baseObj[prop] = value;
      return true;
    },
    deleteProperty(_target, prop) {
      let success = false;
      if (prop in extObj) {
        delete extObj[prop];
        success = true;
      }
      if (prop in baseObj) {
        delete baseObj[prop];
        success = true;
      }
      return success;
    },
    ownKeys(_target) {
      const baseKeys = Reflect.ownKeys(baseObj);
      const extKeys = Reflect.ownKeys(extObj);
      const extKeysSet = new Set(extKeys);
      return [...baseKeys.filter((k) => !extKeysSet.has(k)), ...extKeys];
    },
    defineProperty(_target, prop, desc) {
      if (prop in extObj) {
        delete extObj[prop];
      }
      Reflect.defineProperty(baseObj, prop, desc);
      return true;
    },
    getOwnPropertyDescriptor(_target, prop) {
      if (prop in extObj) {
        return Reflect.getOwnPropertyDescriptor(extObj, prop);
      } else {
        return Reflect.getOwnPropertyDescriptor(baseObj, prop);
      }
    },
    has(_target, prop) {
      return prop in extObj || prop in baseObj;
    }
  });
}

// node_modules/@hpke/common/esm/src/algorithm.js
async function loadSubtleCrypto() {
  if (dntGlobalThis !== void 0 && globalThis.crypto !== void 0) {
    return globalThis.crypto.subtle;
  }
  try {
    const { webcrypto } = await import("crypto");
    return webcrypto.subtle;
  } catch (e) {
    throw new NotSupportedError(e);
  }
}
var NativeAlgorithm = class {
  constructor() {
    Object.defineProperty(this, "_api", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
  }
  async _setup() {
    if (this._api !== void 0) {
      return;
    }
    this._api = await loadSubtleCrypto();
  }
};

// node_modules/@hpke/common/esm/src/identifiers.js
var Mode = {
  Base: 0,
  Psk: 1,
  Auth: 2,
  AuthPsk: 3
};
var KemId = {
  NotAssigned: 0,
  DhkemP256HkdfSha256: 16,
  DhkemP384HkdfSha384: 17,
  DhkemP521HkdfSha512: 18,
  DhkemSecp256k1HkdfSha256: 19,
  DhkemX25519HkdfSha256: 32,
  DhkemX448HkdfSha512: 33,
  HybridkemX25519Kyber768: 48,
  MlKem512: 64,
  MlKem768: 65,
  MlKem1024: 66,
  XWing: 25722
};
var KdfId = {
  HkdfSha256: 1,
  HkdfSha384: 2,
  HkdfSha512: 3,
  Sha3256: 4,
  Sha3384: 5,
  Sha3512: 6,
  Shake128: 16,
  Shake256: 17,
  TurboShake128: 18,
  TurboShake256: 19
};
var AeadId = {
  Aes128Gcm: 1,
  Aes256Gcm: 2,
  Chacha20Poly1305: 3,
  ExportOnly: 65535
};

// node_modules/@hpke/common/esm/src/consts.js
var INPUT_LENGTH_LIMIT = 8192;
var INFO_LENGTH_LIMIT = 268435456;
var MINIMUM_PSK_LENGTH = 32;
var EMPTY = /* @__PURE__ */ new Uint8Array(0);

// node_modules/@hpke/common/esm/src/interfaces/kemInterface.js
var SUITE_ID_HEADER_KEM = /* @__PURE__ */ new Uint8Array([
  75,
  69,
  77,
  0,
  0
]);

// node_modules/@hpke/common/esm/src/kdfs/hkdf.js
var HPKE_VERSION = /* @__PURE__ */ new Uint8Array([
  72,
  80,
  75,
  69,
  45,
  118,
  49
]);
function toUint8Array(input) {
  return new Uint8Array(toArrayBuffer(input));
}
function toArrayBuffer(input) {
  if (input instanceof ArrayBuffer) {
    return input;
  }
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength).slice().buffer;
  }
  return new Uint8Array(input).slice().buffer;
}
var HkdfNative = class extends NativeAlgorithm {
  constructor() {
    super();
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: KdfId.HkdfSha256
    });
    Object.defineProperty(this, "hashSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 0
    });
    Object.defineProperty(this, "_suiteId", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: EMPTY
    });
    Object.defineProperty(this, "algHash", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: {
        name: "HMAC",
        hash: "SHA-256",
        length: 256
      }
    });
  }
  init(suiteId) {
    this._suiteId = suiteId;
  }
  buildLabeledIkm(label, ikm) {
    this._checkInit();
    const ret = new Uint8Array(7 + this._suiteId.byteLength + label.byteLength + ikm.byteLength);
    ret.set(HPKE_VERSION, 0);
    ret.set(this._suiteId, 7);
    ret.set(label, 7 + this._suiteId.byteLength);
    ret.set(ikm, 7 + this._suiteId.byteLength + label.byteLength);
    return ret;
  }
  buildLabeledInfo(label, info, len) {
    this._checkInit();
    const ret = new Uint8Array(9 + this._suiteId.byteLength + label.byteLength + info.byteLength);
    ret.set(new Uint8Array([0, len]), 0);
    ret.set(HPKE_VERSION, 2);
    ret.set(this._suiteId, 9);
    ret.set(label, 9 + this._suiteId.byteLength);
    ret.set(info, 9 + this._suiteId.byteLength + label.byteLength);
    return ret;
  }
  async extract(salt, ikm) {
    await this._setup();
    const saltBuf = salt.byteLength === 0 ? new ArrayBuffer(this.hashSize) : toArrayBuffer(salt);
    if (saltBuf.byteLength !== this.hashSize) {
      throw new InvalidParamError("The salt length must be the same as the hashSize");
    }
    const ikmBuf = toArrayBuffer(ikm);
    const key = await this._api.importKey("raw", saltBuf, this.algHash, false, [
      "sign"
    ]);
    return await this._api.sign("HMAC", key, ikmBuf);
  }
  async expand(prk, info, len) {
    await this._setup();
    const prkBuf = toArrayBuffer(prk);
    const key = await this._api.importKey("raw", prkBuf, this.algHash, false, [
      "sign"
    ]);
    const okm = new ArrayBuffer(len);
    const okmBytes = new Uint8Array(okm);
    let prev = EMPTY;
    const mid = toUint8Array(info);
    const tail = new Uint8Array(1);
    if (len > 255 * this.hashSize) {
      throw new Error("Entropy limit reached");
    }
    const tmp = new Uint8Array(this.hashSize + mid.length + 1);
    for (let i = 1, cur = 0; cur < okmBytes.length; i++) {
      tail[0] = i;
      tmp.set(prev, 0);
      tmp.set(mid, prev.length);
      tmp.set(tail, prev.length + mid.length);
      prev = new Uint8Array(await this._api.sign("HMAC", key, tmp.slice(0, prev.length + mid.length + 1)));
      if (okmBytes.length - cur >= prev.length) {
        okmBytes.set(prev, cur);
        cur += prev.length;
      } else {
        okmBytes.set(prev.slice(0, okmBytes.length - cur), cur);
        cur += okmBytes.length - cur;
      }
    }
    return okm;
  }
  async extractAndExpand(salt, ikm, info, len) {
    await this._setup();
    const ikmBuf = toArrayBuffer(ikm);
    const baseKey = await this._api.importKey("raw", ikmBuf, "HKDF", false, ["deriveBits"]);
    return await this._api.deriveBits({
      name: "HKDF",
      hash: this.algHash.hash,
      salt: toArrayBuffer(salt),
      info: toArrayBuffer(info)
    }, baseKey, len * 8);
  }
  async labeledExtract(salt, label, ikm) {
    return await this.extract(salt, this.buildLabeledIkm(label, ikm));
  }
  async labeledExpand(prk, label, info, len) {
    return await this.expand(prk, this.buildLabeledInfo(label, info, len), len);
  }
  _checkInit() {
    if (this._suiteId === EMPTY) {
      throw new Error("Not initialized. Call init()");
    }
  }
};
var HkdfSha256Native = class extends HkdfNative {
  constructor() {
    super(...arguments);
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: KdfId.HkdfSha256
    });
    Object.defineProperty(this, "hashSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
    Object.defineProperty(this, "algHash", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: {
        name: "HMAC",
        hash: "SHA-256",
        length: 256
      }
    });
  }
};

// node_modules/@hpke/common/esm/src/utils/misc.js
var isCryptoKeyPair = (x) => typeof x === "object" && x !== null && typeof x.privateKey === "object" && typeof x.publicKey === "object";
function i2Osp(n, w) {
  if (w <= 0) {
    throw new Error("i2Osp: too small size");
  }
  if (n >= 256 ** w) {
    throw new Error("i2Osp: too large integer");
  }
  const ret = new Uint8Array(w);
  for (let i = 0; i < w && n; i++) {
    ret[w - (i + 1)] = n % 256;
    n = Math.floor(n / 256);
  }
  return ret;
}
function concat(a, b) {
  const ret = new Uint8Array(a.length + b.length);
  ret.set(a, 0);
  ret.set(b, a.length);
  return ret;
}
function base64UrlToBytes(v) {
  const base64 = v.replace(/-/g, "+").replace(/_/g, "/");
  const byteString = atob(base64);
  const ret = new Uint8Array(byteString.length);
  for (let i = 0; i < byteString.length; i++) {
    ret[i] = byteString.charCodeAt(i);
  }
  return ret;
}
function xor2(a, b) {
  if (a.byteLength !== b.byteLength) {
    throw new Error("xor: different length inputs");
  }
  const buf = new Uint8Array(a.byteLength);
  for (let i = 0; i < a.byteLength; i++) {
    buf[i] = a[i] ^ b[i];
  }
  return buf;
}

// node_modules/@hpke/common/esm/src/kems/dhkem.js
var LABEL_EAE_PRK = /* @__PURE__ */ new Uint8Array([
  101,
  97,
  101,
  95,
  112,
  114,
  107
]);
var LABEL_SHARED_SECRET = /* @__PURE__ */ new Uint8Array([
  115,
  104,
  97,
  114,
  101,
  100,
  95,
  115,
  101,
  99,
  114,
  101,
  116
]);
function concat3(a, b, c) {
  const ret = new Uint8Array(a.length + b.length + c.length);
  ret.set(a, 0);
  ret.set(b, a.length);
  ret.set(c, a.length + b.length);
  return ret;
}
var Dhkem = class {
  constructor(id, prim, kdf) {
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "secretSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 0
    });
    Object.defineProperty(this, "encSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 0
    });
    Object.defineProperty(this, "publicKeySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 0
    });
    Object.defineProperty(this, "privateKeySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 0
    });
    Object.defineProperty(this, "_prim", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_kdf", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    this.id = id;
    this._prim = prim;
    this._kdf = kdf;
    const suiteId = new Uint8Array(SUITE_ID_HEADER_KEM);
    suiteId.set(i2Osp(this.id, 2), 3);
    this._kdf.init(suiteId);
  }
  async serializePublicKey(key) {
    return await this._prim.serializePublicKey(key);
  }
  async deserializePublicKey(key) {
    return await this._prim.deserializePublicKey(toArrayBuffer(key));
  }
  async serializePrivateKey(key) {
    return await this._prim.serializePrivateKey(key);
  }
  async deserializePrivateKey(key) {
    return await this._prim.deserializePrivateKey(toArrayBuffer(key));
  }
  async importKey(format, key, isPublic = true) {
    return await this._prim.importKey(format, key, isPublic);
  }
  async generateKeyPair() {
    return await this._prim.generateKeyPair();
  }
  async deriveKeyPair(ikm) {
    const rawIkm = toArrayBuffer(ikm);
    if (rawIkm.byteLength > INPUT_LENGTH_LIMIT) {
      throw new InvalidParamError("Too long ikm");
    }
    return await this._prim.deriveKeyPair(rawIkm);
  }
  async encap(params) {
    let ke;
    if (params.ekm === void 0) {
      ke = await this.generateKeyPair();
    } else if (isCryptoKeyPair(params.ekm)) {
      ke = params.ekm;
    } else {
      ke = await this.deriveKeyPair(params.ekm);
    }
    const enc = await this._prim.serializePublicKey(ke.publicKey);
    const pkrm = await this._prim.serializePublicKey(params.recipientPublicKey);
    try {
      let dh;
      if (params.senderKey === void 0) {
        dh = new Uint8Array(await this._prim.dh(ke.privateKey, params.recipientPublicKey));
      } else {
        const sks = isCryptoKeyPair(params.senderKey) ? params.senderKey.privateKey : params.senderKey;
        const dh1 = new Uint8Array(await this._prim.dh(ke.privateKey, params.recipientPublicKey));
        const dh2 = new Uint8Array(await this._prim.dh(sks, params.recipientPublicKey));
        dh = concat(dh1, dh2);
      }
      let kemContext;
      if (params.senderKey === void 0) {
        kemContext = concat(new Uint8Array(enc), new Uint8Array(pkrm));
      } else {
        const pks = isCryptoKeyPair(params.senderKey) ? params.senderKey.publicKey : await this._prim.derivePublicKey(params.senderKey);
        const pksm = await this._prim.serializePublicKey(pks);
        kemContext = concat3(new Uint8Array(enc), new Uint8Array(pkrm), new Uint8Array(pksm));
      }
      const sharedSecret = await this._generateSharedSecret(dh, kemContext);
      return {
        enc,
        sharedSecret
      };
    } catch (e) {
      throw new EncapError(e);
    }
  }
  async decap(params) {
    const enc = toArrayBuffer(params.enc);
    const pke = await this._prim.deserializePublicKey(enc);
    const skr = isCryptoKeyPair(params.recipientKey) ? params.recipientKey.privateKey : params.recipientKey;
    const pkr = isCryptoKeyPair(params.recipientKey) ? params.recipientKey.publicKey : await this._prim.derivePublicKey(params.recipientKey);
    const pkrm = await this._prim.serializePublicKey(pkr);
    try {
      let dh;
      if (params.senderPublicKey === void 0) {
        dh = new Uint8Array(await this._prim.dh(skr, pke));
      } else {
        const dh1 = new Uint8Array(await this._prim.dh(skr, pke));
        const dh2 = new Uint8Array(await this._prim.dh(skr, params.senderPublicKey));
        dh = concat(dh1, dh2);
      }
      let kemContext;
      if (params.senderPublicKey === void 0) {
        kemContext = concat(new Uint8Array(enc), new Uint8Array(pkrm));
      } else {
        const pksm = await this._prim.serializePublicKey(params.senderPublicKey);
        kemContext = new Uint8Array(enc.byteLength + pkrm.byteLength + pksm.byteLength);
        kemContext.set(new Uint8Array(enc), 0);
        kemContext.set(new Uint8Array(pkrm), enc.byteLength);
        kemContext.set(new Uint8Array(pksm), enc.byteLength + pkrm.byteLength);
      }
      return await this._generateSharedSecret(dh, kemContext);
    } catch (e) {
      throw new DecapError(e);
    }
  }
  async _generateSharedSecret(dh, kemContext) {
    const labeledIkm = this._kdf.buildLabeledIkm(LABEL_EAE_PRK, dh);
    const labeledInfo = this._kdf.buildLabeledInfo(LABEL_SHARED_SECRET, kemContext, this.secretSize);
    return await this._kdf.extractAndExpand(EMPTY, labeledIkm, labeledInfo, this.secretSize);
  }
};

// node_modules/@hpke/common/esm/src/interfaces/dhkemPrimitives.js
var KEM_USAGES = ["deriveBits"];
var LABEL_DKP_PRK = /* @__PURE__ */ new Uint8Array([
  100,
  107,
  112,
  95,
  112,
  114,
  107
]);
var LABEL_SK = /* @__PURE__ */ new Uint8Array([115, 107]);

// node_modules/@hpke/common/esm/src/kems/dhkemPrimitives/ec.js
var EC_P_521_PARAMS = {
  p: (1n << 521n) - 1n,
  b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  gx: 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
  gy: 0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
  coordinateSize: 66
};

// node_modules/@hpke/common/esm/src/interfaces/aeadEncryptionContext.js
var AEAD_USAGES = ["encrypt", "decrypt"];

// node_modules/@hpke/common/esm/src/utils/noble.js
function isBytes(a) {
  return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array";
}
function anumber(n, title = "") {
  if (!Number.isSafeInteger(n) || n < 0) {
    const prefix = title && `"${title}" `;
    throw new Error(`${prefix}expected integer >0, got ${n}`);
  }
}
function abytes(value, length, title = "") {
  const bytes = isBytes(value);
  const len = value?.length;
  const needsLen = length !== void 0;
  if (!bytes || needsLen && len !== length) {
    const prefix = title && `"${title}" `;
    const ofLen = needsLen ? ` of length ${length}` : "";
    const got = bytes ? `length=${len}` : `type=${typeof value}`;
    throw new Error(prefix + "expected Uint8Array" + ofLen + ", got " + got);
  }
  return value;
}
function aexists(instance, checkFinished = true) {
  if (instance.destroyed)
    throw new Error("Hash instance has been destroyed");
  if (checkFinished && instance.finished) {
    throw new Error("Hash#digest() has already been called");
  }
}
function clean(...arrays) {
  for (let i = 0; i < arrays.length; i++) {
    arrays[i].fill(0);
  }
}
var _endianTestBuffer = /* @__PURE__ */ new Uint32Array([287454020]);
var _endianTestBytes = /* @__PURE__ */ new Uint8Array(_endianTestBuffer.buffer);
var isLE = _endianTestBytes[0] === 68;

// node_modules/@hpke/common/esm/src/hash/hash.js
function ahash(h) {
  if (typeof h !== "function" || typeof h.create !== "function") {
    throw new Error("Hash must wrapped by utils.createHasher");
  }
  anumber(h.outputLen);
  anumber(h.blockLen);
}

// node_modules/@hpke/common/esm/src/hash/hmac.js
var _HMAC = class {
  constructor(hash, key) {
    Object.defineProperty(this, "oHash", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "iHash", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "blockLen", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "outputLen", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "finished", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: false
    });
    Object.defineProperty(this, "destroyed", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: false
    });
    ahash(hash);
    abytes(key, void 0, "key");
    this.iHash = hash.create();
    if (typeof this.iHash.update !== "function") {
      throw new Error("Expected instance of class which extends utils.Hash");
    }
    this.blockLen = this.iHash.blockLen;
    this.outputLen = this.iHash.outputLen;
    const blockLen = this.blockLen;
    const pad = new Uint8Array(blockLen);
    pad.set(key.length > blockLen ? hash.create().update(key).digest() : key);
    for (let i = 0; i < pad.length; i++)
      pad[i] ^= 54;
    this.iHash.update(pad);
    this.oHash = hash.create();
    for (let i = 0; i < pad.length; i++)
      pad[i] ^= 54 ^ 92;
    this.oHash.update(pad);
    clean(pad);
  }
  update(buf) {
    aexists(this);
    this.iHash.update(buf);
    return this;
  }
  digestInto(out) {
    aexists(this);
    abytes(out, this.outputLen, "output");
    this.finished = true;
    this.iHash.digestInto(out);
    this.oHash.update(out);
    this.oHash.digestInto(out);
    this.destroy();
  }
  digest() {
    const out = new Uint8Array(this.oHash.outputLen);
    this.digestInto(out);
    return out;
  }
  _cloneInto(to) {
    to ||= Object.create(Object.getPrototypeOf(this), {});
    const { oHash, iHash, finished, destroyed, blockLen, outputLen } = this;
    to = to;
    to.finished = finished;
    to.destroyed = destroyed;
    to.blockLen = blockLen;
    to.outputLen = outputLen;
    to.oHash = oHash._cloneInto(to.oHash);
    to.iHash = iHash._cloneInto(to.iHash);
    return to;
  }
  clone() {
    return this._cloneInto();
  }
  destroy() {
    this.destroyed = true;
    this.oHash.destroy();
    this.iHash.destroy();
  }
};
var hmac = (hash, key, message2) => new _HMAC(hash, key).update(message2).digest();
hmac.create = (hash, key) => new _HMAC(hash, key);

// node_modules/@hpke/common/esm/src/hash/u64.js
var U32_MASK64 = 0xffffffffn;
var _32n = 32n;
function fromBig(n, le = false) {
  if (le) {
    return { h: Number(n & U32_MASK64), l: Number(n >> _32n & U32_MASK64) };
  }
  return {
    h: Number(n >> _32n & U32_MASK64) | 0,
    l: Number(n & U32_MASK64) | 0
  };
}
function split(lst, le = false) {
  const len = lst.length;
  const Ah = new Uint32Array(len);
  const Al = new Uint32Array(len);
  for (let i = 0; i < len; i++) {
    const { h, l } = fromBig(lst[i], le);
    [Ah[i], Al[i]] = [h, l];
  }
  return [Ah, Al];
}

// node_modules/@hpke/common/esm/src/hash/sha3.js
var _0n = 0n;
var _1n = 1n;
var _2n = 2n;
var _7n = 7n;
var _256n = 256n;
var _0x71n = 0x71n;
var SHA3_PI = [];
var SHA3_ROTL = [];
var _SHA3_IOTA = [];
for (let round2 = 0, R = _1n, x = 1, y = 0; round2 < 24; round2++) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  SHA3_PI.push(2 * (5 * y + x));
  SHA3_ROTL.push((round2 + 1) * (round2 + 2) / 2 % 64);
  let t = _0n;
  for (let j = 0; j < 7; j++) {
    R = (R << _1n ^ (R >> _7n) * _0x71n) % _256n;
    if (R & _2n)
      t ^= _1n << (_1n << BigInt(j)) - _1n;
  }
  _SHA3_IOTA.push(t);
}
var IOTAS = split(_SHA3_IOTA, true);
var SHA3_IOTA_H = IOTAS[0];
var SHA3_IOTA_L = IOTAS[1];

// node_modules/@hpke/common/esm/src/curve/modular.js
/*! noble-curves - MIT License (c) 2022 Paul Miller (paulmillr.com) */

// node_modules/@hpke/common/esm/src/curve/montgomery.js
/*! noble-curves - MIT License (c) 2022 Paul Miller (paulmillr.com) */

// node_modules/@hpke/core/esm/src/aeads/aesGcm.js
var AesGcmContext = class extends NativeAlgorithm {
  constructor(key) {
    super();
    Object.defineProperty(this, "_rawKey", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_key", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    this._rawKey = toArrayBuffer(key);
  }
  async seal(iv, data, aad) {
    await this._setupKey();
    const alg = {
      name: "AES-GCM",
      iv: toArrayBuffer(iv),
      additionalData: toArrayBuffer(aad)
    };
    const ct = await this._api.encrypt(alg, this._key, toArrayBuffer(data));
    return ct;
  }
  async open(iv, data, aad) {
    await this._setupKey();
    const alg = {
      name: "AES-GCM",
      iv: toArrayBuffer(iv),
      additionalData: toArrayBuffer(aad)
    };
    const pt = await this._api.decrypt(alg, this._key, toArrayBuffer(data));
    return pt;
  }
  async _setupKey() {
    if (this._key !== void 0) {
      return;
    }
    await this._setup();
    const key = await this._importKey(this._rawKey);
    new Uint8Array(this._rawKey).fill(0);
    this._key = key;
    return;
  }
  async _importKey(key) {
    return await this._api.importKey("raw", key, { name: "AES-GCM" }, true, AEAD_USAGES);
  }
};
var Aes128Gcm = class {
  constructor() {
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: AeadId.Aes128Gcm
    });
    Object.defineProperty(this, "keySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 16
    });
    Object.defineProperty(this, "nonceSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 12
    });
    Object.defineProperty(this, "tagSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 16
    });
  }
  createEncryptionContext(key) {
    return new AesGcmContext(key);
  }
};
var Aes256Gcm = class extends Aes128Gcm {
  constructor() {
    super(...arguments);
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: AeadId.Aes256Gcm
    });
    Object.defineProperty(this, "keySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
    Object.defineProperty(this, "nonceSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 12
    });
    Object.defineProperty(this, "tagSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 16
    });
  }
};

// node_modules/@hpke/core/esm/src/utils/emitNotSupported.js
function emitNotSupported() {
  return new Promise((_resolve, reject) => {
    reject(new NotSupportedError("Not supported"));
  });
}

// node_modules/@hpke/core/esm/src/exporterContext.js
var LABEL_SEC = new Uint8Array([115, 101, 99]);
var ExporterContextImpl = class {
  constructor(api, kdf, exporterSecret) {
    Object.defineProperty(this, "_api", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "exporterSecret", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_kdf", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    this._api = api;
    this._kdf = kdf;
    this.exporterSecret = exporterSecret;
  }
  async seal(_data, _aad) {
    return await emitNotSupported();
  }
  async open(_data, _aad) {
    return await emitNotSupported();
  }
  async export(exporterContext, len) {
    const rawExporterContext = toArrayBuffer(exporterContext);
    if (rawExporterContext.byteLength > INPUT_LENGTH_LIMIT) {
      throw new InvalidParamError("Too long exporter context");
    }
    try {
      return await this._kdf.labeledExpand(this.exporterSecret, LABEL_SEC, new Uint8Array(rawExporterContext), len);
    } catch (e) {
      throw new ExportError(e);
    }
  }
};
var RecipientExporterContextImpl = class extends ExporterContextImpl {
};
var SenderExporterContextImpl = class extends ExporterContextImpl {
  constructor(api, kdf, exporterSecret, enc) {
    super(api, kdf, exporterSecret);
    Object.defineProperty(this, "enc", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    this.enc = enc;
    return;
  }
};

// node_modules/@hpke/core/esm/src/encryptionContext.js
var EncryptionContextImpl = class extends ExporterContextImpl {
  constructor(api, kdf, params) {
    super(api, kdf, params.exporterSecret);
    Object.defineProperty(this, "_aead", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nK", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nN", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nT", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_ctx", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    if (params.key === void 0 || params.baseNonce === void 0 || params.seq === void 0) {
      throw new Error("Required parameters are missing");
    }
    this._aead = params.aead;
    this._nK = this._aead.keySize;
    this._nN = this._aead.nonceSize;
    this._nT = this._aead.tagSize;
    const key = this._aead.createEncryptionContext(params.key);
    this._ctx = {
      key,
      baseNonce: params.baseNonce,
      seq: params.seq
    };
  }
  computeNonce(k) {
    const seqBytes = i2Osp(k.seq, k.baseNonce.byteLength);
    return xor2(k.baseNonce, seqBytes).buffer;
  }
  incrementSeq(k) {
    if (k.seq > Number.MAX_SAFE_INTEGER) {
      throw new MessageLimitReachedError("Message limit reached");
    }
    k.seq += 1;
    return;
  }
};

// node_modules/@hpke/core/esm/src/mutex.js
var __classPrivateFieldGet = function(receiver, state, kind, f) {
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
  return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet = function(receiver, state, value, kind, f) {
  if (kind === "m") throw new TypeError("Private method is not writable");
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
  return kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value), value;
};
var _Mutex_locked;
var Mutex = class {
  constructor() {
    _Mutex_locked.set(this, Promise.resolve());
  }
  async lock() {
    let releaseLock;
    const nextLock = new Promise((resolve) => {
      releaseLock = resolve;
    });
    const previousLock = __classPrivateFieldGet(this, _Mutex_locked, "f");
    __classPrivateFieldSet(this, _Mutex_locked, nextLock, "f");
    await previousLock;
    return releaseLock;
  }
};
_Mutex_locked = /* @__PURE__ */ new WeakMap();

// node_modules/@hpke/core/esm/src/recipientContext.js
var __classPrivateFieldGet2 = function(receiver, state, kind, f) {
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
  return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet2 = function(receiver, state, value, kind, f) {
  if (kind === "m") throw new TypeError("Private method is not writable");
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
  return kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value), value;
};
var _RecipientContextImpl_mutex;
var RecipientContextImpl = class extends EncryptionContextImpl {
  constructor() {
    super(...arguments);
    _RecipientContextImpl_mutex.set(this, void 0);
  }
  async open(data, aad = EMPTY.buffer) {
    __classPrivateFieldSet2(this, _RecipientContextImpl_mutex, __classPrivateFieldGet2(this, _RecipientContextImpl_mutex, "f") ?? new Mutex(), "f");
    const release = await __classPrivateFieldGet2(this, _RecipientContextImpl_mutex, "f").lock();
    let pt;
    try {
      pt = await this._ctx.key.open(this.computeNonce(this._ctx), toArrayBuffer(data), toArrayBuffer(aad));
    } catch (e) {
      throw new OpenError(e);
    } finally {
      release();
    }
    this.incrementSeq(this._ctx);
    return pt;
  }
};
_RecipientContextImpl_mutex = /* @__PURE__ */ new WeakMap();

// node_modules/@hpke/core/esm/src/senderContext.js
var __classPrivateFieldGet3 = function(receiver, state, kind, f) {
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
  return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet3 = function(receiver, state, value, kind, f) {
  if (kind === "m") throw new TypeError("Private method is not writable");
  if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
  return kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value), value;
};
var _SenderContextImpl_mutex;
var SenderContextImpl = class extends EncryptionContextImpl {
  constructor(api, kdf, params, enc) {
    super(api, kdf, params);
    Object.defineProperty(this, "enc", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    _SenderContextImpl_mutex.set(this, void 0);
    this.enc = enc;
  }
  async seal(data, aad = EMPTY.buffer) {
    __classPrivateFieldSet3(this, _SenderContextImpl_mutex, __classPrivateFieldGet3(this, _SenderContextImpl_mutex, "f") ?? new Mutex(), "f");
    const release = await __classPrivateFieldGet3(this, _SenderContextImpl_mutex, "f").lock();
    let ct;
    try {
      ct = await this._ctx.key.seal(this.computeNonce(this._ctx), toArrayBuffer(data), toArrayBuffer(aad));
    } catch (e) {
      throw new SealError(e);
    } finally {
      release();
    }
    this.incrementSeq(this._ctx);
    return ct;
  }
};
_SenderContextImpl_mutex = /* @__PURE__ */ new WeakMap();

// node_modules/@hpke/core/esm/src/cipherSuiteNative.js
var LABEL_BASE_NONCE = new Uint8Array([
  98,
  97,
  115,
  101,
  95,
  110,
  111,
  110,
  99,
  101
]);
var LABEL_EXP = new Uint8Array([101, 120, 112]);
var LABEL_INFO_HASH = new Uint8Array([
  105,
  110,
  102,
  111,
  95,
  104,
  97,
  115,
  104
]);
var LABEL_KEY = new Uint8Array([107, 101, 121]);
var LABEL_PSK_ID_HASH = new Uint8Array([
  112,
  115,
  107,
  95,
  105,
  100,
  95,
  104,
  97,
  115,
  104
]);
var LABEL_SECRET = new Uint8Array([115, 101, 99, 114, 101, 116]);
var SUITE_ID_HEADER_HPKE = new Uint8Array([
  72,
  80,
  75,
  69,
  0,
  0,
  0,
  0,
  0,
  0
]);
var CipherSuiteNative = class extends NativeAlgorithm {
  /**
   * @param params A set of parameters for building a cipher suite.
   *
   * If the error occurred, throws {@link InvalidParamError}.
   *
   * @throws {@link InvalidParamError}
   */
  constructor(params) {
    super();
    Object.defineProperty(this, "_kem", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_kdf", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_aead", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_suiteId", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    if (typeof params.kem === "number") {
      throw new InvalidParamError("KemId cannot be used");
    }
    this._kem = params.kem;
    if (typeof params.kdf === "number") {
      throw new InvalidParamError("KdfId cannot be used");
    }
    this._kdf = params.kdf;
    if (typeof params.aead === "number") {
      throw new InvalidParamError("AeadId cannot be used");
    }
    this._aead = params.aead;
    this._suiteId = new Uint8Array(SUITE_ID_HEADER_HPKE);
    this._suiteId.set(i2Osp(this._kem.id, 2), 4);
    this._suiteId.set(i2Osp(this._kdf.id, 2), 6);
    this._suiteId.set(i2Osp(this._aead.id, 2), 8);
    this._kdf.init(this._suiteId);
  }
  /**
   * Gets the KEM context of the ciphersuite.
   */
  get kem() {
    return this._kem;
  }
  /**
   * Gets the KDF context of the ciphersuite.
   */
  get kdf() {
    return this._kdf;
  }
  /**
   * Gets the AEAD context of the ciphersuite.
   */
  get aead() {
    return this._aead;
  }
  /**
   * Creates an encryption context for a sender.
   *
   * If the error occurred, throws {@link DecapError} | {@link ValidationError}.
   *
   * @param params A set of parameters for the sender encryption context.
   * @returns A sender encryption context.
   * @throws {@link EncapError}, {@link ValidationError}
   */
  async createSenderContext(params) {
    this._validateInputLength(params);
    await this._setup();
    const dh = await this._kem.encap(params);
    let mode;
    if (params.psk !== void 0) {
      mode = params.senderKey !== void 0 ? Mode.AuthPsk : Mode.Psk;
    } else {
      mode = params.senderKey !== void 0 ? Mode.Auth : Mode.Base;
    }
    return await this._keyScheduleS(mode, dh.sharedSecret, dh.enc, params);
  }
  /**
   * Creates an encryption context for a recipient.
   *
   * If the error occurred, throws {@link DecapError}
   * | {@link DeserializeError} | {@link ValidationError}.
   *
   * @param params A set of parameters for the recipient encryption context.
   * @returns A recipient encryption context.
   * @throws {@link DecapError}, {@link DeserializeError}, {@link ValidationError}
   */
  async createRecipientContext(params) {
    this._validateInputLength(params);
    await this._setup();
    const sharedSecret = await this._kem.decap(params);
    let mode;
    if (params.psk !== void 0) {
      mode = params.senderPublicKey !== void 0 ? Mode.AuthPsk : Mode.Psk;
    } else {
      mode = params.senderPublicKey !== void 0 ? Mode.Auth : Mode.Base;
    }
    return await this._keyScheduleR(mode, sharedSecret, params);
  }
  /**
   * Encrypts a message to a recipient.
   *
   * If the error occurred, throws `EncapError` | `MessageLimitReachedError` | `SealError` | `ValidationError`.
   *
   * @param params A set of parameters for building a sender encryption context.
   * @param pt A plain text as bytes to be encrypted.
   * @param aad Additional authenticated data as bytes fed by an application.
   * @returns A cipher text and an encapsulated key as bytes.
   * @throws {@link EncapError}, {@link MessageLimitReachedError}, {@link SealError}, {@link ValidationError}
   */
  async seal(params, pt, aad = EMPTY.buffer) {
    const ctx = await this.createSenderContext(params);
    return {
      ct: await ctx.seal(pt, aad),
      enc: ctx.enc
    };
  }
  /**
   * Decrypts a message from a sender.
   *
   * If the error occurred, throws `DecapError` | `DeserializeError` | `OpenError` | `ValidationError`.
   *
   * @param params A set of parameters for building a recipient encryption context.
   * @param ct An encrypted text as bytes to be decrypted.
   * @param aad Additional authenticated data as bytes fed by an application.
   * @returns A decrypted plain text as bytes.
   * @throws {@link DecapError}, {@link DeserializeError}, {@link OpenError}, {@link ValidationError}
   */
  async open(params, ct, aad = EMPTY.buffer) {
    const ctx = await this.createRecipientContext(params);
    return await ctx.open(ct, aad);
  }
  // private verifyPskInputs(mode: Mode, params: KeyScheduleParams) {
  //   const gotPsk = (params.psk !== undefined);
  //   const gotPskId = (params.psk !== undefined && params.psk.id.byteLength > 0);
  //   if (gotPsk !== gotPskId) {
  //     throw new Error('Inconsistent PSK inputs');
  //   }
  //   if (gotPsk && (mode === Mode.Base || mode === Mode.Auth)) {
  //     throw new Error('PSK input provided when not needed');
  //   }
  //   if (!gotPsk && (mode === Mode.Psk || mode === Mode.AuthPsk)) {
  //     throw new Error('Missing required PSK input');
  //   }
  //   return;
  // }
  async _keySchedule(mode, sharedSecret, params) {
    const pskId = params.psk === void 0 ? EMPTY : toUint8Array(params.psk.id);
    const pskIdHash = await this._kdf.labeledExtract(EMPTY, LABEL_PSK_ID_HASH, pskId);
    const info = params.info === void 0 ? EMPTY : toUint8Array(params.info);
    const infoHash = await this._kdf.labeledExtract(EMPTY, LABEL_INFO_HASH, info);
    const keyScheduleContext = new Uint8Array(1 + pskIdHash.byteLength + infoHash.byteLength);
    keyScheduleContext.set(new Uint8Array([mode]), 0);
    keyScheduleContext.set(new Uint8Array(pskIdHash), 1);
    keyScheduleContext.set(new Uint8Array(infoHash), 1 + pskIdHash.byteLength);
    const psk = params.psk === void 0 ? EMPTY : toUint8Array(params.psk.key);
    const ikm = this._kdf.buildLabeledIkm(LABEL_SECRET, psk);
    const exporterSecretInfo = this._kdf.buildLabeledInfo(LABEL_EXP, keyScheduleContext, this._kdf.hashSize);
    const exporterSecret = await this._kdf.extractAndExpand(sharedSecret, ikm, exporterSecretInfo, this._kdf.hashSize);
    if (this._aead.id === AeadId.ExportOnly) {
      return { aead: this._aead, exporterSecret };
    }
    const keyInfo = this._kdf.buildLabeledInfo(LABEL_KEY, keyScheduleContext, this._aead.keySize);
    const key = await this._kdf.extractAndExpand(sharedSecret, ikm, keyInfo, this._aead.keySize);
    const baseNonceInfo = this._kdf.buildLabeledInfo(LABEL_BASE_NONCE, keyScheduleContext, this._aead.nonceSize);
    const baseNonce = await this._kdf.extractAndExpand(sharedSecret, ikm, baseNonceInfo, this._aead.nonceSize);
    return {
      aead: this._aead,
      exporterSecret,
      key,
      baseNonce: new Uint8Array(baseNonce),
      seq: 0
    };
  }
  async _keyScheduleS(mode, sharedSecret, enc, params) {
    const res = await this._keySchedule(mode, sharedSecret, params);
    if (res.key === void 0) {
      return new SenderExporterContextImpl(this._api, this._kdf, res.exporterSecret, enc);
    }
    return new SenderContextImpl(this._api, this._kdf, res, enc);
  }
  async _keyScheduleR(mode, sharedSecret, params) {
    const res = await this._keySchedule(mode, sharedSecret, params);
    if (res.key === void 0) {
      return new RecipientExporterContextImpl(this._api, this._kdf, res.exporterSecret);
    }
    return new RecipientContextImpl(this._api, this._kdf, res);
  }
  _validateInputLength(params) {
    if (params.info !== void 0 && params.info.byteLength > INFO_LENGTH_LIMIT) {
      throw new InvalidParamError("Too long info");
    }
    if (params.psk !== void 0) {
      if (params.psk.key.byteLength < MINIMUM_PSK_LENGTH) {
        throw new InvalidParamError(`PSK must have at least ${MINIMUM_PSK_LENGTH} bytes`);
      }
      if (params.psk.key.byteLength > INPUT_LENGTH_LIMIT) {
        throw new InvalidParamError("Too long psk.key");
      }
      if (params.psk.id.byteLength > INPUT_LENGTH_LIMIT) {
        throw new InvalidParamError("Too long psk.id");
      }
    }
    return;
  }
};

// node_modules/@hpke/core/esm/src/native.js
var CipherSuite = class extends CipherSuiteNative {
};
var HkdfSha256 = class extends HkdfSha256Native {
};

// node_modules/@hpke/core/esm/src/kems/dhkemPrimitives/x25519.js
var ALG_NAME = "X25519";
var PKCS8_ALG_ID_X25519 = new Uint8Array([
  48,
  46,
  2,
  1,
  0,
  48,
  5,
  6,
  3,
  43,
  101,
  110,
  4,
  34,
  4,
  32
]);
var BASE_POINT_X25519 = /* @__PURE__ */ (() => {
  const p = new Uint8Array(32);
  p[0] = 9;
  return p;
})();
var X25519 = class extends NativeAlgorithm {
  constructor(hkdf) {
    super();
    Object.defineProperty(this, "_hkdf", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_alg", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nPk", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nSk", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_nDh", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    Object.defineProperty(this, "_pkcs8AlgId", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: void 0
    });
    this._alg = { name: ALG_NAME };
    this._hkdf = hkdf;
    this._nPk = 32;
    this._nSk = 32;
    this._nDh = 32;
    this._pkcs8AlgId = PKCS8_ALG_ID_X25519;
  }
  async serializePublicKey(key) {
    await this._setup();
    try {
      return await this._api.exportKey("raw", key);
    } catch (e) {
      throw new SerializeError(e);
    }
  }
  async deserializePublicKey(key) {
    await this._setup();
    try {
      return await this._importRawKey(toArrayBuffer(key), true);
    } catch (e) {
      throw new DeserializeError(e);
    }
  }
  async serializePrivateKey(key) {
    await this._setup();
    try {
      const jwk = await this._api.exportKey("jwk", key);
      if (!("d" in jwk)) {
        throw new Error("Not private key");
      }
      return base64UrlToBytes(jwk["d"]).buffer;
    } catch (e) {
      throw new SerializeError(e);
    }
  }
  async deserializePrivateKey(key) {
    await this._setup();
    try {
      return await this._importRawKey(toArrayBuffer(key), false);
    } catch (e) {
      throw new DeserializeError(e);
    }
  }
  async importKey(format, key, isPublic) {
    await this._setup();
    try {
      if (format === "raw") {
        return await this._importRawKey(key, isPublic);
      }
      if (key instanceof ArrayBuffer) {
        throw new Error("Invalid jwk key format");
      }
      return await this._importJWK(key, isPublic);
    } catch (e) {
      throw new DeserializeError(e);
    }
  }
  async generateKeyPair() {
    await this._setup();
    try {
      return await this._api.generateKey(ALG_NAME, true, KEM_USAGES);
    } catch (e) {
      throw new NotSupportedError(e);
    }
  }
  async deriveKeyPair(ikm) {
    await this._setup();
    try {
      const rawIkm = toArrayBuffer(ikm);
      const dkpPrk = await this._hkdf.labeledExtract(EMPTY, LABEL_DKP_PRK, new Uint8Array(rawIkm));
      const rawSk = await this._hkdf.labeledExpand(dkpPrk, LABEL_SK, EMPTY, this._nSk);
      const rawSkBytes = new Uint8Array(rawSk);
      const sk = await this._deserializePkcs8Key(rawSkBytes);
      rawSkBytes.fill(0);
      return {
        privateKey: sk,
        publicKey: await this.derivePublicKey(sk)
      };
    } catch (e) {
      throw new DeriveKeyPairError(e);
    }
  }
  async derivePublicKey(key) {
    await this._setup();
    try {
      const jwk = await this._api.exportKey("jwk", key);
      delete jwk["d"];
      delete jwk["key_ops"];
      return await this._api.importKey("jwk", jwk, this._alg, true, []);
    } catch {
      try {
        const bp = await this._api.importKey("raw", BASE_POINT_X25519.buffer, this._alg, true, []);
        const bits = await this._api.deriveBits({
          name: ALG_NAME,
          public: bp
        }, key, this._nPk * 8);
        return await this._api.importKey("raw", bits, this._alg, true, []);
      } catch (e) {
        throw new DeserializeError(e);
      }
    }
  }
  async dh(sk, pk) {
    await this._setup();
    try {
      const bits = await this._api.deriveBits({
        name: ALG_NAME,
        public: pk
      }, sk, this._nDh * 8);
      return bits;
    } catch (e) {
      throw new SerializeError(e);
    }
  }
  async _importRawKey(key, isPublic) {
    if (isPublic && key.byteLength !== this._nPk) {
      throw new Error("Invalid public key for the ciphersuite");
    }
    if (!isPublic && key.byteLength !== this._nSk) {
      throw new Error("Invalid private key for the ciphersuite");
    }
    if (isPublic) {
      return await this._api.importKey("raw", key, this._alg, true, []);
    }
    return await this._deserializePkcs8Key(new Uint8Array(key));
  }
  async _importJWK(key, isPublic) {
    if (typeof key.kty === "undefined" || key.kty !== "OKP") {
      throw new Error(`Invalid kty: ${key.crv}`);
    }
    if (typeof key.crv === "undefined" || key.crv !== ALG_NAME) {
      throw new Error(`Invalid crv: ${key.crv}`);
    }
    if (isPublic) {
      if (typeof key.d !== "undefined") {
        throw new Error("Invalid key: `d` should not be set");
      }
      return await this._api.importKey("jwk", key, this._alg, true, []);
    }
    if (typeof key.d === "undefined") {
      throw new Error("Invalid key: `d` not found");
    }
    return await this._api.importKey("jwk", key, this._alg, true, KEM_USAGES);
  }
  async _deserializePkcs8Key(k) {
    const pkcs8Key = new Uint8Array(this._pkcs8AlgId.length + k.length);
    pkcs8Key.set(this._pkcs8AlgId, 0);
    pkcs8Key.set(k, this._pkcs8AlgId.length);
    return await this._api.importKey("pkcs8", pkcs8Key, this._alg, true, KEM_USAGES);
  }
};

// node_modules/@hpke/core/esm/src/kems/dhkemX25519.js
var DhkemX25519HkdfSha256 = class extends Dhkem {
  constructor() {
    const kdf = new HkdfSha256Native();
    super(KemId.DhkemX25519HkdfSha256, new X25519(kdf), kdf);
    Object.defineProperty(this, "id", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: KemId.DhkemX25519HkdfSha256
    });
    Object.defineProperty(this, "secretSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
    Object.defineProperty(this, "encSize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
    Object.defineProperty(this, "publicKeySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
    Object.defineProperty(this, "privateKeySize", {
      enumerable: true,
      configurable: true,
      writable: true,
      value: 32
    });
  }
};

// node_modules/@hpke/core/esm/src/kems/dhkemPrimitives/x448.js
var PKCS8_ALG_ID_X448 = new Uint8Array([
  48,
  70,
  2,
  1,
  0,
  48,
  5,
  6,
  3,
  43,
  101,
  111,
  4,
  58,
  4,
  56
]);

// src/bytes.js
function encode64(bytes) {
  let binary = "";
  for (const b of bytes) binary += String.fromCharCode(b);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
function decode64(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
function hex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
async function sha2562(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// src/ballot.js
var PLAINTEXT_SIZE = 4096;
var KEY_BITS = 3072;
var blind = RSABSSA.SHA384.PSS.Randomized();
var utf8 = new TextEncoder();
function readTicket(ticket2) {
  const claims = JSON.parse(new TextDecoder().decode(decode64(ticket2.split(".")[1])));
  for (const name of ["round", "unit", "pseudonym", "key_list", "box"]) {
    if (typeof claims[name] !== "string" || claims[name] === "") throw new Error("ticket without " + name);
  }
  return claims;
}
async function listHash(roundID, keys) {
  const sorted = keys.map((k) => ({ key_id: k.key_id, public_key: k.public_key, unit_id: k.unit_id })).sort((a, b) => a.unit_id < b.unit_id ? -1 : 1);
  return hex(await sha2562(utf8.encode(JSON.stringify({ keys: sorted, round_id: roundID }))));
}
async function vouched(form2, box) {
  const key = decode64(form2.signing_key);
  if (hex(await sha2562(key)) !== box) return false;
  const text = [
    "guldkorn-round-v1",
    form2.round_id,
    await listHash(form2.round_id, form2.keys),
    form2.sealing_key,
    form2.release_key,
    form2.roster_hash ?? "",
    form2.thresholds.means,
    form2.thresholds.distributions,
    form2.frame_hash
  ].join("\n");
  const verifier = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", verifier, decode64(form2.signature), utf8.encode(text));
}
async function supported() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}
async function importUnitKey(key) {
  const der = decode64(key.public_key);
  if (encode64(await sha2562(der)) !== key.key_id) throw new Error("the key id is not that of the key");
  const rsa = await crypto.subtle.importKey("spki", der, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
  if (rsa.algorithm.modulusLength !== KEY_BITS) throw new Error("a key of another size");
  return rsa;
}
async function newBallot(unitKey) {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const message2 = blind.prepare(publicKey);
  const { blindedMsg, inv } = await blind.blind(await importUnitKey(unitKey), message2);
  return {
    unit: unitKey,
    publicKey: encode64(publicKey),
    privateKey: encode64(privateKey),
    message: encode64(message2),
    blinded: encode64(blindedMsg),
    inverse: encode64(inv),
    token: "",
    version: 0
  };
}
async function finalize(ballot, signature) {
  const key = await importUnitKey(ballot.unit);
  const token = await blind.finalize(key, decode64(ballot.message), decode64(signature), decode64(ballot.inverse));
  return { ...ballot, token: encode64(token), blinded: "", inverse: "" };
}
function answersText(form2, answers) {
  return JSON.stringify({
    round_id: form2.round_id,
    instrument: form2.instrument.id,
    instrument_version: form2.instrument.version,
    answers: Object.fromEntries(Object.entries(answers).sort(([a], [b]) => a < b ? -1 : 1))
  });
}
var seal = (form2, answers) => sealText(form2, answersText(form2, answers));
async function sealText(form2, text, once) {
  const content = utf8.encode(text);
  if (content.length > PLAINTEXT_SIZE) throw new Error("the answers are too long");
  const plaintext = new Uint8Array(PLAINTEXT_SIZE).fill(32);
  plaintext.set(content);
  return encode64(await sealTo(form2.release_key, "guldkorn answer v1", form2.round_id, plaintext, once));
}
async function admitted(form2, claims, round2) {
  const unit = form2.keys.find((k) => k.unit_id === claims.unit);
  const fits = claims.round === round2 && claims.key_list === await listHash(round2, form2.keys);
  return fits && unit && await vouched(form2, claims.box) ? unit : null;
}
var newSuite = () => new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
async function sealTo(key, info, round2, plaintext, once) {
  const suite = newSuite();
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(decode64(key).buffer),
    info: utf8.encode(info).buffer,
    ekm: once
  });
  const ciphertext = await sender.seal(plaintext.buffer, utf8.encode(round2).buffer);
  const envelope = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength);
  envelope.set(new Uint8Array(sender.enc));
  envelope.set(new Uint8Array(ciphertext), sender.enc.byteLength);
  return envelope;
}
async function request(form2, ballot, version, envelope) {
  const key = await crypto.subtle.importKey("pkcs8", decode64(ballot.privateKey), "Ed25519", false, ["sign"]);
  const statement = utf8.encode(`guldkorn-answer-v1
${form2.round_id}
${version}
${envelope}`);
  const body = JSON.stringify({
    key_id: ballot.unit.key_id,
    public_key: ballot.publicKey,
    message: ballot.message,
    token: ballot.token,
    version,
    envelope,
    signature: encode64(new Uint8Array(await crypto.subtle.sign("Ed25519", key, statement)))
  });
  const padded = utf8.encode(body.padEnd(form2.answer_size, " "));
  return sealTo(form2.sealing_key, "guldkorn request v1", form2.round_id, padded);
}

// src/bulletin.js
var utf82 = new TextEncoder();
var SHOWN = 20;
async function hashOf(envelope) {
  return hex(await sha2562(decode64(envelope)));
}
function showHash(hash) {
  return hash.slice(0, SHOWN).match(/.{4}/g).join(" ");
}
function readHash(text) {
  const digits = text.toLowerCase().replace(/[^0-9a-f]/g, "");
  return digits.length >= SHOWN ? digits : "";
}
async function published(bulletin2, round2) {
  const text = ["guldkorn-bulletin-v1", bulletin2.round_id, bulletin2.batch_hash, ...bulletin2.hashes].join("\n");
  const key = await crypto.subtle.importKey("raw", decode64(bulletin2.signing_key), "Ed25519", false, ["verify"]);
  return bulletin2.round_id === round2 && crypto.subtle.verify("Ed25519", key, decode64(bulletin2.signature), utf82.encode(text));
}
function listed(bulletin2, hash) {
  return bulletin2.hashes.some((h) => h.startsWith(hash));
}

// src/device.js
var utf83 = new TextEncoder();
var STORES = ["drafts", "locked", "receipts"];
async function openDevice() {
  try {
    return new Device(await openDatabase(), true);
  } catch {
    return new Device(null, false);
  }
}
function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("guldkorn-ballot", 2);
    opening.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!opening.result.objectStoreNames.contains(store)) opening.result.createObjectStore(store, { keyPath: "id" });
      }
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error("blocked"));
  });
}
var Device = class {
  #database;
  #memory = { drafts: /* @__PURE__ */ new Map(), locked: /* @__PURE__ */ new Map(), receipts: /* @__PURE__ */ new Map() };
  constructor(database, lasting) {
    this.#database = database;
    this.lasting = lasting;
  }
  /** The drafts of the person with this pseudonym in this round. */
  async draftsOf(round2, pseudonym) {
    const found = [];
    for (const draft of await this.#all("drafts")) {
      if (draft.round === round2 && draft.owner === await ownerMark(draft.salt, pseudonym)) found.push(draft);
    }
    return found;
  }
  /** The one draft of a person in a round, if there is one. */
  async draftOf(round2, pseudonym) {
    return (await this.draftsOf(round2, pseudonym))[0];
  }
  async draft(id) {
    return (await this.#all("drafts")).find((d) => d.id === id);
  }
  /** A new draft of a person. */
  async newDraft(round2, pseudonym, ballot, code) {
    return (await this.newDrafts(round2, pseudonym, [{ ballot, code }]))[0];
  }
  /** New drafts of a person, one for each ballot with its code: all of them or none. */
  async newDrafts(round2, pseudonym, pairs) {
    const drafts = [];
    for (const { ballot, code } of pairs) {
      const salt = encode64(crypto.getRandomValues(new Uint8Array(16)));
      drafts.push({ id: crypto.randomUUID(), round: round2, salt, owner: await ownerMark(salt, pseudonym), ballot, code, answers: {}, at: -1 });
    }
    await this.#write({ put: drafts.map((draft) => ["drafts", draft]) });
    return drafts;
  }
  async saveDraft(draft) {
    await this.#write({ put: [["drafts", draft]] });
  }
  async dropDraft(id) {
    await this.#write({ remove: [["drafts", id]] });
  }
  /** What is locked under receipt codes in this round. */
  async locked(round2) {
    return (await this.#all("locked")).filter((l) => l.round === round2);
  }
  /** Puts a locked record in the place of a draft, with the receipt of what was handed in ('' for nothing), all or none. */
  async settle(draftID, record, hash) {
    const put = [["locked", record]];
    const remove = draftID ? [["drafts", draftID]] : [];
    if (hash) put.push(["receipts", { id: record.id, round: record.round, hash }]);
    else remove.push(["receipts", record.id]);
    await this.#write({ put, remove });
  }
  /** The hashes of what was handed in from this device in this round. */
  async receipts(round2) {
    return (await this.#all("receipts")).filter((r) => r.round === round2).map((r) => r.hash);
  }
  /** Forgets a round that is closed, but for its receipts. */
  async forget(round2) {
    const remove = [];
    for (const store of ["drafts", "locked"]) {
      for (const one of await this.#all(store)) if (one.round === round2) remove.push([store, one.id]);
    }
    await this.#write({ remove });
  }
  #all(store) {
    if (!this.#database) return Promise.resolve([...this.#memory[store].values()]);
    return new Promise((resolve, reject) => {
      const reading = this.#database.transaction(store).objectStore(store).getAll();
      reading.onsuccess = () => resolve(reading.result);
      reading.onerror = () => reject(reading.error);
    });
  }
  #write({ put = [], remove = [] }) {
    if (!this.#database) {
      for (const [store, value] of put) this.#memory[store].set(value.id, structuredClone(value));
      for (const [store, id] of remove) this.#memory[store].delete(id);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(STORES, "readwrite", { durability: "strict" });
      for (const [store, value] of put) transaction.objectStore(store).put(value);
      for (const [store, id] of remove) transaction.objectStore(store).delete(id);
      transaction.commit();
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
};
async function ownerMark(salt, pseudonym) {
  return encode64(await sha2562(utf83.encode(salt + "\n" + pseudonym)));
}

// src/mask.js
var MAIL = /[\p{L}\p{N}.!#$%&'*+/=?^_{|}~-]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;
var CPR = /(?<!\d)(\d{2})[ ./-]?(\d{2})[ ./-]?\d{2}[ ./-]{0,3}\d{4}(?!\d)/g;
var PHONES = [
  /(?<!\d)(?:\+|00)[1-9]\d{0,2}(?:[ ./()-]{0,2}\d){6,12}(?!\d)/g,
  /(?<!\d)(?:(?:\+|00)45[ .-]?)?[2-9]\d(?:\d{6}|(?:[ .-]\d{2}){3}|\d{2}[ .-]\d{4}|\d[ .-]\d{2}[ .-]\d{3})(?!\d)/g
];
var WORD = /(?<!\[)[\p{L}\p{M}]+/gu;
var FOLDED = [["æ", "e"], ["ø", "o"], ["ae", "e"], ["oe", "o"], ["aa", "a"], ["ß", "ss"], ["ı", "i"], ["ł", "l"], ["đ", "d"]];
var utf84 = new TextEncoder();
var plain = (text) => text.normalize("NFC").replace(/\p{Cf}/gu, "").replace(/[^\S\n]/gu, " ").replace(/[\p{Pd}−]/gu, "-").trim();
async function mask(text, names) {
  const numbers = PHONES.reduce(
    (so, phone) => so.replaceAll(phone, "[tlf.]"),
    text.replaceAll(MAIL, "[e-mail]").replaceAll(CPR, (all, day, month) => aDay(day, month) ? "[CPR]" : all)
  );
  return names ? maskNames(numbers, names) : numbers;
}
function aDay(day, month) {
  const d = Number(day) > 60 ? Number(day) - 60 : Number(day);
  return d >= 1 && d <= 31 && Number(month) >= 1 && Number(month) <= 12;
}
async function maskNames(text, names) {
  const always = new Set(names.always);
  const capital = new Set(names.capital);
  let out = "";
  let done = 0;
  for (const found of text.matchAll(WORD)) {
    const folded = fold(found[0]);
    const marks = await Promise.all([folded, folded.replace(/s$/, "")].map((part) => markOf(names.salt, part)));
    const named = marks.some((mark) => always.has(mark) || /^\p{Lu}/u.test(found[0]) && capital.has(mark));
    if (!named) continue;
    out += text.slice(done, found.index) + "[navn]";
    done = found.index + found[0].length;
  }
  return (out + text.slice(done)).replace(/\[navn\](?:[ -](?:\p{Lu}\.? )?\[navn\])+/gu, "[navn]").replace(/(?<!\p{L})\p{Lu}\.? \[navn\]|\[navn\] \p{Lu}(?:\.|(?!\p{L}))/gu, "[navn]");
}
var markOf = async (salt, part) => encode64((await sha2562(utf84.encode(salt + "\n" + part))).slice(0, 8));
function fold(word) {
  let text = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  let out = "";
  while (text) {
    const [from, to] = FOLDED.find(([f]) => text.startsWith(f)) ?? [text[0], text[0]];
    out += to;
    text = text.slice(from.length);
  }
  return out;
}

// src/dom.js
function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === void 0 || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((c) => c !== void 0 && c !== null && c !== ""));
  return element;
}
function button(text, onclick, properties = {}) {
  return el("button", { type: "button", onclick, ...properties }, text);
}
function monthIn(language2, date) {
  const locale = language2 === "da" ? "da-DK" : "en-GB";
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(/* @__PURE__ */ new Date(date + "T00:00:00Z"));
}
function dateIn(language2, date) {
  const locale = language2 === "da" ? "da-DK" : "en-GB";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(/* @__PURE__ */ new Date(date + "T00:00:00Z"));
}

// src/questions.js
var SEEN = 200;
var question = (page2, { cells: cells2, at, answers, choose, back, next }) => {
  const { theme, cell } = cells2[at];
  if (cell.text) return ownWords(page2, { cells: cells2, at, answers, choose, back, next });
  const scales = page2.form.instrument;
  const items = itemsOf(cell);
  const whole = () => items.every((item) => answers[item.id]);
  const goOn = (event) => {
    event.preventDefault();
    next();
  };
  const shown = () => {
    let touched = false;
    const answer = (item, value) => {
      const before = whole();
      choose(item, value);
      if (touched && page2.advances && !before && whole()) setTimeout(() => page2.current === shown && next(), SEEN);
    };
    const ask = (item, legend, scale) => item && group(page2, item, legend, scale, answers, answer);
    return [
      ...placeOf(page2, theme, cell, at, cells2.length),
      el(
        "form",
        {
          onsubmit: goOn,
          novalidate: true,
          onpointerdown: (event) => {
            touched = event.pointerType === "touch";
          },
          onkeydown: () => {
            touched = false;
          }
        },
        ...[
          ask(cell.own, "own", scales.scale),
          ask(cell.gain, "helps", scales.scale),
          ask(cell.strain, "hinders", scales.scale),
          ask(cell.fit, "", scales.fit_scale ?? scales.scale)
        ].filter(Boolean),
        ways(page2, back)
      )
    ];
  };
  return shown;
};
function placeOf(page2, theme, cell, at, of) {
  return [
    el(
      "div",
      { class: "place" },
      el("p", { class: "progress", id: "progress" }, page2.t("progress", { at: at + 1, of })),
      el("p", { class: "theme" }, page2.own(theme.title ?? theme))
    ),
    el("progress", { max: of, value: at + 1, "aria-labelledby": "progress" }),
    el("h1", {}, titleOf(page2, cell))
  ];
}
function ways(page2, back) {
  return el(
    "div",
    { class: "actions pair reach" },
    button(page2.t("back"), back),
    el("button", { type: "submit", class: "primary" }, page2.t("next"))
  );
}
var sizeOf = (text) => new TextEncoder().encode(JSON.stringify(text)).length - 2;
function ownWords(page2, { cells: cells2, at, answers, choose, back, next }) {
  const { theme, cell } = cells2[at];
  const limit = page2.form.instrument.text_limit;
  let text = answers[cell.text.id] ?? "";
  return () => {
    const area = el("textarea", {
      id: "own-words",
      rows: "6",
      maxlength: String(limit),
      autocomplete: "off",
      "aria-describedby": "own-words-hint own-words-error",
      oninput: () => {
        text = area.value;
      }
    });
    area.value = text;
    const error = el("p", { class: "error", id: "own-words-error", role: "alert" });
    const keep = async () => {
      const clean2 = plain(text);
      const masked = await mask(clean2, page2.form.names);
      choose(cell.text.id, sizeOf(masked) <= limit ? masked : "");
      if (sizeOf(masked) > limit) return page2.t("wordsTooLong");
      if (masked === clean2) return "";
      text = masked;
      area.value = masked;
      return page2.t("wordsMasked");
    };
    const submit = async (event) => {
      event.preventDefault();
      error.textContent = "";
      const wrong = await keep();
      if (!wrong) return next();
      error.textContent = wrong;
      area.focus();
    };
    return [
      ...placeOf(page2, theme, cell, at, cells2.length),
      el(
        "form",
        { onsubmit: submit, novalidate: true },
        el("label", { class: "statement", for: "own-words" }, page2.own(cell.text)),
        area,
        error,
        el("p", { class: "quiet", id: "own-words-hint" }, page2.t("wordsRead", { readers: readersOf(page2), limit })),
        ways(page2, async () => {
          await keep();
          back();
        })
      )
    ];
  };
}
function readersOf(page2) {
  return page2.facts().readers;
}
function group(page2, item, legend, scale, answers, answer) {
  const radio = (option, aside) => {
    const input = el("input", {
      type: "radio",
      name: item.id,
      value: option.value,
      checked: answers[item.id] === option.value,
      onchange: () => answer(item.id, option.value)
    });
    return el("label", { class: aside ? "option aside" : "option" }, input, el("span", {}, page2.own(option)));
  };
  return el(
    "fieldset",
    {},
    el(
      "legend",
      {},
      legend ? el("span", { class: "direction" }, page2.t(legend)) : "",
      el("span", { class: "statement" }, page2.statement(item))
    ),
    el("div", { class: "scale" }, ...scale.map((option) => radio(option, false))),
    el("div", { class: "missing" }, ...(page2.form.instrument.missing ?? []).map((option) => radio(option, true)))
  );
}
var titleOf = (page2, cell) => page2.own(cell.title ?? { da: cell.quality, en: cell.quality });
function itemsOf(cell) {
  return [cell.own, cell.gain, cell.strain, cell.fit].filter(Boolean);
}
var review = (page2, { cells: cells2, answers, open: open2, back, send }) => () => {
  const items = cells2.flatMap(({ cell }) => itemsOf(cell));
  const done = items.filter((item) => answers[item.id]).length;
  const missed = cells2.map(({ cell }, at) => ({ cell, at })).filter(({ cell }) => itemsOf(cell).some((item) => !answers[item.id]));
  const summary = done === 0 ? "reviewNone" : done === items.length ? "reviewAll" : "reviewSome";
  return [
    el("h1", {}, page2.t("reviewTitle")),
    el("p", {}, page2.t(summary, { done, of: items.length })),
    missed.length > 0 && done > 0 ? el("h2", {}, page2.t("missed")) : "",
    missed.length > 0 && done > 0 ? el("ul", { class: "links" }, ...missed.map(({ cell, at }) => el("li", {}, button(titleOf(page2, cell), () => open2(at), { class: "plain" })))) : "",
    done > 0 ? el("p", {}, page2.t("editable")) : "",
    el(
      "div",
      { class: "actions pair" },
      button(page2.t("back"), back),
      done > 0 ? button(page2.t("send"), send, { class: "primary" }) : ""
    )
  ].filter(Boolean);
};

// src/month_text.js
var monthTexts = {
  da: {
    overviewTitle: "Fortæl anonymt: {month}",
    overviewText: "Hvad hjælper eller hæmmer i det digitale arbejde? Skolens {readers} læser det, når måneden er lukket. Systemet er bygget til ikke at vide, hvem der skrev.",
    left: "Du kan fortælle {left} oplevelser mere i {month}. Det ved kun denne browser.",
    leftOne: "Du kan fortælle én oplevelse mere i {month}. Det ved kun denne browser.",
    anotherDay: "Du har hentet alle månedens sedler på én gang, så ingen kan se, hvor meget du fortæller. Skriv gerne en anden dag end den, hvor du hentede dem: så siger tidspunktet endnu mindre.",
    tell: "Fortæl en oplevelse",
    tellMore: "Fortæl en oplevelse til",
    haveCode: "Jeg har en kode: ret eller træk noget tilbage",
    formTitle: "Fortæl en oplevelse",
    direction: "Hvad var det?",
    direction_gain: "Noget, der hjælper",
    direction_strain: "Noget, der hæmmer",
    told: "Hvad skete der?",
    toldHint: "Højst {longest} tegn. Skriv ikke navne eller noget, som kun du kan vide. Teksten er kun her på siden, til du sender den.",
    charactersLeft: "{left} tegn tilbage",
    technology: "Hvilken teknologi? (valgfrit)",
    technologyNone: "Ingen bestemt",
    cells: "Hvad rører det ved? (valgfrit, højst {most})",
    check: "Se, hvad der sendes",
    directionMissing: "Vælg, om det hjælper eller hæmmer.",
    toldMissing: "Skriv, hvad der skete.",
    toldLong: "Teksten er for lang: højst {longest} tegn.",
    cellsMany: "Vælg højst {most}.",
    checkTitle: "Det her bliver læst",
    checkText: "Sådan ser {readers} det, når måneden er lukket. De kan ikke se, hvem du er, hvornår du skrev, eller hvad du ellers har fortalt.",
    maskedText: "Noget ligner et CPR-nummer, en e-mailadresse, et telefonnummer eller et navn. Det er skjult.",
    styleText: "Ingen kan skjule, hvordan du skriver. Den, der kender dig, kan måske gætte dig på ordene eller på det, der skete. Er det for følsomt, så brug den fortrolige vej til TR eller AMR i Guldkorn.",
    change: "Ret",
    sendTold: "Send oplevelsen",
    replyTitle: "Er der et svar til mig?",
    replyFetch: "Hent svaret",
    repliedTitle: "Svar fra skolens repræsentanter",
    repliedText: "Du kan ikke svare igen her. Vil du det, så brug den fortrolige vej til TR eller AMR i Guldkorn. Der ved de, hvem du er.",
    noReplyTitle: "Der er ikke noget svar endnu",
    noReplyText: "Det, koden hører til, er ikke besvaret, eller koden hører til en anden måned. Kig igen senere. Alt om måneden slettes 90 dage efter, at den lukkede.",
    gone: "Der er gået mere end 90 dage. Oplevelser og svar er slettet.",
    month_sameDevice: "Dine sedler ligger i denne browser. Mister du dem, kommer der nye i næste måned.",
    month_readyText: "Du kan fortælle fra {opens}. Kom tilbage gennem Guldkorn i den samme browser.",
    month_notLasting: "Denne browser gemmer ikke noget. Fortæl, før du lukker siden.",
    month_doneTitle: "Tak. Din oplevelse er gemt.",
    month_withdrawnTitle: "Din oplevelse er trukket tilbage",
    month_withdrawnText: "Der ligger ikke længere noget. Du kan skrive igen til og med {closes}.",
    month_codeLabel: "Oplevelsens kode",
    month_codeText: "Skriv den ned. Med koden kan du rette eller trække oplevelsen tilbage til og med {closes}, og bagefter læse et svar. Koden findes ikke andre steder, og ingen kan finde den for dig.",
    month_codeDevice: "Uden koden kan ingen læse oplevelsen på denne enhed, heller ikke den næste, der bruger den.",
    month_resultsOn: "Svaret henter du på samme side. Der er link til den i Guldkorn under »Fortæl anonymt«.",
    month_edit: "Ret oplevelsen",
    month_withdraw: "Træk oplevelsen tilbage",
    month_confirmText: "Vil du trække oplevelsen tilbage? Du kan skrive igen bagefter.",
    month_hashText: "Når måneden er lukket, kan du her på siden se efter, om oplevelsen med kontroltallet er afleveret. Denne browser husker det for dig. Kontroltallet siger ikke, hvad du skrev.",
    month_lockedTitle: "Har du en kode?",
    month_lockedText: "Dine sedler for {month} er brugt eller hentet på en anden enhed. Skriv koden fra en kvittering, hvis du vil rette eller trække noget tilbage. På en anden enhed end den, du skrev på, begynder teksten forfra: den kan ingen hente.",
    month_unlock: "Åbn oplevelsen",
    month_waitingOpen: "Stemmeboksen svarer ikke lige nu. Det, du har skrevet, er kun her på siden. Luk den ikke. Vi prøver igen om {seconds} sekunder.",
    month_comeTitle: "Åbn siden fra Guldkorn",
    month_comeText: "Stemmeboksen kender dig ikke og har ingen login. Du får dine sedler ved at gå ind gennem »Fortæl anonymt« i Guldkorn.",
    month_closedTitle: "Måneden er lukket: {month}",
    month_closedText: "Der kan ikke fortælles mere i den. Det, denne enhed huskede om måneden, er slettet, undtagen kontroltal.",
    month_bulletinTitle: "Er min oplevelse afleveret?",
    month_bulletinText: "For hver oplevelse står der et kontroltal på et opslag. Det er blandet med tal, der ikke står for noget, så ingen kan se, hvor mange der har fortalt.",
    month_ownCounted: "Oplevelsen fra denne enhed med kontroltallet {hash} er afleveret.",
    month_ownMissing: "Oplevelsen fra denne enhed med kontroltallet {hash} er ikke afleveret. Har du rettet den på en anden enhed, gælder kontroltallet der. Ellers sig det til din TR eller AMR.",
    month_hashHint: "De 20 tegn fra din kvittering. De gælder den oplevelse, du sendte sidst med koden.",
    month_hashCounted: "Ja. Den oplevelse er afleveret.",
    month_hashMissing: "Nej. Den oplevelse er ikke afleveret. Har du rettet den senere, gælder det seneste kontroltal. Ellers sig det til din TR eller AMR.",
    month_unknownTitle: "Måneden findes ikke",
    month_unknownText: "Stemmeboksen kender ikke måneden. Åbn siden igen fra Guldkorn.",
    month_expiredText: "Den varer kun et kvarter. Gå ind igen gennem »Fortæl anonymt« i Guldkorn.",
    month_listText: "Stemmeboksens nøgler er ikke dem, som din billet siger. Så kunne en oplevelse måske kendes igen. Skriv ikke, og sig det til din TR eller AMR.",
    month_exhaustedTitle: "Der er ikke flere sedler",
    month_exhaustedText: "Der er hentet så mange sedler, som skolens ansatte har tilsammen. Sig det til din TR eller AMR.",
    month_brokenText: "Stemmeboksen tog ikke imod det ({code}). Gå ind igen gennem »Fortæl anonymt« i Guldkorn.",
    month_promise: "Din leder og din kommune ser ikke, hvad du fortæller, og systemet er bygget til ikke at vide, at det er dig. Stemmeboksen og resten af Guldkorn drives af den samme organisation. Derfor hviler løftet også på, at den følger reglerne.",
    month_promiseSplit: "Din leder, din kommune, din fagforening og de mennesker, der driver systemet, kan ikke finde ud af, hvad du har fortalt. Stemmeboksen drives af {host}, som er en anden end den, der driver resten af Guldkorn.",
    month_who: [
      "Det, du skriver, forsegles i din browser, før det sendes. Nøglen bruges først, når måneden er lukket.",
      "Guldkorn ved, hvem der kan hente sedler, og ikke, hvem der har fortalt noget. Listen laves, når måneden begynder. En TR eller AMR, der læser, har set den og skrevet under på den og på stemmeboksens nøgler. Ledere er ikke på den.",
      "Sedlerne er underskrevet, uden at underskriveren så dem. Indtil måneden lukker, ved stemmeboksen, at der er hentet sedler til dig. Den kan ikke se, hvad der er dit.",
      "Oplevelserne blandes ved lukning, og stemmeboksen sletter sine nøgler og den fil, de kom i. Indtil da viser filen, i hvilken rækkefølge de forseglede oplevelser kom.",
      "Kun skolens {readers} læser dem. Ingen leder ser hverken tekst eller antal, og der laves ingen tal af det.",
      "Mindst {means} medarbejdere skal kunne fortælle. Det gælder, også når kun én har gjort det: så ved læseren, at det er én af jer, og ikke, hvem. Men ord, stil og det, der skete, kan få nogen til at gætte. Det kan ingen forhindre.",
      "CPR-numre, e-mailadresser og telefonnumre skjules, før nogen læser det. Oplevelser og svar slettes 90 dage efter lukning.",
      "Den, der styrer både stemmeboksen og resten og bryder reglerne, mens måneden er åben, ville kunne lære mere, end den må.",
      "Den, der driver en arbejdscomputer, kan måske se dens skærm: brug gerne din egen telefon."
    ],
    month_contractTitle: "Det gælder for måneden",
    month_breakdowns: "Der laves ingen tal og ingen opdeling af det, der bliver fortalt.",
    month_noReaders: "Det læses af skolens {readers} og ingen andre.",
    month_contractHash: "Kontrolsum for det, der er lovet: {hash}"
  },
  en: {
    overviewTitle: "Tell anonymously: {month}",
    overviewText: "What helps or hinders in digital work? The school’s {readers} read it once the month is closed. The system is built not to know who wrote.",
    left: "You can tell {left} more experiences in {month}. Only this browser knows that.",
    leftOne: "You can tell one more experience in {month}. Only this browser knows that.",
    anotherDay: "You have fetched all slips of the month at once, so that nobody can see how much you tell. Better write on another day than the one on which you fetched them: then the time says even less.",
    tell: "Tell an experience",
    tellMore: "Tell another experience",
    haveCode: "I have a code: change or withdraw something",
    formTitle: "Tell an experience",
    direction: "What was it?",
    direction_gain: "Something that helps",
    direction_strain: "Something that hinders",
    told: "What happened?",
    toldHint: "At most {longest} characters. Write no names and nothing that only you can know. The text is on this page alone until you send it.",
    charactersLeft: "{left} characters left",
    technology: "Which technology? (optional)",
    technologyNone: "None in particular",
    cells: "What does it touch? (optional, at most {most})",
    check: "See what is sent",
    directionMissing: "Choose whether it helps or hinders.",
    toldMissing: "Write what happened.",
    toldLong: "The text is too long: at most {longest} characters.",
    cellsMany: "Choose at most {most}.",
    checkTitle: "This will be read",
    checkText: "This is how {readers} see it once the month is closed. They cannot see who you are, when you wrote, or what else you have told.",
    maskedText: "Something looks like a personal number, an e-mail address, a phone number or a name. It is hidden.",
    styleText: "Nobody can hide how you write. Somebody who knows you may guess you by your words or by what happened. If it is too sensitive, use the confidential way to TR or AMR in Guldkorn.",
    change: "Change",
    sendTold: "Send the experience",
    replyTitle: "Is there an answer for me?",
    replyFetch: "Fetch the answer",
    repliedTitle: "Answer from the school’s representatives",
    repliedText: "You cannot write back here. If you want to, use the confidential way to TR or AMR in Guldkorn. There they know who you are.",
    noReplyTitle: "There is no answer yet",
    noReplyText: "What the code belongs to has not been answered, or the code belongs to another month. Look again later. Everything about the month is deleted 90 days after it closed.",
    gone: "More than 90 days have passed. Experiences and answers are deleted.",
    month_sameDevice: "Your slips are in this browser. If you lose them, there are new ones next month.",
    month_readyText: "You can tell from {opens}. Come back through Guldkorn in the same browser.",
    month_notLasting: "This browser keeps nothing. Tell before you close the page.",
    month_doneTitle: "Thank you. Your experience is kept.",
    month_withdrawnTitle: "Your experience is withdrawn",
    month_withdrawnText: "Nothing is there any more. You can write again until {closes}, that day included.",
    month_codeLabel: "The code of the experience",
    month_codeText: "Write it down. With the code you can change or withdraw the experience until {closes}, and afterwards read an answer. The code is nowhere else, and nobody can find it for you.",
    month_codeDevice: "Without the code nobody can read the experience on this device, not even the next one who uses it.",
    month_resultsOn: "You fetch the answer on the same page. Guldkorn links to it under “Tell anonymously”.",
    month_edit: "Change the experience",
    month_withdraw: "Withdraw the experience",
    month_confirmText: "Do you want to withdraw the experience? You can write again afterwards.",
    month_hashText: "Once the month is closed you can check on this page whether the experience with the checksum was handed over. This browser remembers it for you. The checksum does not say what you wrote.",
    month_lockedTitle: "Do you have a code?",
    month_lockedText: "Your slips for {month} are used or were fetched on another device. Type the code of a receipt if you want to change or withdraw something. On another device than the one you wrote on, the text begins anew: nobody can fetch it.",
    month_unlock: "Open the experience",
    month_waitingOpen: "The ballot box does not answer right now. What you have written is on this page alone. Do not close it. We try again in {seconds} seconds.",
    month_comeTitle: "Open the page from Guldkorn",
    month_comeText: "The ballot box does not know you and has no sign-in. You get your slips by going through “Tell anonymously” in Guldkorn.",
    month_closedTitle: "The month is closed: {month}",
    month_closedText: "Nothing more can be told in it. What this device remembered of the month is deleted, but for checksums.",
    month_bulletinTitle: "Was my experience handed over?",
    month_bulletinText: "For each experience a checksum is on a bulletin. It is mixed with numbers that stand for nothing, so that nobody can see how many have told something.",
    month_ownCounted: "The experience from this device with the checksum {hash} was handed over.",
    month_ownMissing: "The experience from this device with the checksum {hash} was not handed over. If you changed it on another device, the checksum there counts. Otherwise tell your TR or AMR.",
    month_hashHint: "The 20 characters of your receipt. They are of the experience that you sent last with the code.",
    month_hashCounted: "Yes. That experience was handed over.",
    month_hashMissing: "No. That experience was not handed over. If you changed it later, the latest checksum counts. Otherwise tell your TR or AMR.",
    month_unknownTitle: "There is no such month",
    month_unknownText: "The ballot box does not know the month. Open the page from Guldkorn again.",
    month_expiredText: "It lasts a quarter of an hour. Go through “Tell anonymously” in Guldkorn again.",
    month_listText: "The keys of the ballot box are not those that your ticket names. An experience might be recognised. Do not write, and tell your TR or AMR.",
    month_exhaustedTitle: "There are no more slips",
    month_exhaustedText: "As many slips have been fetched as the school’s staff have together. Tell your TR or AMR.",
    month_brokenText: "The ballot box did not take it ({code}). Go through “Tell anonymously” in Guldkorn again.",
    month_promise: "Your leader and your municipality do not see what you tell, and the system is built not to know that it is you. The ballot box and the rest of Guldkorn are run by the same organisation. So the promise also rests on its keeping the rules.",
    month_promiseSplit: "Your leader, your municipality, the union and the people who run this system cannot find out what you told. The ballot box is run by {host}, who is somebody else than those who run the rest of Guldkorn.",
    month_who: [
      "What you write is sealed in your browser before it is sent. The key is used only when the month is closed.",
      "Guldkorn knows who can fetch slips, and not who has told anything. The list is made when the month begins. A TR or AMR who reads has seen it, and has countersigned it and the keys of the ballot box. Leaders are not on it.",
      "The slips were signed without being seen by the signer. Until the month closes, the ballot box knows that slips were fetched for you. It cannot see what is yours.",
      "The experiences are mixed when the month closes, and the ballot box deletes its keys and the file in which they came. Until then the file shows in which order the sealed experiences came.",
      "Only the school’s {readers} read them. No leader sees texts or numbers, and no figures are made of it.",
      "At least {means} employees must be able to tell. That holds also when only one has: then the reader knows that it is one of you, and not who. But words, style and what happened may make somebody guess. Nobody can prevent that.",
      "Personal numbers, e-mail addresses and phone numbers are hidden before anybody reads it. Experiences and answers are deleted 90 days after the close.",
      "Somebody who controls both the ballot box and the rest, and breaks the rules while the month is open, could learn more than they may.",
      "Those who run a work computer may be able to see its screen: better use your own phone."
    ],
    month_contractTitle: "What holds for the month",
    month_breakdowns: "No figures and no breakdowns are made of what is told.",
    month_noReaders: "It is read by the school’s {readers} and nobody else.",
    month_contractHash: "The checksum of what is promised: {hash}"
  }
};

// src/paper_text.js
var paperTexts = {
  da: {
    paperTitle: "Svar på papir: {unit}",
    paperIntro: "To personer taster gruppens sedler ind, hver for sig. Svarene tæller, når I har tastet det samme. Rækkefølgen er lige meget.",
    paperSealed: "Det, du taster, forsegles i din browser, før det sendes. Stemmeboksen kan se, om I er enige, og ikke, hvad der står.",
    paperFirst: "Er du den første?",
    paperFirstText: "Så får du en kode. Skriv den på følgesedlen, så den anden kan bruge den. Den er nøglen til det, I taster, og skal ikke deles med andre.",
    paperNewCode: "Få en kode, og begynd",
    paperSecond: "Har I allerede en kode?",
    paperUseCode: "Brug koden",
    paperCodeLabel: "Jeres fælles kode",
    paperCodeText: "Skriv den på følgesedlen til den anden, der taster. Smid den væk, når I er færdige.",
    paperCount: "Sedler, du har tastet: {count}",
    paperOpen: "Seddel {n}: se eller ret",
    paperOpenWrong: "Seddel {n}: passer ikke med den andens. Se efter, og ret",
    paperAddFirst: "Tast den første seddel",
    paperAdd: "Tast en seddel til",
    paperSend: "Aflever mine sedler ({count})",
    paperCheck: "Se, om den anden er færdig",
    paperUntil: "I skal være enige, før runden lukker: {closes}, den dag med. Ellers tæller gruppens svar på papir ikke.",
    paperSending: "Forsegler og sammenligner …",
    paperWaiting: "Dine sedler er gemt. Nu skal den anden taste de samme sedler med den samme kode.",
    paperDiffers: "I har ikke tastet det samme endnu. Se på papiret, og ret det, der er forkert.",
    paperUnmatched: "Af dine sedler har den anden ikke disse: {papers}.",
    paperMissing: "Sedler, som den anden har, og du ikke har: {missing}.",
    paperTooMany: "Det er flere sedler, end der er folk, som svarer på papir i gruppen. Tæl dem, og se, om en er tastet to gange.",
    paperNumber: "Seddel {n}",
    paperRules: "Tast rækkerne, som de står på sedlen. Er der intet kryds i en række, eller flere end ét, lader du den være tom.",
    paperEmpty: "Tom",
    paperDrop: "Slet sedlen her",
    paperKeep: "Gem sedlen",
    paperCodeTitle: "Den anden har en anden kode",
    paperCodeOther: "Skriv den kode, som den anden bruger. Det, du har tastet, er ikke væk.",
    paperLost: "Er koden blevet væk?",
    paperLostText: "Så kan I fortsætte med din. Den anden skal da taste sine sedler igen med din kode.",
    paperAnew: "Fortsæt med min kode",
    paperAgreed: "I er enige",
    paperAgreedText: "Sedler fra {unit}, der er afleveret og tæller med: {count}. De ligger nu blandt de andre svar, og ingen kan se, hvilke der kom på papir.",
    paperDestroy: "Makulér sedlerne og følgesedlen med koden. Luk fanen.",
    paperDoneTitle: "Enhedens sedler er afleveret",
    paperDoneText: "To personer er blevet enige om dem. De kan ikke rettes mere.",
    paperVoters: "{count} i runden svarer på papir. Det er skrevet under sammen med listen."
  },
  en: {
    paperTitle: "Answers on paper: {unit}",
    paperIntro: "Two people enter the papers of the group, each for themselves. The answers count when you have entered the same. The order does not matter.",
    paperSealed: "What you enter is sealed in your browser before it is sent. The ballot box can see whether you agree, and not what it says.",
    paperFirst: "Are you the first?",
    paperFirstText: "Then you get a code. Write it on the cover sheet, so that the other person can use it. It is the key to what you enter, and not for anybody else.",
    paperNewCode: "Get a code and begin",
    paperSecond: "Do you have a code already?",
    paperUseCode: "Use the code",
    paperCodeLabel: "The code that you two share",
    paperCodeText: "Write it on the cover sheet for the other person. Throw it away when you are done.",
    paperCount: "Papers that you have entered: {count}",
    paperOpen: "Paper {n}: see or change",
    paperOpenWrong: "Paper {n}: does not fit the other person’s. Look again, and change it",
    paperAddFirst: "Enter the first paper",
    paperAdd: "Enter another paper",
    paperSend: "Hand in my papers ({count})",
    paperCheck: "See whether the other is done",
    paperUntil: "You have to agree before the round closes: {closes}, that day included. Otherwise the answers on paper of this group do not count.",
    paperSending: "Sealing and comparing …",
    paperWaiting: "Your papers are stored. Now the other person enters the same papers with the same code.",
    paperDiffers: "You have not entered the same yet. Look at the papers, and change what is wrong.",
    paperUnmatched: "Of your papers the other has not these: {papers}.",
    paperMissing: "Papers that the other has and you have not: {missing}.",
    paperTooMany: "These are more papers than there are people who answer on paper in the group. Count them, and see whether one was entered twice.",
    paperNumber: "Paper {n}",
    paperRules: "Enter the rows as they stand on the paper. If a row has no cross, or more than one, leave it empty.",
    paperEmpty: "Empty",
    paperDrop: "Delete this paper",
    paperKeep: "Keep the paper",
    paperCodeTitle: "The other person has another code",
    paperCodeOther: "Type the code that the other uses. What you have entered is not lost.",
    paperLost: "Is the code lost?",
    paperLostText: "Then you can go on with yours. The other has to enter their papers again with your code.",
    paperAnew: "Go on with my code",
    paperAgreed: "You agree",
    paperAgreedText: "Papers from {unit} that are handed in and count: {count}. They now lie among the other answers, and nobody can see which came on paper.",
    paperDestroy: "Shred the papers and the cover sheet with the code. Close the tab.",
    paperDoneTitle: "The papers of the group are handed in",
    paperDoneText: "Two people have agreed on them. They can no longer be changed.",
    paperVoters: "{count} in the round answer on paper. That is countersigned together with the list."
  }
};

// src/text.js
var texts = {
  da: {
    ...monthTexts.da,
    ...paperTexts.da,
    box: "Stemmeboks",
    otherLanguage: "English",
    loading: "Henter runden …",
    back: "Tilbage",
    next: "Næste",
    start: "Begynd",
    resume: "Fortsæt, hvor du slap",
    toPortal: "Til Guldkorn",
    tryNow: "Prøv nu",
    about: "Det handler om: {technology}",
    preparing: "Gør din stemmeseddel klar …",
    waiting: "Stemmeboksen svarer ikke lige nu. Vi prøver igen om {seconds} sekunder.",
    waitingSafe: "Stemmeboksen svarer ikke lige nu. Dine svar er gemt på denne enhed. Vi prøver igen om {seconds} sekunder.",
    waitingOpen: "Stemmeboksen svarer ikke lige nu. Dine svar er kun her på siden. Luk den ikke. Vi prøver igen om {seconds} sekunder.",
    trying: "Prøver igen …",
    readyTitle: "Din stemmeseddel er klar",
    readyText: "Du kan svare fra {opens} til og med {closes}. Kom tilbage gennem Guldkorn i den samme browser, eller gå videre på en anden enhed med din kode.",
    readyWhy: "Du har fået den nu og ikke først, når du svarer. Så kan tidspunktet ikke røbe, hvilket svar der er dit.",
    openUntil: "Du kan svare og rette til og med {closes}.",
    extended: "Runden er forlænget. Den skulle have lukket, når {before} var gået. Begrundelsen står på rundens side i Guldkorn.",
    wordsLabel: "Med ord fra hvilket arbejde?",
    wordsCommon: "Fælles ord",
    wordsHint: "Nogle spørgsmål findes i ord fra dit eget arbejde. Valget ændrer kun teksten her på siden. Det bliver hverken gemt eller sendt, så ingen kan se det på dit svar.",
    advance: "Gå videre af sig selv, når jeg har svaret på det hele med et tryk på skærmen",
    sameDevice: "Din stemmeseddel ligger i denne browser. Med din kode kan du hente den på en anden enhed, indtil runden lukker.",
    notLasting: "Denne browser gemmer ikke noget. Svar færdig, før du lukker siden.",
    progress: "Spørgsmål {at} af {of}",
    skip: "Du kan springe et spørgsmål over.",
    ownTheme: "Skolens egne spørgsmål",
    ownTitle: "Skolens spørgsmål {at}",
    own: "Det, skolen selv spørger om",
    helps: "Det, der hjælper",
    hinders: "Det, der hæmmer",
    fit: "Kravene til dig",
    ownWords: "Med dine egne ord",
    wordsRead: "Frivilligt. Kun {readers} læser det, uden navn på. Højst {limit} tegn.",
    wordsMasked: "Navne og numre er taget ud. Se, om det stadig siger det, du mener.",
    wordsTooLong: "Teksten er for lang. Æ, ø og å fylder to tegn.",
    and: "og",
    reviewTitle: "Klar til at sende",
    reviewAll: "Du har svaret på alle {of} spørgsmål.",
    reviewSome: "Du har svaret på {done} af {of} spørgsmål. Du kan gå tilbage til dem, du sprang over, eller sende, som det er.",
    reviewNone: "Du har ikke svaret på nogen spørgsmål endnu.",
    missed: "Sprunget over",
    send: "Send mine svar",
    sending: "Sender …",
    editable: "Du kan rette eller trække dit svar tilbage til og med {closes}. Det kræver den kode, du har skrevet ned.",
    doneTitle: "Tak. Dit svar er gemt.",
    withdrawnTitle: "Dit svar er trukket tilbage",
    withdrawnText: "Der ligger ikke længere noget svar fra dig. Du kan svare igen til og med {closes}.",
    codeLabel: "Din kode",
    codeText: "Med koden kan du rette dit svar til og med {closes}. Koden findes ikke andre steder, og ingen kan finde den for dig.",
    codeDevice: "Uden koden kan ingen se dit svar på denne enhed, heller ikke den næste, der bruger den.",
    copy: "Kopiér koden",
    copied: "Koden er kopieret.",
    edit: "Ret mit svar",
    withdraw: "Træk mit svar tilbage",
    withdrawing: "Trækker svaret tilbage …",
    confirmWithdraw: "Ja, træk det tilbage",
    confirmText: "Vil du trække dit svar tilbage? Du kan svare igen bagefter.",
    keep: "Nej, behold det",
    resultsOn: "Alle på arbejdspladsen kan se resultatet fra {visible}.",
    lockedTitle: "Du har allerede hentet din stemmeseddel",
    lockedText: "Skriv den kode, du fik dengang. Så kan du rette dit svar her eller gå videre med stemmesedlen fra en anden enhed. På en anden enhed begynder du forfra med spørgsmålene: dine svar kan ingen hente. Uden koden kan der ikke laves en ny stemmeseddel.",
    lockedHint: "25 tegn. Store og små bogstaver er lige gode.",
    unlock: "Åbn mit svar",
    wrongCode: "Koden passer ikke. Se efter, om den er skrevet rigtigt.",
    queue: "Mange henter stemmeseddel lige nu. Der er {ahead} før dig. Det bliver din tur om cirka {seconds} sekunder, og siden prøver selv igen.",
    writeTitle: "Skriv din kode ned",
    writeText: "Med koden kan du gå videre på en anden enhed og rette dit svar bagefter.",
    writeLost: "Koden findes kun her. Mister du den, kan du ikke få en ny stemmeseddel.",
    writeGo: "Jeg har skrevet koden ned",
    writeOther: "Jeg har allerede en kode",
    hashLabel: "Kontroltal",
    hashText: "Når runden er lukket, kan du her på siden se efter, om det svar, der har kontroltallet, er talt med. Denne browser husker det for dig. Kontroltallet siger ikke, hvad du svarede.",
    hashHint: "De 20 tegn fra din kvittering. De gælder det svar, du sendte sidst.",
    hashCheck: "Se efter",
    hashCounted: "Ja. Det svar er talt med.",
    hashMissing: "Nej. Det svar er ikke talt med. Har du rettet det senere, gælder det seneste kontroltal. Ellers sig det til din TR eller AMR.",
    hashWrong: "Det er ikke et helt kontroltal.",
    bulletinTitle: "Er mit svar talt med?",
    bulletinText: "Stemmeboksen har talt {count} svar. For hvert af dem står der et kontroltal på et opslag, som alle kan se.",
    bulletinForeign: "Opslaget er ikke skrevet under af stemmeboksen. Sig det til din TR eller AMR.",
    bulletinBatch: "Kontroltal for alle svar tilsammen:",
    ownCounted: "Svaret fra denne enhed med kontroltallet {hash} er talt med.",
    ownMissing: "Svaret fra denne enhed med kontroltallet {hash} er ikke talt med. Har du rettet det på en anden enhed, gælder kontroltallet der. Ellers sig det til din TR eller AMR.",
    program: "Programmets kontroltal:",
    sums: "alle filer",
    boxKey: "Stemmeboksens nøgle:",
    promiseSplit: "Din leder, din kommune, din fagforening og de mennesker, der driver systemet, kan ikke finde ud af, hvad du svarede. Stemmeboksen drives af {host}, som er en anden end den, der driver resten af Guldkorn.",
    comeTitle: "Åbn runden fra Guldkorn",
    comeText: "Stemmeboksen kender dig ikke og har ingen login. Du får din stemmeseddel ved at åbne runden fra Guldkorn.",
    closedTitle: "Runden er lukket",
    closedText: "Der kan ikke svares mere. Det, denne enhed huskede om runden, er slettet, undtagen kontroltallet.",
    unknownTitle: "Runden findes ikke",
    unknownText: "Stemmeboksen kender ikke runden. Åbn den igen fra Guldkorn.",
    expiredTitle: "Billetten gælder ikke mere",
    expiredText: "Den varer kun et kvarter. Åbn runden igen fra Guldkorn, så går det videre, hvor du slap.",
    listTitle: "Noget passer ikke. Du er blevet stoppet, for din egen skyld.",
    listText: "Stemmeboksens nøgler er ikke dem, som din billet siger. Så kunne et svar måske kendes igen. Svar ikke, og sig det til din TR eller AMR.",
    oldTitle: "Browseren er for gammel",
    oldText: "Den kan ikke forsegle et svar. Brug en nyere udgave af Firefox, Safari, Chrome eller Edge.",
    exhaustedTitle: "Der er ikke flere stemmesedler",
    exhaustedText: "Der er udleveret lige så mange stemmesedler, som der er ansatte i din enhed eller faggruppe. Sig det til din TR eller AMR.",
    brokenTitle: "Det lykkedes ikke",
    brokenText: "Stemmeboksen tog ikke imod det ({code}). Åbn runden igen fra Guldkorn. Dine svar er gemt på denne enhed.",
    whoTitle: "Hvem kan se hvad?",
    promise: "Din leder og din kommune ser ikke, hvad du svarede, og systemet er bygget til ikke at vide det. Stemmeboksen og resten af Guldkorn drives af den samme organisation. Derfor hviler løftet også på, at den følger reglerne.",
    who: [
      "Dit svar forsegles i din browser, før det sendes. Nøglen til det ligger hos den beregning, der laver resultatet, og bruges først, når runden er lukket.",
      "Guldkorn ved, hvem der må svare, men ikke, hvem der har svaret.",
      "En TR eller AMR har set, hvem der kan svare, og skrevet under på listen og stemmeboksens nøgler.",
      "Din stemmeseddel er underskrevet, uden at underskriveren så den. Indtil runden lukker, ved stemmeboksen, at der er hentet en stemmeseddel til dig. Den kan ikke se, hvilket svar der er dit.",
      "Kuverten bliver forseglet en gang til, til stemmeboksen, så nettet på vejen ikke kan se, hvad der sker med hvilket svar.",
      "Svarene blandes ved lukning, og stemmeboksen sletter sine nøgler og den fil, svarene kom i. Indtil da viser filen, i hvilken rækkefølge de forseglede svar kom.",
      "Resultater vises kun for mindst {means} svar, og fordelinger kun for mindst {distributions}. Ellers står der »For få svar«.",
      "Leder, TR og AMR ser resultatet i samme minut. Alle ser det fra {visible}.",
      "Stemmeboksen gemmer ikke din adresse på nettet, din browser eller noget tidspunkt.",
      "Den, der styrer både stemmeboksen og beregningen og bryder reglerne, mens runden er åben, ville kunne lære mere, end den må.",
      "Indtil du sender, ligger dine svar i denne browser. Bagefter er de låst med din kvitteringskode. Den, der driver en arbejdscomputer, kan måske se dens skærm: brug gerne din egen telefon."
    ],
    contractTitle: "Aftalen om runden",
    boxSingle: "Stemmeboksen drives af {name}, som også driver resten af Guldkorn.",
    boxSplit: "Stemmeboksen drives af {name}. Resten af Guldkorn drives af andre.",
    byUnit: "Resultatet deles op efter enhed og ikke efter andet.",
    byStaffGroup: "Resultatet deles op efter faggruppe og ikke efter andet.",
    readers: "Det, du skriver med dine egne ord, læser kun {readers}, og kun hvis mindst {distributions} har svaret. De ser ikke, hvem der skrev, eller hvad du ellers svarede. Andre ser kun deres omskrivning af det, som mindst tre har skrevet. Efter 90 dage slettes det.",
    noReaders: "Runden har ingen felter til fri tekst.",
    reader_tr: "TR",
    reader_amr: "AMR",
    reader_text_reader: "tekstlæseren",
    agreed: "Aftalt i {forum} den {on}.",
    tightened: "Aftalen er gjort strengere, efter at runden blev meldt ud.",
    contractHash: "Aftalens kontrolsum, som også står på rundens side i Guldkorn: {hash}"
  },
  en: {
    ...monthTexts.en,
    ...paperTexts.en,
    box: "Ballot box",
    otherLanguage: "Dansk",
    loading: "Fetching the round …",
    back: "Back",
    next: "Next",
    start: "Begin",
    resume: "Go on where you left",
    toPortal: "To Guldkorn",
    tryNow: "Try now",
    about: "It is about: {technology}",
    preparing: "Making your ballot ready …",
    waiting: "The ballot box does not answer right now. We try again in {seconds} seconds.",
    waitingSafe: "The ballot box does not answer right now. Your answers are kept on this device. We try again in {seconds} seconds.",
    waitingOpen: "The ballot box does not answer right now. Your answers are on this page only. Do not close it. We try again in {seconds} seconds.",
    trying: "Trying again …",
    readyTitle: "Your ballot is ready",
    readyText: "You can answer from {opens} until {closes}, that day included. Come back through Guldkorn in the same browser, or go on with your code on another device.",
    readyWhy: "You got it now and not only when you answer. So the time cannot give away which answer is yours.",
    openUntil: "You can answer and change your answer until {closes}, that day included.",
    extended: "The round has been extended. It should have closed at the end of {before}. The reason is on the page of the round in Guldkorn.",
    wordsLabel: "In words from which work?",
    wordsCommon: "Common words",
    wordsHint: "Some questions exist in words from your own work. The choice changes only the text on this page. It is neither kept nor sent, so nobody can tell it from your answer.",
    advance: "Go on by itself when I have answered everything by touching the screen",
    sameDevice: "Your ballot is in this browser. With your code you can fetch it on another device until the round closes.",
    notLasting: "This browser keeps nothing. Finish before you close the page.",
    progress: "Question {at} of {of}",
    skip: "You may skip a question.",
    ownTheme: "The school’s own questions",
    ownTitle: "Question {at} of the school",
    own: "What the school itself asks",
    helps: "What helps",
    hinders: "What hinders",
    fit: "The demands on you",
    ownWords: "In your own words",
    wordsRead: "Optional. Only {readers} read it, without a name. At most {limit} characters.",
    wordsMasked: "Names and numbers are taken out. See whether it still says what you mean.",
    wordsTooLong: "The text is too long. Letters such as æ, ø and å count as two characters.",
    and: "and",
    reviewTitle: "Ready to send",
    reviewAll: "You have answered all {of} questions.",
    reviewSome: "You have answered {done} of {of} questions. You can go back to those you skipped, or send it as it is.",
    reviewNone: "You have not answered any question yet.",
    missed: "Skipped",
    send: "Send my answers",
    sending: "Sending …",
    editable: "You can change or withdraw your answer until {closes}, that day included. It takes the code that you wrote down.",
    doneTitle: "Thank you. Your answer is stored.",
    withdrawnTitle: "Your answer is withdrawn",
    withdrawnText: "There is no answer of yours any more. You can answer again until {closes}, that day included.",
    codeLabel: "Your code",
    codeText: "With the code you can change your answer until {closes}, that day included. The code is nowhere else, and nobody can find it for you.",
    codeDevice: "Without the code nobody can see your answer on this device, not even the next one to use it.",
    copy: "Copy the code",
    copied: "The code is copied.",
    edit: "Change my answer",
    withdraw: "Withdraw my answer",
    withdrawing: "Withdrawing the answer …",
    confirmWithdraw: "Yes, withdraw it",
    confirmText: "Do you want to withdraw your answer? You can answer again afterwards.",
    keep: "No, keep it",
    resultsOn: "Everybody at the workplace can see the results from {visible}.",
    lockedTitle: "You have fetched your ballot already",
    lockedText: "Type the code that you got then. With it you can change your answer here, or go on with the ballot of another device. On another device you begin the questions anew: nobody can fetch your answers. Without the code no new ballot can be made.",
    lockedHint: "25 characters. Capital and small letters are equally good.",
    unlock: "Open my answer",
    wrongCode: "The code does not fit. Check that it is written correctly.",
    queue: "Many are fetching ballots right now. There are {ahead} before you. It is your turn in about {seconds} seconds, and the page tries again by itself.",
    writeTitle: "Write your code down",
    writeText: "With the code you can go on with another device, and change your answer afterwards.",
    writeLost: "The code is only here. If you lose it, you cannot get another ballot.",
    writeGo: "I have written the code down",
    writeOther: "I have a code already",
    hashLabel: "Checksum",
    hashText: "When the round is closed, you can check on this page that the answer with this checksum is counted. This browser remembers it for you. The checksum does not say what you answered.",
    hashHint: "The 20 characters of your receipt. They belong to the answer that you sent last.",
    hashCheck: "Check",
    hashCounted: "Yes. That answer is counted.",
    hashMissing: "No. That answer is not counted. If you changed it later, the latest checksum counts. Otherwise tell your TR or AMR.",
    hashWrong: "That is not a whole checksum.",
    bulletinTitle: "Is my answer counted?",
    bulletinText: "The ballot box has counted {count} answers. For each of them a checksum is on a bulletin that everybody can see.",
    bulletinForeign: "The bulletin is not signed by the ballot box. Tell your TR or AMR.",
    bulletinBatch: "Checksum of all answers together:",
    ownCounted: "The answer from this device with the checksum {hash} is counted.",
    ownMissing: "The answer from this device with the checksum {hash} is not counted. If you changed it on another device, the checksum there counts. Otherwise tell your TR or AMR.",
    program: "Checksum of the program:",
    sums: "all files",
    boxKey: "Key of the ballot box:",
    promiseSplit: "Your leader, your municipality, the union and the people who run this system cannot find out what you answered. The ballot box is run by {host}, who is somebody else than those who run the rest of Guldkorn.",
    comeTitle: "Open the round from Guldkorn",
    comeText: "The ballot box does not know you and has no sign-in. You get your ballot by opening the round from Guldkorn.",
    closedTitle: "The round is closed",
    closedText: "No more answers are taken. What this device remembered of the round is deleted, but for the checksum.",
    unknownTitle: "There is no such round",
    unknownText: "The ballot box does not know the round. Open it from Guldkorn again.",
    expiredTitle: "The ticket is no longer valid",
    expiredText: "It lasts a quarter of an hour. Open the round from Guldkorn again, and you go on where you left.",
    listTitle: "Something does not fit. You have been stopped, for your own sake.",
    listText: "The keys of the ballot box are not those that your ticket names. An answer might be recognised. Do not answer, and tell your TR or AMR.",
    oldTitle: "The browser is too old",
    oldText: "It cannot seal an answer. Use a newer version of Firefox, Safari, Chrome or Edge.",
    exhaustedTitle: "There are no more ballots",
    exhaustedText: "As many ballots as your unit or staff group has staff have been handed out. Tell your TR or AMR.",
    brokenTitle: "That did not work",
    brokenText: "The ballot box did not take it ({code}). Open the round from Guldkorn again. Your answers are kept on this device.",
    whoTitle: "Who can see what?",
    promise: "Your leader and your municipality do not see, and the system is built not to know, what you answered. The ballot box and the rest of Guldkorn are run by the same organisation. So the promise also rests on its keeping the rules.",
    who: [
      "Your answer is sealed in your browser before it is sent. The key to it is with the calculation that makes the results, and is used only when the round is closed.",
      "Guldkorn knows who may answer, but not who has answered.",
      "A TR or AMR has seen who can answer, and has countersigned the list and the keys of the ballot box.",
      "Your ballot was signed without being seen by the signer. Until the round closes, the ballot box knows that a ballot was fetched for you. It cannot see which answer is yours.",
      "The envelope is sealed once more, to the ballot box, so that the network on the way cannot see what happens to which answer.",
      "The answers are mixed when the round closes, and the ballot box deletes its keys and the file in which the answers came. Until then the file shows in which order the sealed answers came.",
      "Results are shown for at least {means} answers only, and distributions for at least {distributions}. Otherwise it says “Too few answers”.",
      "Leader, TR and AMR see the results at the same minute. Everybody sees them from {visible}.",
      "The ballot box keeps neither your network address nor your browser nor any time.",
      "Somebody who controls both the ballot box and the calculation, and breaks the rules while the round is open, could learn more than they may.",
      "Until you send them, your answers are in this browser. Afterwards they are locked with your receipt code. Those who run a work computer may be able to see its screen: better use your own phone."
    ],
    contractTitle: "The agreement about the round",
    boxSingle: "The ballot box is run by {name}, which also runs the rest of Guldkorn.",
    boxSplit: "The ballot box is run by {name}. The rest of Guldkorn is run by others.",
    byUnit: "The results are broken down by unit and by nothing else.",
    byStaffGroup: "The results are broken down by staff group and by nothing else.",
    readers: "What you write in your own words is read by {readers} alone, and only if at least {distributions} have answered. They see neither who wrote it nor what else you answered. Others see only their paraphrase of what at least three have written. It is deleted after 90 days.",
    noReaders: "The round has no fields for free text.",
    reader_tr: "TR",
    reader_amr: "AMR",
    reader_text_reader: "the text reader",
    agreed: "Agreed in {forum} on {on}.",
    tightened: "The agreement was made stricter after the round was announced.",
    contractHash: "The checksum of the agreement, which is also on the page of the round in Guldkorn: {hash}"
  }
};
function both(key, values) {
  return { da: fill(texts.da[key], values), en: fill(texts.en[key], values) };
}
function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// src/screens.js
var Page = class {
  constructor(language2) {
    this.language = language2;
    this.form = void 0;
    this.advances = true;
    this.words = "";
    this.main = document.getElementById("main");
    this.status = document.getElementById("status");
    this.current = () => [el("h1", {}, this.t("loading"))];
    this.frame();
  }
  /** A text of the page in the chosen language, with the round's dates and thresholds filled in. */
  t(key, values = {}) {
    return fill(this.wordsUnder(key), { ...this.facts(), ...values });
  }
  list(key) {
    return this.wordsUnder(key).map((text) => fill(text, this.facts()));
  }
  /** The words under a key: those of a month, where it has other words than a round. */
  wordsUnder(key) {
    const all = texts[this.language];
    return this.form?.kind === "month" && all["month_" + key] || all[key];
  }
  /** A text of the round, which carries both languages. */
  own(text) {
    return text[this.language] ?? text.da ?? "";
  }
  /** A statement in the chosen words. */
  statement(item) {
    return this.own(item.variants?.[this.words] ?? item);
  }
  facts() {
    const f = this.form;
    if (!f) return {};
    const date = (d) => dateIn(this.language, d);
    return {
      opens: date(f.opens_on),
      closes: date(f.closes_on),
      visible: f.visible_to_all_on ? date(f.visible_to_all_on) : "",
      month: f.kind === "month" ? monthIn(this.language, f.closes_on) : "",
      readers: (f.contract?.text_readers ?? []).map((role) => this.wordsUnder("reader_" + role)).join(` ${this.wordsUnder("and")} `),
      means: f.thresholds.means,
      distributions: f.thresholds.distributions,
      technology: f.technology_name ?? ""
    };
  }
  frame() {
    document.documentElement.lang = this.language;
    document.getElementById("box").textContent = this.t("box");
    const other = this.language === "da" ? "en" : "da";
    const change = button(this.t("otherLanguage"), () => this.speak(other), { class: "plain", lang: other, id: "language" });
    document.getElementById("language").replaceWith(change);
    if (this.about) this.foot(this.about);
  }
  speak(language2) {
    this.language = language2;
    history.replaceState(null, "", location.pathname + "#lang=" + language2);
    this.frame();
    this.draw(false);
    document.getElementById("language").focus();
  }
  /** Says at the foot which program this is, for those who compare. */
  foot(about) {
    this.about = about;
    document.getElementById("program").replaceChildren(
      el("span", {}, this.t("program")),
      " ",
      el("code", {}, about.program),
      " · ",
      el("a", { href: "/static/SHA256SUMS" }, this.t("sums")),
      " · ",
      el("span", {}, this.t("boxKey")),
      " ",
      el("code", {}, about.fingerprint)
    );
  }
  /** Goes to a screen; its heading takes the focus, so that it is read aloud. */
  show(screen) {
    this.current = screen;
    this.say("");
    this.draw(true);
  }
  draw(move) {
    this.main.replaceChildren(...this.current());
    const heading2 = this.main.querySelector("h1");
    document.title = heading2.textContent + " · " + this.t("box");
    if (move) {
      heading2.tabIndex = -1;
      heading2.focus();
      window.scrollTo(0, 0);
    }
  }
  /** Says something politely, without moving anybody. */
  say(text) {
    this.status.textContent = text;
  }
};
var message = (page2, title, ...keys) => () => [
  el("h1", {}, page2.t(title)),
  ...keys.map((key) => el("p", {}, typeof key === "string" ? page2.t(key) : page2.t(...key))),
  toPortal(page2)
];
function toPortal(page2) {
  if (!page2.form) return "";
  return el("p", {}, el("a", { href: page2.form.portal_url, rel: "noreferrer" }, page2.t("toPortal")));
}
var waiting = (page2, title) => () => [el("h1", {}, page2.t(title)), el("div", { id: "retry" })];
var start = (page2, { ready, begun, lasting, begin: begin2 }) => () => [
  el("h1", {}, ready ? page2.t("readyTitle") : page2.own(page2.form.title)),
  ready ? el("p", { class: "lead" }, page2.own(page2.form.title)) : "",
  page2.form.technology_name ? el("p", {}, page2.t("about")) : "",
  ready ? el("p", {}, page2.t("readyText")) : el("p", {}, page2.own(page2.form.instrument.intro)),
  ready ? el("p", {}, page2.t("readyWhy")) : el("p", {}, page2.t("openUntil"), " ", page2.t("skip")),
  page2.form.announced_closes_on ? el("p", { class: "notice", id: "extended" }, page2.t("extended", { before: dateIn(page2.language, page2.form.announced_closes_on) })) : "",
  el("p", { class: "notice" }, page2.t(lasting ? "sameDevice" : "notLasting")),
  ...ready ? [] : [...wordsOf(page2), advancing(page2)],
  ready ? "" : el("p", { class: "actions" }, button(page2.t(begun ? "resume" : "start"), begin2, { class: "primary" })),
  ...whoCanSeeWhat(page2),
  toPortal(page2)
].filter(Boolean);
var writeDown = (page2, { code, go, other }) => () => [
  el("h1", {}, page2.t("writeTitle")),
  el("p", {}, page2.t("writeText")),
  el("p", { id: "code-label" }, page2.t("codeLabel")),
  el("p", { class: "code", id: "code", "aria-labelledby": "code-label code", translate: "no" }, code),
  copyCode(page2, code),
  el("p", { class: "notice" }, page2.t("writeLost")),
  el("div", { class: "actions" }, button(page2.t("writeGo"), go, { class: "primary" })),
  el("p", {}, button(page2.t("writeOther"), other, { class: "plain" }))
];
function copyCode(page2, code) {
  return el("p", { class: "actions" }, button(page2.t("copy"), () => {
    navigator.clipboard.writeText(code).then(
      () => page2.say(page2.t("copied")),
      () => getSelection().selectAllChildren(document.getElementById("code"))
    );
  }));
}
function whoCanSeeWhat(page2) {
  const box = page2.form.contract?.ballot_box;
  return [
    el("h2", {}, page2.t("whoTitle")),
    el("p", { class: "promise" }, page2.t(box?.trust === "split" ? "promiseSplit" : "promise", { host: box?.name })),
    el("ul", {}, ...page2.list("who").map((text) => el("li", {}, text))),
    ...contract(page2)
  ];
}
function wordsOf(page2) {
  const groups = page2.form.instrument.staff_groups ?? [];
  if (groups.length === 0) return [];
  const choice = (value, text) => el("option", { value, selected: page2.words === value }, text);
  return [
    el(
      "p",
      {},
      el("label", { for: "words" }, page2.t("wordsLabel")),
      el(
        "select",
        { id: "words", autocomplete: "off", "aria-describedby": "words-hint", onchange: (event) => {
          page2.words = event.target.value;
        } },
        choice("", page2.t("wordsCommon")),
        ...groups.map((group2) => choice(group2.id, page2.own(group2)))
      )
    ),
    el("p", { class: "quiet", id: "words-hint" }, page2.t("wordsHint"))
  ];
}
function advancing(page2) {
  if (!matchMedia("(any-pointer: coarse)").matches) return "";
  const input = el("input", {
    type: "checkbox",
    id: "advance",
    autocomplete: "off",
    checked: page2.advances,
    onchange: () => {
      page2.advances = input.checked;
    }
  });
  return el("p", {}, el("label", { class: "option" }, input, el("span", {}, page2.t("advance"))));
}
function contract(page2) {
  const c = page2.form.contract;
  if (!c) return [];
  const readers = readersOf(page2);
  const writes = readers && page2.form.instrument.themes.some((theme) => theme.text);
  return [
    el("h2", {}, page2.t("contractTitle")),
    el("ul", { id: "contract" }, ...[
      page2.t(c.ballot_box.trust === "split" ? "boxSplit" : "boxSingle", { name: c.ballot_box.name }),
      page2.t(c.breakdowns.includes("staff_group") ? "byStaffGroup" : "byUnit"),
      page2.t(writes ? "readers" : "noReaders", { readers }),
      c.agreed && page2.t("agreed", { forum: c.agreed.forum_name, on: dateIn(page2.language, c.agreed.on) }),
      page2.form.paper_ballots && page2.t("paperVoters", { count: page2.form.paper_ballots }),
      page2.form.contract_tightened && page2.t("tightened")
    ].filter(Boolean).map((text) => el("li", {}, text))),
    el("p", { class: "quiet hash" }, page2.t("contractHash", { hash: c.hash }))
  ];
}
var receipt = (page2, { code, hash, withdrawn, edit, withdraw, more }) => () => [
  el("h1", {}, page2.t(withdrawn ? "withdrawnTitle" : "doneTitle")),
  withdrawn ? el("p", {}, page2.t("withdrawnText")) : "",
  el("p", { id: "code-label" }, page2.t("codeLabel")),
  el("p", { class: "code", id: "code", "aria-labelledby": "code-label code", translate: "no" }, code),
  copyCode(page2, code),
  el("p", {}, page2.t("codeText")),
  el("p", {}, page2.t("codeDevice")),
  hash ? el("p", { id: "hash-label" }, page2.t("hashLabel")) : "",
  hash ? el("p", { class: "hash", id: "hash", "aria-labelledby": "hash-label hash", translate: "no" }, hash) : "",
  hash ? el("p", { class: "quiet" }, page2.t("hashText")) : "",
  el(
    "div",
    { class: "actions" },
    more ? button(page2.t("tellMore"), more, { class: "primary" }) : "",
    button(page2.t("edit"), edit),
    withdrawn ? "" : button(page2.t("withdraw"), withdraw)
  ),
  el("p", {}, page2.t("resultsOn")),
  toPortal(page2)
].filter(Boolean);
var confirmWithdraw = (page2, { yes, no }) => () => [
  el("h1", {}, page2.t("withdraw")),
  el("p", {}, page2.t("confirmText")),
  el(
    "div",
    { class: "actions" },
    button(page2.t("keep"), no, { class: "primary" }),
    button(page2.t("confirmWithdraw"), yes)
  )
];
var bulletin = (page2, { count, batch, own, check: check2 }) => () => [
  el("h1", {}, page2.t("closedTitle")),
  el("p", {}, page2.t("closedText")),
  el("p", {}, page2.t("resultsOn")),
  el("h2", {}, page2.t("bulletinTitle")),
  el("p", {}, page2.t("bulletinText", { count })),
  ...own.map(({ hash, counted }) => el("p", { class: counted ? "counted" : "error" }, page2.t(counted ? "ownCounted" : "ownMissing", { hash }))),
  hashForm(page2, check2),
  el("p", { class: "quiet" }, page2.t("bulletinBatch"), " ", el("code", {}, batch)),
  toPortal(page2)
].filter(Boolean);
function hashForm(page2, check2) {
  const input = el("input", { type: "text", id: "hash-input", autocomplete: "off", spellcheck: "false", maxlength: "100", "aria-describedby": "hash-hint" });
  const verdict = el("p", { id: "verdict", role: "status" });
  const submit = (event) => {
    event.preventDefault();
    const counted = check2(input.value);
    verdict.textContent = page2.t(counted === void 0 ? "hashWrong" : counted ? "hashCounted" : "hashMissing");
  };
  return el(
    "form",
    { onsubmit: submit, novalidate: true },
    el("label", { for: "hash-input" }, page2.t("hashLabel")),
    el("p", { class: "quiet", id: "hash-hint" }, page2.t("hashHint")),
    input,
    el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, page2.t("hashCheck"))),
    verdict
  );
}
function codeForm(page2, { open: open2, action }) {
  const input = el("input", {
    type: "text",
    id: "code-input",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: "40",
    "aria-describedby": "code-hint code-error"
  });
  const error = el("p", { class: "error", id: "code-error", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    input.removeAttribute("aria-invalid");
    if (await open2(input.value)) return;
    error.textContent = page2.t("wrongCode");
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  return el(
    "form",
    { onsubmit: submit, novalidate: true },
    el("label", { for: "code-input" }, page2.t("codeLabel")),
    el("p", { class: "quiet", id: "code-hint" }, page2.t("lockedHint")),
    input,
    error,
    el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, page2.t(action)))
  );
}
var locked = (page2, { open: open2 }) => () => [
  el("h1", {}, page2.t("lockedTitle")),
  el("p", {}, page2.t("lockedText")),
  codeForm(page2, { open: open2, action: "unlock" }),
  toPortal(page2)
].filter(Boolean);

// src/month_screens.js
var overview = (page2, { left, lasting, ready, tell, open: open2 }) => () => [
  el("h1", {}, page2.t("overviewTitle")),
  el("p", { class: "lead" }, page2.t("overviewText")),
  el("p", { id: "left" }, page2.t(left === 1 ? "leftOne" : "left", { left })),
  el("p", { class: "notice" }, page2.t(lasting ? "sameDevice" : "notLasting")),
  el("p", {}, page2.t("anotherDay")),
  ready ? el("p", {}, page2.t("readyText")) : el("p", { class: "actions" }, button(page2.t("tell"), tell, { class: "primary" })),
  el("p", {}, button(page2.t("haveCode"), open2, { class: "plain" })),
  ...whoCanSeeWhat(page2),
  toPortal(page2)
].filter(Boolean);
var form = (page2, { answers, check: check2, back }) => () => {
  const asked = page2.form.instrument;
  const text = el("textarea", { id: "told", rows: "8", autocomplete: "off", "aria-describedby": "told-hint told-left form-error" });
  text.value = answers.text ?? "";
  const left = el("p", { class: "quiet", id: "told-left" });
  const error = el("p", { class: "error", id: "form-error", role: "alert" });
  const count = () => {
    answers.text = text.value;
    left.textContent = page2.t("charactersLeft", { left: asked.longest_text - lengthOf(text.value) });
  };
  text.addEventListener("input", count);
  count();
  const submit = (event) => {
    event.preventDefault();
    const wrong = mistake(answers, asked);
    error.textContent = wrong ? page2.t(wrong, { longest: asked.longest_text, most: asked.most_cells }) : "";
    if (!wrong) check2();
  };
  return [
    el("h1", {}, page2.t("formTitle")),
    el(
      "form",
      { onsubmit: submit, novalidate: true },
      el("fieldset", {}, el("legend", {}, page2.t("direction")), direction(page2, answers, "gain"), direction(page2, answers, "strain")),
      el("label", { for: "told" }, page2.t("told")),
      el("p", { class: "quiet", id: "told-hint" }, page2.t("toldHint", { longest: asked.longest_text })),
      text,
      left,
      technologies(page2, asked, answers),
      el("details", {}, el("summary", {}, page2.t("cells", { most: asked.most_cells })), ...asked.themes.map((theme) => cellsOf(page2, theme, answers))),
      error,
      el("div", { class: "actions pair" }, button(page2.t("back"), back), el("button", { type: "submit", class: "primary" }, page2.t("check")))
    )
  ].filter(Boolean);
};
var lengthOf = (text) => [...text.normalize("NFC").trim()].length;
function mistake(answers, asked) {
  const length = lengthOf(answers.text ?? "");
  if (!answers.direction) return "directionMissing";
  if (length === 0) return "toldMissing";
  if (length > asked.longest_text) return "toldLong";
  return chosen(answers).length > asked.most_cells ? "cellsMany" : "";
}
var chosen = (answers) => (answers.cells ?? "").split(" ").filter(Boolean);
function direction(page2, answers, value) {
  const input = el("input", { type: "radio", name: "direction", value, checked: answers.direction === value, onchange: () => {
    answers.direction = value;
  } });
  return el("label", { class: "option" }, input, el("span", {}, page2.t("direction_" + value)));
}
function technologies(page2, asked, answers) {
  if (asked.technologies.length === 0) return "";
  const choose = (event) => {
    answers.technology = event.target.value;
    if (!event.target.value) delete answers.technology;
  };
  const choice = (value, text) => el("option", { value, selected: (answers.technology ?? "") === value }, text);
  return el(
    "p",
    {},
    el("label", { for: "technology" }, page2.t("technology")),
    el("select", { id: "technology", autocomplete: "off", onchange: choose }, choice("", page2.t("technologyNone")), ...asked.technologies.map(({ id, name }) => choice(id, name)))
  );
}
function cellsOf(page2, theme, answers) {
  const toggle = (cell, on) => {
    const cells2 = chosen(answers).filter((other) => other !== cell);
    answers.cells = [...cells2, ...on ? [cell] : []].join(" ");
    if (!answers.cells) delete answers.cells;
  };
  const option = ({ quality, title }) => {
    const cell = theme.id + "." + quality;
    const input = el("input", { type: "checkbox", name: "cells", value: cell, checked: chosen(answers).includes(cell), onchange: () => toggle(cell, input.checked) });
    return el("label", { class: "option" }, input, el("span", {}, page2.own(title)));
  };
  return el("fieldset", {}, el("legend", {}, page2.own(theme.title)), ...theme.cells.map(option));
}
var check = (page2, { answers, masked, send, back }) => () => {
  const asked = page2.form.instrument;
  const cells2 = asked.themes.flatMap((theme) => theme.cells.filter(({ quality }) => chosen(answers).includes(theme.id + "." + quality)).map(({ title }) => `${page2.own(theme.title)}: ${page2.own(title)}`));
  const technology = asked.technologies.find(({ id }) => id === answers.technology)?.name;
  return [
    el("h1", {}, page2.t("checkTitle")),
    el("p", {}, page2.t("checkText")),
    masked ? el("p", { class: "notice", id: "masked" }, page2.t("maskedText")) : "",
    el("p", { class: "quiet" }, [page2.t("direction_" + answers.direction), technology, ...cells2].filter(Boolean).join(" · ")),
    el("blockquote", { id: "preview" }, answers.text),
    el("p", { class: "notice" }, page2.t("styleText")),
    el("div", { class: "actions pair" }, button(page2.t("change"), back), button(page2.t("sendTold"), send, { class: "primary" }))
  ].filter(Boolean);
};
var lookUp = (page2, { own, open: open2, check: check2 }) => () => [
  el("h1", {}, page2.t("closedTitle")),
  el("p", {}, page2.t("closedText")),
  el("h2", {}, page2.t("replyTitle")),
  codeForm(page2, { open: open2, action: "replyFetch" }),
  el("h2", {}, page2.t("bulletinTitle")),
  el("p", {}, page2.t("bulletinText")),
  ...own.map(({ hash, counted }) => el("p", { class: counted ? "counted" : "error" }, page2.t(counted ? "ownCounted" : "ownMissing", { hash }))),
  hashForm(page2, check2),
  toPortal(page2)
].filter(Boolean);
var replied = (page2, { text, back }) => () => [
  el("h1", {}, page2.t(text ? "repliedTitle" : "noReplyTitle")),
  text ? el("blockquote", { id: "reply" }, text) : el("p", {}, page2.t("noReplyText")),
  text ? el("p", { class: "quiet" }, page2.t("repliedText")) : "",
  el("p", { class: "actions" }, button(page2.t("back"), back)),
  toPortal(page2)
].filter(Boolean);

// src/receipt.js
var ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
var RANDOM = 24;
var LENGTH = RANDOM + 1;
var utf85 = new TextEncoder();
function checkOf(characters) {
  let sum = 0;
  for (let i = 0; i < RANDOM; i++) sum += (2 * i + 1) * ALPHABET.indexOf(characters[i]);
  return ALPHABET[sum & 31];
}
function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(RANDOM));
  const code = Array.from(random, (b) => ALPHABET[b & 31]).join("");
  return code + checkOf(code);
}
function show(code) {
  return code.match(/.{5}/g).join("-");
}
function read(text) {
  const code = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const whole = code.length === LENGTH && [...code].every((c) => ALPHABET.includes(c));
  return whole && checkOf(code) === code[RANDOM] ? code : "";
}
async function derive(code, round2, purpose, algorithm, usages) {
  const secret = await crypto.subtle.importKey("raw", utf85.encode(code), "HKDF", false, ["deriveKey", "deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: utf85.encode(round2), info: utf85.encode(purpose) };
  if (!algorithm) return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, 256));
  return crypto.subtle.deriveKey(parameters, secret, algorithm, false, usages);
}
var AES = { name: "AES-GCM", length: 256 };
var keyOf = (code, round2) => derive(code, round2, "guldkorn receipt v1", AES, ["encrypt", "decrypt"]);
async function lock(code, round2, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(code, round2), utf85.encode(JSON.stringify(value)));
  return { iv: encode64(iv), data: encode64(new Uint8Array(data)) };
}
async function unlock(code, round2, locked2) {
  try {
    const data = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: decode64(locked2.iv) },
      await keyOf(code, round2),
      decode64(locked2.data)
    );
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return null;
  }
}

// src/reply.js
var utf86 = new TextEncoder();
async function replyID(code, round2) {
  return hex(await derive(code, round2, "guldkorn reply id v1"));
}
async function replyTo(code, round2) {
  const suite = newSuite();
  const pair = await pairOf(suite, code, round2);
  return {
    reply_id: await replyID(code, round2),
    reply_key: encode64(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)))
  };
}
async function openReply(code, round2, sealed) {
  const suite = newSuite();
  const pair = await pairOf(suite, code, round2);
  const raw = decode64(sealed);
  const recipient = await suite.createRecipientContext({
    recipientKey: pair.privateKey,
    enc: raw.slice(0, 32).buffer,
    info: utf86.encode("guldkorn reply v1").buffer
  });
  const plain2 = await recipient.open(raw.slice(32).buffer, utf86.encode(round2 + "\n" + await replyID(code, round2)).buffer);
  return new TextDecoder().decode(plain2).trimEnd();
}
async function pairOf(suite, code, round2) {
  return suite.kem.deriveKeyPair((await derive(code, round2, "guldkorn reply v1")).buffer);
}

// src/retry.js
var LONGEST = 60;
async function untilAnswered(page2, key, work2) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work2();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (error.ahead > 0) {
        await pause(page2, "queue", error.retryAfter, { ahead: error.ahead });
        continue;
      }
      const backoff = Math.min(LONGEST, 2 ** (attempt + 1));
      await pause(page2, key, Math.max(error.retryAfter, Math.ceil(backoff * (0.5 + Math.random() / 2))));
    }
  }
}
function pause(page2, key, seconds, values = {}) {
  return new Promise((resolve) => {
    const note = el("p", {});
    const go = () => {
      clearInterval(ticking);
      removeEventListener("online", go);
      note.textContent = page2.t("trying");
      now.remove();
      resolve();
    };
    const now = button(page2.t("tryNow"), go);
    const tell = () => {
      note.textContent = page2.t(key, { ...values, seconds });
    };
    const ticking = setInterval(() => {
      seconds--;
      if (seconds <= 0) go();
      else tell();
    }, 1e3);
    tell();
    page2.say(note.textContent);
    addEventListener("online", go);
    document.getElementById("retry")?.replaceChildren(note, now);
  });
}

// src/recovery.js
var SIZE = 2048;
var utf87 = new TextEncoder();
var keyOf2 = (code, round2) => derive(code, round2, "guldkorn recovery v1", AES, ["encrypt", "decrypt"]);
async function recoveryID(code, round2) {
  return hex(await derive(code, round2, "guldkorn recovery id v1"));
}
async function sealBallot(code, round2, ballot) {
  const plaintext = new Uint8Array(SIZE).fill(32);
  const content = utf87.encode(JSON.stringify({ ...ballot, unit: ballot.unit.key_id }));
  if (content.length > SIZE) throw new Error("the ballot is too long");
  plaintext.set(content);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf2(code, round2), plaintext));
  const sealed = new Uint8Array(iv.length + data.length);
  sealed.set(iv);
  sealed.set(data, iv.length);
  return encode64(sealed);
}
async function openBallot(code, form2, sealed) {
  try {
    const raw = decode64(sealed);
    const iv = raw.subarray(0, 12);
    const plaintext = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf2(code, form2.round_id), raw.subarray(12));
    const ballot = JSON.parse(new TextDecoder().decode(plaintext));
    const unit = form2.keys.find((k) => k.key_id === ballot.unit);
    return unit ? { ...ballot, unit } : null;
  } catch {
    return null;
  }
}

// src/sending.js
var refused = (error, reason) => error instanceof Refused && error.code === "ballotbox." + reason;
async function leave(page2, device2, ticket2, draft) {
  const round2 = page2.form.round_id;
  draft.sealed ??= await sealBallot(draft.code, round2, draft.ballot);
  await device2.saveDraft(draft);
  const id = await recoveryID(draft.code, round2);
  await untilAnswered(page2, "waiting", () => putRecovery(round2, id, ticket2, draft.sealed));
}
async function issue(page2, device2, ticket2, draft) {
  const signature = await untilAnswered(page2, "waiting", () => signBlinded(page2.form.round_id, ticket2, draft.ballot.blinded));
  draft.ballot = await finalize(draft.ballot, signature);
  delete draft.sealed;
  await device2.saveDraft(draft);
}
async function takeUp(page2, code) {
  const round2 = page2.form.round_id;
  const id = await recoveryID(code, round2);
  try {
    return await openBallot(code, page2.form, await untilAnswered(page2, "waiting", () => getRecovery(round2, id)));
  } catch (error) {
    if (refused(error, "recovery_unknown")) return null;
    throw error;
  }
}
async function deliver(page2, ballot, envelope, tell) {
  for (let version = ballot.version + 1; ; version++) {
    const sealed = await request(page2.form, ballot, version, envelope);
    try {
      await untilAnswered(page2, tell, () => putAnswer(page2.form.round_id, sealed));
      ballot.version = version;
      return;
    } catch (error) {
      if (!refused(error, "version_old")) throw error;
    }
  }
}

// src/month.js
var Telling = class {
  constructor(page2, device2, ticket2, tabKey2, explain2) {
    Object.assign(this, { page: page2, device: device2, ticket: ticket2, tabKey: tabKey2, explain: explain2, round: page2.form.round_id, drafts: [], work: void 0 });
  }
  async arrive() {
    if (this.page.form.state === "closed") {
      await this.device.forget(this.round);
      sessionStorage.removeItem(this.tabKey);
      return this.over();
    }
    if (this.ticket) return this.withTicket();
    const ids = (sessionStorage.getItem(this.tabKey) ?? "").split(",");
    for (const id of ids) {
      const draft = await this.device.draft(id);
      if (draft?.ballot.token) this.drafts.push(draft);
    }
    if (this.drafts.length > 0) return this.overview();
    if ((await this.device.locked(this.round)).length > 0) return this.usedUp();
    return this.page.show(message(this.page, "comeTitle", "comeText"));
  }
  async withTicket() {
    const claims = readTicket(this.ticket);
    const unit = await admitted(this.page.form, claims, this.round);
    if (!unit) return this.page.show(message(this.page, "listTitle", "listText"));
    this.page.show(waiting(this.page, "preparing"));
    this.drafts = await this.device.draftsOf(this.round, claims.pseudonym);
    if (this.drafts.length === 0) {
      const pairs = [];
      while (pairs.length < this.page.form.tokens_each) pairs.push({ ballot: await newBallot(unit), code: newCode() });
      this.drafts = await this.device.newDrafts(this.round, claims.pseudonym, pairs);
    }
    for (const draft of this.drafts.filter(({ ballot }) => !ballot.token)) await this.sign(draft);
    return this.drafts.length > 0 ? this.overview() : this.usedUp();
  }
  /** Has one ballot signed. Whoever has all of theirs on another device has no use for this one. */
  async sign(draft) {
    try {
      await leave(this.page, this.device, this.ticket, draft);
      await issue(this.page, this.device, this.ticket, draft);
    } catch (error) {
      if (!refused(error, "token_issued")) throw error;
      await this.device.dropDraft(draft.id);
      this.drafts = this.drafts.filter((other) => other !== draft);
    }
  }
  overview() {
    sessionStorage.setItem(this.tabKey, this.drafts.map(({ id }) => id).join(","));
    this.page.show(overview(this.page, {
      left: this.drafts.length,
      lasting: this.device.lasting,
      ready: this.page.form.state === "announced",
      tell: () => this.begin(),
      open: () => this.usedUp()
    }));
  }
  usedUp() {
    this.page.show(locked(this.page, { open: (typed) => this.open(typed) }));
  }
  begin() {
    const draft = this.drafts[0];
    this.work = { draft: draft.id, ballot: draft.ballot, code: draft.code, answers: {}, id: "", withdrawn: false };
    this.write();
  }
  write() {
    this.page.show(form(this.page, {
      answers: this.work.answers,
      check: () => this.check(),
      back: () => this.work.draft ? this.overview() : this.receipt()
    }));
  }
  /** Shows what is sent, with what identifies people masked. */
  async check() {
    const text = plain(this.work.answers.text);
    const masked = await mask(text, this.page.form.names);
    this.page.show(check(this.page, {
      answers: { ...this.work.answers, text: masked },
      masked: masked !== text,
      send: () => {
        this.work.answers.text = masked;
        return this.handIn(false);
      },
      back: () => this.write()
    }));
  }
  async handIn(withdraw) {
    const { page: page2, work: work2 } = this;
    page2.show(waiting(page2, withdraw ? "withdrawing" : "sending"));
    try {
      const envelope = withdraw ? "" : await seal(page2.form, { ...work2.answers, ...await replyTo(work2.code, this.round) });
      await deliver(page2, work2.ballot, envelope, "waitingOpen");
      work2.id ||= crypto.randomUUID();
      work2.withdrawn = withdraw;
      work2.hash = withdraw ? "" : await hashOf(envelope);
      const value = { ballot: work2.ballot, answers: work2.answers, withdrawn: withdraw };
      await this.device.settle(work2.draft, { id: work2.id, round: this.round, ...await lock(work2.code, this.round, value) }, work2.hash);
      this.drafts = this.drafts.filter(({ id }) => id !== work2.draft);
      sessionStorage.setItem(this.tabKey, this.drafts.map(({ id }) => id).join(","));
      work2.draft = "";
      this.receipt();
    } catch (error) {
      this.explain(error);
    }
  }
  receipt() {
    const { page: page2, work: work2 } = this;
    page2.show(receipt(page2, {
      code: show(work2.code),
      hash: work2.hash ? showHash(work2.hash) : "",
      withdrawn: work2.withdrawn,
      edit: () => this.write(),
      more: this.drafts.length > 0 ? () => this.begin() : void 0,
      withdraw: () => page2.show(confirmWithdraw(page2, { yes: () => this.handIn(true), no: () => this.receipt() }))
    }));
  }
  /** Opens what a code belongs to, on this device or, with a ticket, from another; tells whether there is anything. */
  async open(typed) {
    const code = read(typed);
    if (!code) return false;
    for (const record of await this.device.locked(this.round)) {
      const value = await unlock(code, this.round, record);
      if (!value) continue;
      this.work = { ...value, draft: "", code, id: record.id };
      this.write();
      return true;
    }
    if (!this.ticket) return false;
    const ballot = await takeUp(this.page, code);
    if (!ballot) return false;
    const [draft] = await this.device.newDrafts(this.round, readTicket(this.ticket).pseudonym, [{ ballot, code }]);
    await issue(this.page, this.device, this.ticket, draft);
    this.drafts.push(draft);
    this.work = { draft: draft.id, ballot: draft.ballot, code, answers: {}, id: "", withdrawn: false };
    this.write();
    return true;
  }
  /** When the month is over: the answer to a code, and whether what was told has been handed over. */
  async over() {
    let found;
    try {
      found = await untilAnswered(this.page, "waiting", () => getBulletin(this.round));
    } catch (error) {
      if (!refused(error, "bulletin_gone")) throw error;
      return this.page.show(message(this.page, "closedTitle", "gone"));
    }
    if (!await published(found, this.round)) return this.page.show(message(this.page, "bulletinTitle", "bulletinForeign"));
    const own = (await this.device.receipts(this.round)).map((hash) => ({ hash: showHash(hash), counted: listed(found, hash) }));
    return this.page.show(lookUp(this.page, {
      own,
      open: (typed) => this.read(typed).catch((error) => this.explain(error) ?? true),
      check: (typed) => readHash(typed) ? listed(found, readHash(typed)) : void 0
    }));
  }
  /** Fetches and shows the answer to a code; false if it is no code. */
  async read(typed) {
    const code = read(typed);
    if (!code) return false;
    const id = await replyID(code, this.round);
    let text = "";
    try {
      text = await openReply(code, this.round, await untilAnswered(this.page, "waiting", () => getReply(this.round, id)));
    } catch (error) {
      if (!refused(error, "reply_unknown")) throw error;
    }
    this.page.show(replied(this.page, { text, back: () => this.over() }));
    return true;
  }
};

// src/paper_screens.js
var heading = (page2, name) => el("h1", {}, page2.t("paperTitle", { unit: name }));
var startPapers = (page2, { name, fresh, given }) => () => [
  heading(page2, name),
  el("p", {}, page2.t("paperIntro")),
  el("p", { class: "notice" }, page2.t("paperSealed")),
  el("h2", {}, page2.t("paperFirst")),
  el("p", {}, page2.t("paperFirstText")),
  el("div", { class: "actions" }, button(page2.t("paperNewCode"), fresh, { class: "primary" })),
  el("h2", {}, page2.t("paperSecond")),
  codeForm(page2, { open: given, action: "paperUseCode" }),
  toPortal(page2)
];
var papers = (page2, { name, code, count, state, open: open2, send }) => () => [
  heading(page2, name),
  state ? el("p", { class: "notice", id: "papers-state", role: "status" }, ...compared(page2, state)) : "",
  el("p", { id: "code-label" }, page2.t("paperCodeLabel")),
  el("p", { class: "code", id: "code", "aria-labelledby": "code-label code", translate: "no" }, show(code)),
  el("p", { class: "quiet" }, page2.t("paperCodeText")),
  el("h2", {}, page2.t("paperCount", { count })),
  el("ul", { class: "links" }, ...Array.from({ length: count }, (_, n) => el(
    "li",
    {},
    button(page2.t(state?.unmatched?.includes(n) ? "paperOpenWrong" : "paperOpen", { n: n + 1 }), () => open2(n), { class: "plain" })
  ))),
  el(
    "div",
    { class: "actions" },
    button(page2.t(count === 0 ? "paperAddFirst" : "paperAdd"), () => open2(count), state ? {} : { class: "primary" }),
    button(page2.t(state?.state === "waiting" ? "paperCheck" : "paperSend", { count }), send, state ? { class: "primary" } : {})
  ),
  el("p", { class: "quiet" }, page2.t("paperUntil")),
  toPortal(page2)
];
function compared(page2, { state, unmatched = [], missing = 0 }) {
  if (state !== "differs") return [page2.t(state === "waiting" ? "paperWaiting" : "paperTooMany")];
  return [
    page2.t("paperDiffers"),
    unmatched.length > 0 ? " " + page2.t("paperUnmatched", { papers: unmatched.map((n) => n + 1).join(", ") }) : "",
    missing > 0 ? " " + page2.t("paperMissing", { missing }) : ""
  ];
}
var paper = (page2, { n, answers, keep, drop }) => () => {
  const form2 = page2.form.instrument;
  let row = 0;
  const choice = (item, scale) => {
    const id = `row-${++row}`;
    const options = [...scale, ...form2.missing ?? []];
    return el(
      "p",
      { class: "row" },
      el("label", { for: id }, `${row}. ${page2.own(item)}`),
      el(
        "select",
        { id, name: item.id, autocomplete: "off", onchange: (event) => {
          answers[item.id] = event.target.value;
          if (!event.target.value) delete answers[item.id];
        } },
        el("option", { value: "" }, page2.t("paperEmpty")),
        ...options.map((option, at) => el("option", { value: option.value, selected: answers[item.id] === option.value }, `${at + 1} · ${page2.own(option)}`))
      )
    );
  };
  const cell = (one) => itemsOf(one).map((item) => choice(item, item === one.fit ? form2.fit_scale ?? form2.scale : form2.scale));
  const submit = (event) => {
    event.preventDefault();
    keep();
  };
  return [
    el("h1", {}, page2.t("paperNumber", { n: n + 1 })),
    el("p", {}, page2.t("paperRules")),
    el(
      "form",
      { onsubmit: submit, novalidate: true },
      ...form2.themes.flatMap((theme) => [el("h2", {}, page2.own(theme.title ?? theme)), ...theme.cells.flatMap(cell)]),
      ...(form2.extra ?? []).length > 0 ? [el("h2", {}, page2.t("ownTheme")), ...form2.extra.flatMap((own) => cell({ own }))] : [],
      el(
        "div",
        { class: "actions pair" },
        button(page2.t("paperDrop"), drop),
        el("button", { type: "submit", class: "primary" }, page2.t("paperKeep"))
      )
    )
  ];
};
var otherCode = (page2, { given, anew }) => () => [
  el("h1", {}, page2.t("paperCodeTitle")),
  el("p", {}, page2.t("paperCodeOther")),
  codeForm(page2, { open: given, action: "paperUseCode" }),
  el("h2", {}, page2.t("paperLost")),
  el("p", {}, page2.t("paperLostText")),
  el("div", { class: "actions" }, button(page2.t("paperAnew"), anew))
];
var agreed = (page2, { name, count }) => () => [
  el("h1", {}, page2.t("paperAgreed")),
  el("p", {}, page2.t("paperAgreedText", { count, unit: name })),
  el("p", {}, page2.t("paperDestroy")),
  toPortal(page2)
];

// src/paper.js
var utf88 = new TextEncoder();
async function sealPapers(form2, code, unit, ballots) {
  const secret = await derive(code, form2.round_id, "guldkorn paper v1");
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const seen = /* @__PURE__ */ new Map();
  const envelopes = [];
  for (const answers of ballots) {
    const text = answersText(form2, answers);
    const nth = seen.get(text) ?? 0;
    seen.set(text, nth + 1);
    const once = await crypto.subtle.sign("HMAC", key, utf88.encode(`${unit}
${nth}
${text}`));
    envelopes.push(await sealText(form2, text, once));
  }
  return envelopes;
}
var Entering = class {
  constructor(page2, round2, ticket2, unit, name, failed) {
    Object.assign(this, { page: page2, round: round2, ticket: ticket2, unit, name, failed });
    this.tabKey = `papers:${round2}:${unit}`;
    this.work = JSON.parse(sessionStorage.getItem(this.tabKey) ?? "null") ?? { code: "", ballots: [] };
  }
  begin() {
    if (this.work.code) return this.list();
    return this.page.show(startPapers(this.page, {
      name: this.name,
      fresh: () => this.take(newCode()),
      given: (typed) => read(typed) ? (this.take(read(typed)), true) : false
    }));
  }
  take(code) {
    this.work.code = code;
    this.list();
  }
  save() {
    sessionStorage.setItem(this.tabKey, JSON.stringify(this.work));
  }
  list() {
    this.save();
    this.page.show(papers(this.page, {
      name: this.name,
      code: this.work.code,
      count: this.work.ballots.length,
      state: this.work.state,
      open: (n) => this.open(n),
      send: () => this.send(false).catch(this.failed)
    }));
  }
  /** All papers, with how they compare; undefined when they have been changed since. */
  compared(state) {
    this.work.state = state;
    this.list();
  }
  /** One paper; what is changed in it is kept when it is put down, and the comparison of before no longer holds. */
  open(n) {
    const answers = { ...this.work.ballots[n] };
    this.page.show(paper(this.page, {
      n,
      answers,
      keep: () => {
        this.work.ballots[n] = answers;
        this.compared(void 0);
      },
      drop: () => {
        this.work.ballots.splice(n, 1);
        this.compared(void 0);
      }
    }));
  }
  async send(anew) {
    this.page.show(waiting(this.page, "paperSending"));
    const { code, ballots } = this.work;
    const entry = {
      ticket: this.ticket,
      anew,
      code: hex(await derive(code, this.round, "guldkorn paper code v1")),
      envelopes: await sealPapers(this.page.form, code, this.unit, ballots)
    };
    try {
      const state = await untilAnswered(this.page, "waitingSafe", () => putPaperEntry(this.round, entry));
      if (state.state !== "agreed") return this.compared(state);
    } catch (error) {
      if (!(error instanceof Refused) || !["ballotbox.paper_code_differs", "ballotbox.paper_done", "ballotbox.paper_too_many"].includes(error.code)) throw error;
      return this.refused(error.code);
    }
    sessionStorage.removeItem(this.tabKey);
    return this.page.show(agreed(this.page, { name: this.name, count: ballots.length }));
  }
  refused(code) {
    if (code === "ballotbox.paper_too_many") return this.compared({ state: "too_many" });
    if (code === "ballotbox.paper_done") {
      sessionStorage.removeItem(this.tabKey);
      return this.page.show(message(this.page, "paperDoneTitle", "paperDoneText"));
    }
    return this.page.show(otherCode(this.page, {
      given: (typed) => {
        if (!read(typed)) return false;
        this.work.code = read(typed);
        this.send(false).catch(this.failed);
        return true;
      },
      anew: () => this.send(true).catch(this.failed)
    }));
  }
};

// src/main.js
var round = location.pathname.split("/")[2];
var tabKey = "draft:" + round;
var fragment = new URLSearchParams(location.hash.slice(1));
var ticket = fragment.get("ticket") ?? "";
var unitName = fragment.get("unit") ?? "";
var language = fragment.get("lang") === "en" ? "en" : "da";
history.replaceState(null, "", location.pathname + "#lang=" + language);
addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("ticket")) location.reload();
});
var page = new Page(language);
getIdentity().then((about) => page.foot(about), () => {
});
var device = await openDevice();
var work;
try {
  await arrive();
} catch (error) {
  explain(error);
}
async function arrive() {
  if (!await supported()) return page.show(message(page, "oldTitle", "oldText"));
  page.show(waiting(page, "loading"));
  page.form = await untilAnswered(page, "waiting", () => getForm(round));
  if (page.form.kind === "month") return new Telling(page, device, ticket, tabKey, explain).arrive();
  if (page.form.state === "closed") {
    await device.forget(round);
    sessionStorage.removeItem(tabKey);
    return showBulletin();
  }
  if (ticket) return withTicket();
  const draft = await device.draft(sessionStorage.getItem(tabKey) ?? "");
  if (draft?.ballot.token) return begin(draft);
  if ((await device.locked(round)).length > 0) return page.show(lockedScreen());
  return page.show(message(page, "comeTitle", "comeText"));
}
async function withTicket() {
  const claims = readTicket(ticket);
  const unit = await admitted(page.form, claims, round);
  if (!unit) return page.show(message(page, "listTitle", "listText"));
  if (claims.paper) return new Entering(page, round, ticket, claims.unit, unitName, explain).begin();
  page.show(waiting(page, "preparing"));
  const draft = await device.draftOf(round, claims.pseudonym);
  if (draft?.ballot.token) return begin(draft);
  return fetchBallot(draft ?? await device.newDraft(round, claims.pseudonym, await newBallot(unit), newCode()), !draft);
}
async function fetchBallot(draft, fresh) {
  try {
    await leave(page, device, ticket, draft);
  } catch (error) {
    if (!refused(error, "token_issued")) throw error;
    if (fresh) await device.dropDraft(draft.id);
    return page.show(lockedScreen());
  }
  page.show(writeDown(page, {
    code: show(draft.code),
    go: () => sign(draft, fresh).catch(explain),
    other: () => page.show(lockedScreen())
  }));
}
async function sign(draft, fresh) {
  page.show(waiting(page, "preparing"));
  try {
    await issue(page, device, ticket, draft);
  } catch (error) {
    if (!refused(error, "token_issued")) throw error;
    if (fresh) await device.dropDraft(draft.id);
    return page.show(lockedScreen());
  }
  begin(draft);
}
function begin(draft) {
  sessionStorage.setItem(tabKey, draft.id);
  work = { draft: draft.id, record: draft, ballot: draft.ballot, answers: draft.answers, code: draft.code, id: "", withdrawn: false };
  page.show(start(page, {
    ready: page.form.state === "announced",
    begun: draft.at >= 0,
    lasting: device.lasting,
    begin: () => goTo(Math.max(0, draft.at))
  }));
}
function cells() {
  const own = (page.form.instrument.extra ?? []).map((item, n) => ({ theme: { title: both("ownTheme") }, cell: { title: both("ownTitle", { at: n + 1 }), own: item } }));
  return [...page.form.instrument.themes.flatMap(screensOf), ...own];
}
function screensOf(theme) {
  const words = theme.text && page.form.contract?.text_readers.length > 0;
  return [
    ...theme.cells.flatMap(({ fit, ...cell }) => [{ theme, cell }, ...fit ? [{ theme, cell: { title: both("fit"), fit } }] : []]),
    ...words ? [{ theme, cell: { title: both("ownWords"), text: theme.text } }] : []
  ];
}
function goTo(at) {
  const all = cells();
  if (at < 0) return begin(work.record);
  remember(at);
  if (at >= all.length) {
    return page.show(review(page, {
      cells: all,
      answers: work.answers,
      open: goTo,
      back: () => goTo(all.length - 1),
      send: () => handIn(false)
    }));
  }
  return page.show(question(page, {
    cells: all,
    at,
    answers: work.answers,
    next: () => goTo(at + 1),
    back: () => at > 0 || work.draft ? goTo(at - 1) : showReceipt(),
    choose: (item, value) => {
      if (value) work.answers[item] = value;
      else delete work.answers[item];
      remember(at);
    }
  }));
}
function remember(at) {
  if (!work.draft) return;
  work.record.at = at;
  device.saveDraft(work.record).catch(() => {
    device.lasting = false;
    page.say(page.t("notLasting"));
  });
}
async function handIn(withdraw) {
  page.show(waiting(page, withdraw ? "withdrawing" : "sending"));
  try {
    const envelope = withdraw ? "" : await seal(page.form, work.answers);
    await deliver(page, work.ballot, envelope, !work.draft || !device.lasting ? "waitingOpen" : "waitingSafe");
    work.id ||= crypto.randomUUID();
    work.withdrawn = withdraw;
    work.hash = withdraw ? "" : await hashOf(envelope);
    const value = { ballot: work.ballot, answers: work.answers, withdrawn: withdraw };
    await device.settle(work.draft, { id: work.id, round, ...await lock(work.code, round, value) }, work.hash);
    work.draft = "";
    sessionStorage.removeItem(tabKey);
    showReceipt();
  } catch (error) {
    explain(error);
  }
}
function showReceipt() {
  page.show(receipt(page, {
    code: show(work.code),
    hash: work.hash ? showHash(work.hash) : "",
    withdrawn: work.withdrawn,
    edit: () => goTo(0),
    withdraw: () => page.show(confirmWithdraw(page, { yes: () => handIn(true), no: showReceipt }))
  }));
}
function lockedScreen() {
  return locked(page, { open });
}
async function open(typed) {
  const code = read(typed);
  if (!code) return false;
  for (const record of await device.locked(round)) {
    const value = await unlock(code, round, record);
    if (!value) continue;
    work = { ...value, draft: "", record: void 0, code, id: record.id };
    goTo(0);
    return true;
  }
  return ticket ? recover(code) : false;
}
async function recover(code) {
  const ballot = await takeUp(page, code);
  if (!ballot) return false;
  const { pseudonym } = readTicket(ticket);
  const old = await device.draftOf(round, pseudonym);
  if (old) await device.dropDraft(old.id);
  await sign(await device.newDraft(round, pseudonym, ballot, code), true);
  return true;
}
async function showBulletin() {
  let found;
  try {
    found = await untilAnswered(page, "waiting", () => getBulletin(round));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return page.show(message(page, "closedTitle", "closedText", "resultsOn"));
  }
  if (!await published(found, round)) return page.show(message(page, "bulletinTitle", "bulletinForeign"));
  const own = (await device.receipts(round)).map((hash) => ({ hash: showHash(hash), counted: listed(found, hash) }));
  page.show(bulletin(page, {
    count: found.hashes.length,
    batch: found.batch_hash,
    own,
    check: (typed) => readHash(typed) ? listed(found, readHash(typed)) : void 0
  }));
}
function explain(error) {
  const code = error instanceof Refused ? error.code : "";
  switch (code) {
    case "ballotbox.round_closed":
      return page.show(message(page, "closedTitle", "closedText"));
    case "ballotbox.round_unknown":
      return page.show(message(page, "unknownTitle", "unknownText"));
    case "ballotbox.ticket_expired":
    case "ballotbox.ticket_invalid":
      return page.show(message(page, "expiredTitle", "expiredText"));
    case "ballotbox.unit_exhausted":
      return page.show(message(page, "exhaustedTitle", "exhaustedText"));
    default:
      return page.show(message(page, "brokenTitle", ["brokenText", { code: code || "page" }]));
  }
}
