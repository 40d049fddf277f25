const HELD = 'bench-lock-'.padEnd(100, 'x');
const OTHER = 'other-lock-'.padEnd(100, 'x');

/** The calls of each, over and over, on a file that holds `HELD` before and after them. */
export const SCENARIOS = {
  RefreshLock: {
    ok: true,
    callsOn: (store, fileId) => [() => store.refreshLock(fileId, HELD)],
  },
  'UnlockAndRelock, there and back': {
    ok: true,
    callsOn: (store, fileId) => [
      () => store.unlockAndRelock(fileId, HELD, OTHER),
      () => store.unlockAndRelock(fileId, OTHER, HELD),
    ],
  },
  'UnlockAndRelock, refused': {
    ok: false,
    callsOn: (store, fileId) => [() => store.unlockAndRelock(fileId, OTHER, HELD)],
  },
};

/** Leaves the file holding `HELD`, and the engine knowing the scripts. */
export async function prepareFile(store, fileId) {
  await store.lock(fileId, HELD);
  for (const { callsOn } of Object.values(SCENARIOS)) {
    for (const call of callsOn(store, fileId)) {
      await call();
    }
  }
}
