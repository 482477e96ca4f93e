// What is kept on this device, and for whom.
//
// A draft is a ballot that is not handed in yet, with the answers so far. It is found again by the same person's next
// ticket (a salted hash of the pseudonym), so that two people can share a device. Once the answer is handed in, the
// draft goes and a record takes its place that only the code opens and that names nobody. Beside it lies a receipt: the
// hash of the sealed answer, which says nothing but lets anybody check that it is counted. Receipts outlive the round.

import { encode64, sha256 } from './bytes.js';

const utf8 = new TextEncoder();

const STORES = ['drafts', 'locked', 'receipts'];

/** Opens the store. Where a browser refuses to keep anything, it lasts as long as the page, and says so. */
export async function openDevice() {
  try {
    return new Device(await openDatabase(), true);
  } catch {
    return new Device(null, false);
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('guldkorn-ballot', 2);
    opening.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!opening.result.objectStoreNames.contains(store)) opening.result.createObjectStore(store, { keyPath: 'id' });
      }
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onblocked = () => reject(new Error('blocked'));
  });
}

class Device {
  #database;
  #memory = { drafts: new Map(), locked: new Map(), receipts: new Map() };

  constructor(database, lasting) {
    this.#database = database;
    this.lasting = lasting;
  }

  /** The drafts of the person with this pseudonym in this round. */
  async draftsOf(round, pseudonym) {
    const found = [];
    for (const draft of await this.#all('drafts')) {
      if (draft.round === round && draft.owner === await ownerMark(draft.salt, pseudonym)) found.push(draft);
    }
    return found;
  }

  /** The one draft of a person in a round, if there is one. */
  async draftOf(round, pseudonym) {
    return (await this.draftsOf(round, pseudonym))[0];
  }

  async draft(id) {
    return (await this.#all('drafts')).find((d) => d.id === id);
  }

  /** A new draft of a person. */
  async newDraft(round, pseudonym, ballot, code) {
    return (await this.newDrafts(round, pseudonym, [{ ballot, code }]))[0];
  }

  /** New drafts of a person, one for each ballot with its code: all of them or none. */
  async newDrafts(round, pseudonym, pairs) {
    const drafts = [];
    for (const { ballot, code } of pairs) {
      const salt = encode64(crypto.getRandomValues(new Uint8Array(16)));
      drafts.push({ id: crypto.randomUUID(), round, salt, owner: await ownerMark(salt, pseudonym), ballot, code, answers: {}, at: -1 });
    }
    await this.#write({ put: drafts.map((draft) => ['drafts', draft]) });
    return drafts;
  }

  async saveDraft(draft) {
    await this.#write({ put: [['drafts', draft]] });
  }

  async dropDraft(id) {
    await this.#write({ remove: [['drafts', id]] });
  }

  /** What is locked under receipt codes in this round. */
  async locked(round) {
    return (await this.#all('locked')).filter((l) => l.round === round);
  }

  /** Puts a locked record in the place of a draft, with the receipt of what was handed in ('' for nothing), all or none. */
  async settle(draftID, record, hash) {
    const put = [['locked', record]];
    const remove = draftID ? [['drafts', draftID]] : [];
    if (hash) put.push(['receipts', { id: record.id, round: record.round, hash }]);
    else remove.push(['receipts', record.id]);
    await this.#write({ put, remove });
  }

  /** The hashes of what was handed in from this device in this round. */
  async receipts(round) {
    return (await this.#all('receipts')).filter((r) => r.round === round).map((r) => r.hash);
  }

  /** Forgets a round that is closed, but for its receipts. */
  async forget(round) {
    const remove = [];
    for (const store of ['drafts', 'locked']) {
      for (const one of await this.#all(store)) if (one.round === round) remove.push([store, one.id]);
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
      const transaction = this.#database.transaction(STORES, 'readwrite', { durability: 'strict' });
      for (const [store, value] of put) transaction.objectStore(store).put(value);
      for (const [store, id] of remove) transaction.objectStore(store).delete(id);
      transaction.commit(); // so that it is done even if the page is left at this moment
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

async function ownerMark(salt, pseudonym) {
  return encode64(await sha256(utf8.encode(salt + '\n' + pseudonym)));
}
