// Requests to the ballot box, always to the page's own origin: no cookie, no referrer, nothing kept.

/** A request that the ballot box refused, with its code. */
export class Refused extends Error {
  constructor(code, retryAfter) {
    super(code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** No answer, or none that a repeat might not change: worth trying again. */
export class Unreachable extends Error {
  constructor(retryAfter, ahead = 0) {
    super('unreachable');
    this.retryAfter = retryAfter;
    this.ahead = ahead; // so many come first, when there is a queue
  }
}

async function call(method, path, body) {
  const options = { method, credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' };
  if (body !== undefined) {
    options.body = body;
    options.headers = { 'Content-Type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Unreachable(0);
  }
  if (response.ok) return response.status === 204 ? undefined : response.json();
  const retryAfter = Number(response.headers.get('Retry-After')) || 0;
  let code = '';
  try {
    code = (await response.json()).code ?? '';
  } catch {
    // an answer of somebody on the way, not of the ballot box
  }
  if (response.status >= 500 || response.status === 429 || code === '') {
    throw new Unreachable(retryAfter, Number(response.headers.get('Queue-Ahead')) || 0);
  }
  throw new Refused(code, retryAfter);
}

export const getForm = (round) => call('GET', `/v1/rounds/${round}/form`);

export const signBlinded = async (round, ticket, blinded) =>
  (await call('POST', `/v1/rounds/${round}/blind-signatures`, JSON.stringify({ ticket, blinded_message: blinded }))).signature;

export const putRecovery = (round, id, ticket, sealed) =>
  call('PUT', `/v1/rounds/${round}/recoveries/${id}`, JSON.stringify({ ticket, sealed }));

export const getRecovery = async (round, id) => (await call('GET', `/v1/rounds/${round}/recoveries/${id}`)).sealed;

export const putPaperEntry = (round, entry) => call('PUT', `/v1/rounds/${round}/paper-entries`, JSON.stringify(entry));

export const getReply = async (round, id) => (await call('GET', `/v1/rounds/${round}/replies/${id}`)).sealed;

export const getBulletin = (round) => call('GET', `/v1/rounds/${round}/bulletin`);

export const getIdentity = () => call('GET', '/.well-known/guldkorn-ballot-box');

export const putAnswer = (round, sealed) => call('PUT', `/v1/rounds/${round}/answers`, sealed);
