import type { LockStore } from './lock-store';

export const LOCK_STORE_METHODS = [
  'getLock',
  'lock',
  'refreshLock',
  'unlock',
  'unlockAndRelock',
] as const satisfies (keyof LockStore)[];

/** @throws TypeError, with the mistake and how to mend it, where `store` is not a {@link LockStore}. */
export function assertLockStore(store: unknown, callee: string): asserts store is LockStore {
  if (typeof store === 'function') {
    const name = store.name || 'MyLockStore';
    throw new TypeError(
      `${callee} was given ${name} itself, not an instance of it. Write \`${callee}(new ${name}())\`, with \`new\` and parentheses.`,
    );
  }
  if (typeof store !== 'object' || store === null) {
    throw new TypeError(
      `${callee} needs a lock store as its first argument, but it was given ${store === null ? 'null' : typeof store}. ` +
        `Write \`${callee}(new MemoryLockStore())\`, or give it a store of your own.`,
    );
  }
  const missing = LOCK_STORE_METHODS.filter((method) => typeof (store as Partial<LockStore>)[method] !== 'function');
  if (missing.length > 0) {
    throw new TypeError(
      `The store given to ${callee} has no method ${missing.join(', ')}. ` +
        `A lock store implements all of ${LOCK_STORE_METHODS.join(', ')}; see the type LockStore.`,
    );
  }
}

/** @throws TypeError where `options` is no object, or has a name that is not one of `known`. */
export function assertKnownOptions(options: unknown, known: readonly string[], callee: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `The options of ${callee} must be an object, such as \`{ ${known[0]} }\`, ` +
        `but they are ${options === null ? 'null' : `of type ${typeof options}`}.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${callee} has no option \`${name}\`. Its options are ${known.join(', ')}.`);
    }
  }
}

/** @throws TypeError where an option that should be a function is anything else but absent. */
export function assertFunctionOption(value: unknown, name: string, callee: string): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new TypeError(
      `The option \`${name}\` of ${callee} must be a function, but it is of type ${value === null ? 'null' : typeof value}.`,
    );
  }
}

/** @throws TypeError where `value` could read as a lock. */
export function assertEmptyLockHeader(value: unknown, callee: string): void {
  if (value !== '' && value !== ' ') {
    throw new TypeError(
      `The option \`emptyLockHeader\` of ${callee} must be '' or ' ' (one space), but it is ${JSON.stringify(value)}. ` +
        'Anything else would read as a lock.',
    );
  }
}

/** @throws TypeError where an option that should be a boolean is anything else: the text 'false' would be as good as true. */
export function assertBooleanOption(value: unknown, name: string, callee: string): void {
  if (typeof value !== 'boolean') {
    throw new TypeError(
      `The option \`${name}\` of ${callee} must be true or false, but it is ${value === null ? 'null' : `of type ${typeof value}`}.`,
    );
  }
}
