import type { IncomingMessage, ServerResponse } from 'node:http';

import debug = require('debug');
import type { Request } from 'express';

import type { Parsed, WopiRequest } from './client-request';
import { describeError, faultsAs, withLockOn409, wopiError } from './errors';
import { lockHeader, WOPI_HEADERS } from './protocol';

/** What is written to the client. Every other status is an error, and the app's to write. */
export interface Answer {
  readonly status: 200 | 409;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a request becomes: an answer, or `undefined` to let it through. */
type Answerer<R extends WopiRequest> = (request: R, req: Request, res: ServerResponse) => Promise<Answer | undefined>;

interface Common<R extends WopiRequest> {
  readonly authorize?: ((request: R, req: Request) => boolean | Promise<boolean>) | undefined;
  readonly emptyLockHeader: '' | ' ';
}

export type Handler = (req: IncomingMessage, res: ServerResponse, next: (err?: unknown) => void) => void;

/** Takes a request from its headers to its answer; what `parse` does not know goes to `next()`, its body unread. */
export function handler<R extends WopiRequest>(
  parse: (req: IncomingMessage) => Parsed<R> | undefined,
  { authorize, emptyLockHeader }: Common<R>,
  answerTo: Answerer<R>,
  log: debug.Debugger,
): Handler {
  return function wopi(incoming, res, next) {
    const req = incoming as Request;
    const parsed = parse(req);
    if (parsed === undefined) {
      next();
      return;
    }
    const { request } = parsed;
    admit(parsed, req, authorize)
      .then(() => answerTo(request, req, res))
      .then((answer) => {
        if (answer !== undefined && !res.headersSent) {
          write(answer, res);
        }
        logEnd(log, request, answer?.status ?? 'let through');
        return answer === undefined;
      })
      .then(
        (passes) => passes && next(),
        (error: unknown) => {
          logEnd(log, request, describeError(error));
          next(withLockOn409(error, res, emptyLockHeader));
        },
      );
  };
}

/** A refusal, with the lock that was found by the step that refused. */
export function conflict(currentLock: string | null, emptyLockHeader: '' | ' ') {
  return { status: 409, headers: { [WOPI_HEADERS.lock]: lockHeader(currentLock, emptyLockHeader) } } as const;
}

// The order of checks: token (401), file and right (404), headers (400), and then the lock state (409).
async function admit<R extends WopiRequest>(
  { request, mistake }: Parsed<R>,
  req: Request,
  authorize: Common<R>['authorize'],
): Promise<void> {
  if (authorize !== undefined && !(await faultsAs('ERR_WOPI_AUTHORIZE_FAILED', () => authorize(request, req)))) {
    throw wopiError('ERR_WOPI_INVALID_TOKEN');
  }
  if (mistake !== undefined) {
    throw wopiError(mistake);
  }
}

function write({ status, headers }: Answer, res: ServerResponse): void {
  res.statusCode = status;
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) {
      res.setHeader(name, value);
    }
  }
  res.end();
}

function logEnd(
  log: debug.Debugger,
  { operation, fileId, correlationId }: WopiRequest,
  outcome: string | number,
): void {
  log('%s of %j: %s (correlation ID %s)', operation, fileId, outcome, correlationId ?? 'not sent');
}
