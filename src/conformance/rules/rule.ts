import type { Subject } from '../tested-store';

/** What must be true of every store, by the name of its test. */
export type Rules = Readonly<Record<string, (subject: Subject) => Promise<void>>>;
