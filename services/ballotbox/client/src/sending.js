// What goes between this browser and the ballot box for one ballot: leaving it under its code, having it signed, handing in.

import { getRecovery, putAnswer, putRecovery, Refused, signBlinded } from './api.js';
import { finalize, request } from './ballot.js';
import { openBallot, recoveryID, sealBallot } from './recovery.js';
import { untilAnswered } from './retry.js';

/** Whether the ballot box refused for this reason. */
export const refused = (error, reason) => error instanceof Refused && error.code === 'ballotbox.' + reason;

/** Leaves a ballot with the ballot box, sealed under its code: the identical one again, should the answer be lost. */
export async function leave(page, device, ticket, draft) {
  const round = page.form.round_id;
  draft.sealed ??= await sealBallot(draft.code, round, draft.ballot);
  await device.saveDraft(draft);
  const id = await recoveryID(draft.code, round);
  await untilAnswered(page, 'waiting', () => putRecovery(round, id, ticket, draft.sealed));
}

/** The draft is on the device before the request is sent: a lost answer is asked for again with the same request. */
export async function issue(page, device, ticket, draft) {
  const signature = await untilAnswered(page, 'waiting', () => signBlinded(page.form.round_id, ticket, draft.ballot.blinded));
  draft.ballot = await finalize(draft.ballot, signature);
  delete draft.sealed;
  await device.saveDraft(draft);
}

/** The ballot that another device left under a code, or null if there is none. */
export async function takeUp(page, code) {
  const round = page.form.round_id;
  const id = await recoveryID(code, round);
  try {
    return await openBallot(code, page.form, await untilAnswered(page, 'waiting', () => getRecovery(round, id)));
  } catch (error) {
    if (refused(error, 'recovery_unknown')) return null;
    throw error;
  }
}

/** Sends until the ballot box has it. A version that an earlier, unfinished attempt has used up is stepped over. */
export async function deliver(page, ballot, envelope, tell) {
  for (let version = ballot.version + 1; ; version++) {
    const sealed = await request(page.form, ballot, version, envelope);
    try {
      await untilAnswered(page, tell, () => putAnswer(page.form.round_id, sealed));
      ballot.version = version;
      return;
    } catch (error) {
      if (!refused(error, 'version_old')) throw error;
    }
  }
}
