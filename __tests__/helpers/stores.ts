import { MemoryLockStore, type LockStore } from '../../src';

/** A right store, but for the methods given. */
export function broken(methods: Partial<Record<keyof LockStore, (...args: string[]) => unknown>>): LockStore {
  return Object.assign(new MemoryLockStore(), methods as object);
}
