import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { MemoryLockStore } from '../../src';
import { guardedHost } from '../helpers/guarded-host';
import { client as clientOf, conflict, held, ok, type Answer } from '../helpers/host';

const TTL = 30 * 60 * 1000;

interface ModelFile {
  name: string;
  bytes: string;
  lock: { id: string; lapsesAt: number } | undefined;
}

/** What a host must do, said once more and as plainly as can be: a file, its bytes, its lock. */
class Model {
  time = 0;
  made = 0;
  readonly files = new Map<string, ModelFile>();

  held(file: ModelFile): string | null {
    return file.lock === undefined || this.time >= file.lock.lapsesAt ? null : file.lock.id;
  }

  hold(file: ModelFile, id: string): Answer {
    file.lock = { id, lapsesAt: this.time + TTL };
    return ok;
  }

  named(name: string): [string, ModelFile] | undefined {
    return [...this.files].find(([, file]) => file.name === name);
  }
}

type Client = ReturnType<typeof clientOf>;

/** A request, and what the model says of it: the answer, and what has become of the file. */
interface Step {
  readonly ask: (client: Client) => Promise<Answer>;
  readonly expected: (model: Model, id: string, file: ModelFile) => Answer;
}

const refused = (lock: string | null): Answer => conflict(lock ?? '');

const STEPS = {
  lock: (lock: string): Step => ({
    ask: (client) => client.lock(lock),
    expected: (model, _id, file) =>
      [null, lock].includes(model.held(file)) ? model.hold(file, lock) : refused(model.held(file)),
  }),
  refreshLock: (lock: string): Step => ({
    ask: (client) => client.refreshLock(lock),
    expected: (model, _id, file) => (model.held(file) === lock ? model.hold(file, lock) : refused(model.held(file))),
  }),
  unlock: (lock: string): Step => ({
    ask: (client) => client.unlock(lock),
    expected: (model, _id, file) => {
      if (model.held(file) !== lock) {
        return refused(model.held(file));
      }
      file.lock = undefined;
      return ok;
    },
  }),
  unlockAndRelock: (oldLock: string, lock: string): Step => ({
    ask: (client) => client.unlockAndRelock(oldLock, lock),
    expected: (model, _id, file) => (model.held(file) === oldLock ? model.hold(file, lock) : refused(model.held(file))),
  }),
  getLock: (): Step => ({
    ask: (client) => client.getLock(),
    expected: (model, _id, file) => held(model.held(file) ?? ''),
  }),
  putFile: (lock: string | undefined, bytes: string): Step => ({
    ask: (client) => client.putFile(lock, bytes),
    expected: (model, _id, file) => {
      const lockHeld = model.held(file);
      const may = lockHeld === null ? file.bytes === '' : lockHeld === lock;
      if (!may) {
        return refused(lockHeld);
      }
      file.bytes = bytes;
      return ok;
    },
  }),
  renameFile: (lock: string | undefined, name: string): Step => ({
    ask: (client) => client.renameFile(lock, name),
    expected: (model, _id, file) => {
      const lockHeld = model.held(file);
      if (lockHeld !== null && lockHeld !== lock) {
        return refused(lockHeld);
      }
      file.name = name;
      return ok;
    },
  }),
  deleteFile: (): Step => ({
    ask: (client) => client.deleteFile(),
    expected: (model, id, file) => {
      const lockHeld = model.held(file);
      if (lockHeld !== null) {
        return refused(lockHeld);
      }
      model.files.delete(id);
      return ok;
    },
  }),
  putRelativeFile: (name: string, bytes: string): Step => ({
    ask: (client) => client.putRelativeFile(name, bytes),
    expected: (model) => {
      const [targetId, target] = model.named(name) ?? [`new-${(model.made += 1)}`];
      const lockHeld = target === undefined ? null : model.held(target);
      if (lockHeld !== null) {
        return refused(lockHeld);
      }
      model.files.set(targetId, { name, bytes, lock: undefined });
      return ok;
    },
  }),
};

const IDS = ['one', 'two', 'three'];
const lock = fc.constantFrom('A', 'A', 'B', 'a');
const sent = fc.option(lock, { nil: undefined });
const bytes = fc.constantFrom('', 'x', 'y', 'zz');
const name = fc.constantFrom(...IDS, 'four');

const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  { weight: 4, arbitrary: lock.map((id): [string, Step] => [`lock ${id}`, STEPS.lock(id)]) },
  lock.map((id): [string, Step] => [`refreshLock ${id}`, STEPS.refreshLock(id)]),
  lock.map((id): [string, Step] => [`unlock ${id}`, STEPS.unlock(id)]),
  fc.tuple(lock, lock).map(([old, id]): [string, Step] => [`swap ${old} ${id}`, STEPS.unlockAndRelock(old, id)]),
  fc.constant<[string, Step]>(['getLock', STEPS.getLock()]),
  {
    weight: 4,
    arbitrary: fc
      .tuple(sent, bytes)
      .map(([id, content]): [string, Step] => [`put ${id} ${content}`, STEPS.putFile(id, content)]),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(sent, name).map(([id, to]): [string, Step] => [`rename ${id} ${to}`, STEPS.renameFile(id, to)]),
  },
  fc.constant<[string, Step]>(['delete', STEPS.deleteFile()]),
  fc
    .tuple(name, bytes)
    .map(([to, content]): [string, Step] => [`putRelative ${to} ${content}`, STEPS.putRelativeFile(to, content)]),
);

const pass = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, TTL - 1, TTL);

test('whatever is asked in whatever order, files change when the model says so, and never else', async () => {
  const seen = new Map<string, number>();
  const play = fc.array(fc.tuple(fc.constantFrom('one', 'one', ...IDS, 'new-1'), step, pass), {
    minLength: 20,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(play, async (steps) => {
      const model = new Model();
      const store = new MemoryLockStore({ now: () => model.time });
      const { port, files } = await guardedHost({ store, files: { one: 'x', two: '', three: 'y' } });
      for (const [id, file] of files) {
        model.files.set(id, { ...file, lock: undefined });
      }
      for (const [id, [label, { ask, expected }], ms] of steps) {
        model.time += ms;
        const file = model.files.get(id);
        // Two files of one name are no business of the guard's.
        const isTaken = label.startsWith('rename') && model.named(label.split(' ')[2]!) !== undefined;
        if (file === undefined || isTaken) {
          continue;
        }
        const answer = await ask(clientOf(port, `/wopi/files/${id}`));
        expect([id, label, answer]).toEqual([id, label, expected(model, id, file)]);
        expect([...files]).toEqual(
          [...model.files].map(([key, kept]) => [key, { name: kept.name, bytes: kept.bytes }]),
        );
        const counted = `${label.split(' ')[0]} ${answer.status}`;
        seen.set(counted, (seen.get(counted) ?? 0) + 1);
      }
    }),
    { numRuns: 250 },
  );
  // The property says little unless it gets to both sides of each rule.
  for (const operation of ['lock', 'refreshLock', 'unlock', 'swap', 'put', 'rename', 'delete', 'putRelative']) {
    expect(seen.get(`${operation} 200`)).toBeGreaterThan(10);
    expect(seen.get(`${operation} 409`)).toBeGreaterThan(10);
  }
}, 120_000);
