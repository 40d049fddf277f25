import type { RecordedOperation } from '../../src/conformance';

type Answer = RecordedOperation['result'];

export const OK = { ok: true } as const;

export function refused(currentLock: string | null) {
  return { ok: false, currentLock } as const;
}

/**
 * A history as a picture: one string for each client, one operation from `[` to `]`, e.g.
 * `'[lock A: ok]  [getLock: A]'`. Where the brackets stand in the string is when the operation starts and ends.
 * Answers: `ok`, `!A` (refused, A is held), `!` (refused, not locked), `?` (none); of getLock the lock, or `-`.
 */
export function history(...clients: string[]): RecordedOperation[] {
  return clients.flatMap((line, client) =>
    [...line.matchAll(/\[(\w+) ?([^:]*): *([^\] ]+) *\]/g)].map((match) => {
      const [text, method = '', args = '', answer = ''] = match;
      const operation = {
        client: client + 1,
        method: method as RecordedOperation['method'],
        fileId: 'file',
        args: args.split(' ').filter(Boolean),
        start: match.index,
        end: match.index + text.length - 1,
      };
      return answer === '?' ? operation : { ...operation, result: resultOf(method, answer) };
    }),
  );
}

function resultOf(method: string, answer: string): NonNullable<Answer> | null {
  if (method === 'getLock') {
    return answer === '-' ? null : answer;
  }
  return answer === 'ok' ? OK : refused(answer.slice(1) || null);
}
