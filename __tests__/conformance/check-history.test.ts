import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { checkHistory, type RecordedOperation } from '../../src/conformance';
import { isLinearizableByBruteForce } from '../helpers/brute-force';
import { history } from '../helpers/histories';

describe('histories that are right', () => {
  test.each([
    ['none at all', []],
    ['one after the other', ['[lock A: ok] [unlockAndRelock A B: ok] [refreshLock B: ok] [unlock B: ok] [getLock: -]']],
    ['all refusals', ['[unlock A: !] [refreshLock A: !] [unlockAndRelock A B: !] [lock A: ok] [lock B: !A]']],
    ['a lock seen while it is taken', ['[lock A:    ok]', ' [getLock: A]']],
    ['a lock not yet seen while it is taken', ['[lock A:     ok]', ' [getLock: -]']],
    [
      'the swap of another in between',
      ['[lock A: ok]', '               [unlockAndRelock A B: ok]', '                 [unlock A: !B]'],
    ],
    ['the order opposite to that of the starts', ['[lock A:         !B]', '  [lock B: ok]']],
    [
      'a long call around many',
      ['[unlock A:                                        ok]', '  [lock A: ok] [getLock: A] [refreshLock A: !]'],
    ],
    ['the same lock twice', ['[lock A: ok]', '[lock A: ok]', '             [unlock A: ok] [unlock A: !]']],
    ['a swap with itself', ['[lock A: ok] [unlockAndRelock A A: ok] [getLock: A]']],
    [
      'a lock taken twice around its release',
      ['[lock A: ok] [unlock A:     ok]', '              [lock A:     ok] [getLock: A]'],
    ],
  ])('%s', (_name, clients) => {
    expect(checkHistory(history(...clients))).toEqual({ linearizable: true });
  });

  test('files are judged apart', () => {
    const one = history('[lock A: ok] [getLock: A]');
    const other = history('[getLock: -] [lock B: ok]').map((operation) => ({ ...operation, fileId: 'other' }));
    expect(checkHistory([...one, ...other])).toEqual({ linearizable: true });
  });
});

describe('histories that are wrong, with the part and the sentence that say why', () => {
  test.each<[string, string[], string[], string]>([
    [
      'a lock named after it had been swapped',
      ['[lock A: ok] [unlockAndRelock A B: ok]', '                                         [lock C: !A]'],
      ['unlockAndRelock', 'lock'],
      'Client 2 was refused lock C and told that the file held A, but A had been swapped for B by client 1 before client 2 began',
    ],
    [
      'a lock seen after its release',
      ['[lock A: ok] [unlock A: ok]', '                             [getLock: A]'],
      ['unlock', 'getLock'],
      'Client 2 was told that the file held A, but A had been released by client 1 before client 2 began',
    ],
    [
      'a free file seen after it had been locked',
      ['[lock A: ok]', '              [getLock: -]'],
      ['lock', 'getLock'],
      'Client 2 was told that the file was not locked, but the file had been locked with A by client 1 before client 2 began',
    ],
    [
      'a free file seen in the middle of a swap',
      ['[lock A: ok] [unlockAndRelock A B:              ok]', '                  [getLock: -]'],
      ['lock', 'getLock'],
      'but the file had been locked with A by client 1 before client 2 began',
    ],
    [
      'a refusal that names the lock that was presented',
      ['[lock A: ok]', '             [unlockAndRelock A B: ok]', '             [unlockAndRelock A C: !A]'],
      ['unlockAndRelock'],
      'Client 3 was refused unlockAndRelock A -> C and told that the file held A: a file in that state would have accepted',
    ],
    [
      'a Lock refused by a file that was free',
      ['[lock A: !]'],
      ['lock'],
      'told that the file was not locked: a file in that state would have accepted',
    ],
    [
      'two Locks at once on a free file',
      ['[lock A: ok]', '[lock B: ok]'],
      ['lock', 'lock'],
      'Client 1 took A, and client 2 took B: whichever came first, the other is impossible after it.',
    ],
    [
      'two swaps of one lock',
      ['[lock A: ok]', '             [unlockAndRelock A B: ok]', '               [unlockAndRelock A C: ok]'],
      ['unlockAndRelock', 'unlockAndRelock'],
      'Client 2 swapped A for B, and client 3 swapped A for C: whichever came first, the other is impossible after it.',
    ],
    ['a swap of a free file', ['[unlockAndRelock A B: ok]'], ['unlockAndRelock'], 'nobody had asked for A by then'],
    [
      'a lock that nobody had asked for',
      ['[getLock: Z]'],
      ['getLock'],
      'Client 1 was told that the file held Z, but nobody had asked for Z by then.',
    ],
    [
      'a lock that was asked for too late',
      ['[getLock: A]', '              [lock A: ok]'],
      ['getLock'],
      'but nobody had asked for A by then',
    ],
    [
      'a refused unlock that took effect',
      ['[lock A: ok] [unlock B: !A] [getLock: -]'],
      ['unlock', 'getLock'],
      'Client 1 was told that the file was not locked, but client 1 was refused unlock B and told that the file held A before client 1 began',
    ],
  ])('%s', (_name, clients, methods, sentence) => {
    const verdict = checkHistory(history(...clients));
    expect(verdict).toMatchObject({
      linearizable: false,
      fileId: 'file',
      explanation: expect.stringContaining(sentence),
    });
    expect('operations' in verdict && verdict.operations.map(({ method }) => method)).toEqual(methods);
  });

  test('the timeline has a line for each client, time to the right, and on each bar the call and its answer', () => {
    const verdict = checkHistory(
      history('[lock A: ok] [unlockAndRelock A B: ok]', '                                         [lock C: !A]'),
    );
    expect('explanation' in verdict && verdict.explanation.split('\n').slice(1)).toEqual([
      '',
      'File file, time to the right:',
      '',
      'client 1  |- unlockAndRelock A -> B: ok -|',
      'client 2                                   |- lock C: refused, holds A -|',
      '',
    ]);
  });

  test('bars that overlap were under way at once', () => {
    const verdict = checkHistory(history('[lock A:           ok]', '  [lock B: ok]'));
    const [one, two] = ('explanation' in verdict ? verdict.explanation : '').split('\n').slice(4);
    expect(one).toMatch(/^client 1 {2}\|- lock A: ok -+\|$/);
    expect(two).toMatch(/^client 2 {3}\|- lock B: ok -\|$/);
    expect(one!.length).toBeGreaterThan(two!.length);
  });

  test('long and odd lock IDs are cut and escaped', () => {
    const lockId = `a b\n${'x'.repeat(1000)}end`;
    const operation = {
      client: 'left',
      method: 'getLock',
      fileId: 'f',
      args: [],
      start: 0,
      end: 1,
      result: lockId,
    } as const;
    const verdict = checkHistory([operation]);
    expect(verdict).toMatchObject({
      explanation: expect.stringMatching(/client left {2}\|- getLock: "a b\\nx+\.\.\.x+end" -\|/),
    });
  });
});

describe('operations whose outcome is unknown', () => {
  test.each([
    ['happened', ['[lock A: ?]  [getLock: A]']],
    ['did not happen', ['[lock A: ?]  [getLock: -]']],
    ['happened later', ['[lock A: ?]', '             [getLock: -] [getLock: A]']],
    ['happened before their call had come to its end', ['[lock A:      ?]', '  [getLock: A]']],
    ['each explain a part', ['[lock A: ?] [unlock A: ?]', '                          [getLock: A] [getLock: -]']],
  ])('may have %s', (_name, clients) => {
    expect(checkHistory(history(...clients))).toEqual({ linearizable: true });
  });

  test.each([
    ['before they began', ['[getLock: A] [lock A: ?]']],
    ['twice', ['[lock A: ?]  [getLock: A] [unlock A: ok] [getLock: A]']],
    ['against the rules', ['[lock A: ok] [unlock B: ?] [getLock: -]']],
    ['and then not', ['[lock A: ?] [getLock: A] [getLock: -]']],
  ])('cannot have happened %s', (_name, clients) => {
    expect(checkHistory(history(...clients))).toMatchObject({ linearizable: false });
  });
});

describe('random small histories', () => {
  const lockId = fc.constantFrom('A', 'B', 'C');
  const moments = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }));
  const result = (held: fc.Arbitrary<string | null>) =>
    fc.oneof(
      fc.constant({ ok: true } as const),
      held.map((currentLock) => ({ ok: false, currentLock }) as const),
    );
  const held = fc.option(lockId, { nil: null });
  const unknown = <T>(known: fc.Arbitrary<T>) => fc.option(known, { nil: undefined, freq: 6 });
  const call = fc.oneof(
    fc.tuple(fc.constant('getLock' as const), fc.constant([]), unknown(held)),
    fc.tuple(fc.constantFrom('lock' as const, 'refreshLock', 'unlock'), fc.tuple(lockId), unknown(result(held))),
    fc.tuple(fc.constant('unlockAndRelock' as const), fc.tuple(lockId, lockId), unknown(result(held))),
  );
  const operation = fc.tuple(call, moments, fc.nat(3)).map(([[method, args, answer], [start, length], client]) => ({
    client,
    method,
    fileId: 'file',
    args,
    start,
    end: start + length,
    ...(answer === undefined ? {} : { result: answer }),
  }));
  // Answers at random are nearly always wrong: take those of a store, and then, in half of the cases, spoil one.
  const plausible = fc
    .tuple(
      fc.array(fc.tuple(operation, fc.nat(100)), { minLength: 1, maxLength: 7 }),
      fc.option(fc.tuple(fc.nat(6), held)),
    )
    .map(([drawn, spoilt]) => {
      let file: string | null = null;
      const points = drawn.toSorted(([one, a], [other, b]) => one.start - other.start || a - b);
      const told = points.map(([{ result: answer, ...called }]): RecordedOperation => {
        const [one = '', two = one] = called.args;
        const fits = called.method === 'getLock' || file === one || (called.method === 'lock' && file === null);
        const answered =
          called.method === 'getLock'
            ? file
            : fits
              ? ({ ok: true } as const)
              : { ok: false as const, currentLock: file };
        if (fits && called.method !== 'getLock') {
          file = called.method === 'unlock' ? null : two;
        }
        return answer === undefined ? called : { ...called, result: answered };
      });
      return told.map((one, index) =>
        spoilt === null || index !== spoilt[0] || one.result === undefined
          ? one
          : { ...one, result: one.method === 'getLock' ? spoilt[1] : { ok: false as const, currentLock: spoilt[1] } },
      );
    });

  test('are judged as a search through every order judges them', () => {
    const verdicts = { true: 0, false: 0 };
    fc.assert(
      fc.property(fc.oneof(fc.array(operation, { maxLength: 6 }), plausible), (operations) => {
        const right = isLinearizableByBruteForce(operations);
        verdicts[`${right}`]++;
        expect(checkHistory(operations).linearizable).toBe(right);
      }),
      { numRuns: 10_000 },
    );
    expect(verdicts.true).toBeGreaterThan(2000);
    expect(verdicts.false).toBeGreaterThan(2000);
  });

  test('yield a part that is wrong by itself, and an explanation', () => {
    fc.assert(
      fc.property(plausible, (operations) => {
        const verdict = checkHistory(operations);
        fc.pre(!verdict.linearizable);
        const part = verdict.operations;
        expect(operations).toEqual(expect.arrayContaining([...part]));
        expect(isLinearizableByBruteForce(part)).toBe(false);
        expect(verdict.explanation).toContain('client');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('speed', () => {
  test('a history that no order explains is not searched for ever', () => {
    // Twelve at once, each possible first: 12! orders, but few sets of operations and locks.
    const clients = Array.from({ length: 12 }, (_, n) => `[lock L${n}: ok]`.padEnd(60));
    expect(checkHistory(history(...clients))).toMatchObject({ linearizable: false });
  });
});

describe('mistakes in a history are named', () => {
  const right = {
    client: 1,
    method: 'lock',
    fileId: 'file',
    args: ['A'],
    start: 0,
    end: 1,
    result: { ok: true },
  } as const;

  test.each([
    [{ method: 'steal' }, /Operation 1 of the history has the method steal, but the methods are getLock, lock/],
    [{ method: 'toString' }, /has the method toString/],
    [{ fileId: 7 }, /has no string as its fileId/],
    [{ args: [] }, /must have 1 lock ID\(s\) as its args, since it is a lock/],
    [{ args: ['A', 1000] }, /must have 1 lock ID/],
    [{ args: [7] }, /must have 1 lock ID/],
    [{ start: 2 }, /end no sooner than it starts, but they are 2 and 1/],
    [{ end: NaN }, /must have numbers as its start and end/],
    [{ result: 'A' }, /result must be \{ ok: true \} or \{ ok: false, currentLock \}/],
    [{ result: { ok: false } }, /result must be \{ ok: true \}/],
    [{ method: 'getLock', args: [], result: { ok: true } }, /result must be a string or null/],
  ])('%p', (mistake, message) => {
    expect(() => checkHistory([right, { ...right, ...mistake } as RecordedOperation])).toThrow(message);
  });

  test('no array', () => {
    expect(() => checkHistory(new Map() as never)).toThrow(TypeError);
  });
});
