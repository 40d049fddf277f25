/**
 * Both clients swap the same lock at the same moment, `rounds` times. The winner's new lock is what both present next.
 * @yields {{ round: number, outcome: 'Alex' | 'Sam' | 'both' | 'neither', wrong: string | null }}
 */
export async function* race(clients, fileId, rounds) {
  const run = Math.random().toString(36).slice(2, 6);
  let current = `race-${run}-start`;
  const [[, first]] = clients;
  const taken = await first.lock(fileId, current);
  if (taken.status === 409) {
    throw new FileIsLocked(taken.lock);
  }
  expectStatus(taken, 'Its first Lock');
  try {
    for (let round = 1; round <= rounds; round++) {
      const old = current;
      const swaps = shuffled(clients).map(async ([name, client]) => {
        const lockId = `race-${run}-${name.toLowerCase()}-${round}`;
        return { name, lockId, answer: await client.unlockAndRelock(fileId, old, lockId) };
      });
      const result = judge(await Promise.all(swaps));
      yield { round, ...result };
      current = result.lockId ?? (await heldNow(first, fileId, `race-${run}-`));
    }
  } finally {
    await release(first, fileId, current, `race-${run}-`);
  }
}

async function release(client, fileId, lockId, prefix) {
  let answer = await client.unlock(fileId, lockId);
  if (answer.status === 409 && answer.lock?.startsWith(prefix)) {
    answer = await client.unlock(fileId, answer.lock); // a round broke off, and it is the other one's
  }
  expectStatus(answer, 'The Unlock at its end');
}

/** Somebody holds the file, so there is nothing to race for. */
export class FileIsLocked extends Error {
  lockId;

  constructor(lockId) {
    super('The file is locked');
    this.lockId = lockId;
  }
}

function judge(swaps) {
  for (const { answer } of swaps) {
    if (answer.status !== 409) {
      expectStatus(answer, 'A Swap');
    }
  }
  const [winners, losers] = [200, 409].map((status) => swaps.filter(({ answer }) => answer.status === status));
  if (winners.length === 2) {
    return { outcome: 'both', lockId: null, wrong: 'both were told that they had won' };
  }
  if (winners.length === 0) {
    return { outcome: 'neither', lockId: null, wrong: 'both were refused' };
  }
  const [[winner], [loser]] = [winners, losers];
  const told = loser.answer.lock;
  const wrong =
    told === winner.lockId ? null : `${winner.name} took ${winner.lockId}, but ${loser.name} was told ${quoted(told)}`;
  return { outcome: winner.name, lockId: winner.lockId, wrong };
}

async function heldNow(client, fileId, prefix) {
  const answer = await client.getLock(fileId);
  expectStatus(answer, 'A Get lock');
  if (!answer.lock?.startsWith(prefix)) {
    throw new Error(`Somebody else changed the lock meanwhile: it is ${quoted(answer.lock)} now.`);
  }
  return answer.lock;
}

function expectStatus({ status }, action) {
  if (status !== 200) {
    throw new Error(`${action} was answered ${status}.`);
  }
}

function quoted(lock) {
  return lock === null ? 'nothing' : `“${lock}”`;
}

/** Who is first to fire is drawn by lot, or it would be the same one each time, and win. */
function shuffled([one, other]) {
  return Math.random() < 0.5 ? [one, other] : [other, one];
}
