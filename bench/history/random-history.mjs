const METHODS = ['getLock', 'lock', 'refreshLock', 'unlock', 'unlockAndRelock'];
const LOCKS = ['A', 'B', 'C', 'D'];

/** What clients ask of a right store, and are told, each call taking effect at some moment between its start and end. */
export function randomHistory({ operations, files, clients, spoilt }) {
  const freeAt = Array(clients).fill(0);
  const calls = Array.from({ length: operations }, () => {
    const client = below(clients);
    const start = freeAt[client] + Math.random();
    const effect = start + Math.random() * 10;
    const end = effect + Math.random() * 10;
    freeAt[client] = end;
    return { client, start, effect, end, fileId: `file ${below(files)}` };
  }).toSorted((one, other) => one.effect - other.effect);

  const held = new Map();
  const history = calls.map(({ client, start, end, fileId }) => {
    const method = METHODS[below(METHODS.length)];
    const args = { getLock: [], unlockAndRelock: [lock(), lock()] }[method] ?? [lock()];
    return { client, method, fileId, args, start, end, result: answer(method, fileId, args, held) };
  });
  if (spoilt) {
    const looks = history.filter(({ method }) => method === 'getLock');
    looks[below(looks.length)].result = 'a lock that nobody asked for';
  }
  return history;
}

function answer(method, fileId, [lockId, newLockId = lockId], held) {
  const currentLock = held.get(fileId) ?? null;
  if (method === 'getLock') {
    return currentLock;
  }
  if (currentLock !== lockId && !(method === 'lock' && currentLock === null)) {
    return { ok: false, currentLock };
  }
  held.set(fileId, method === 'unlock' ? null : newLockId);
  return { ok: true };
}

function lock() {
  return LOCKS[below(LOCKS.length)];
}

function below(number) {
  return Math.floor(Math.random() * number);
}
