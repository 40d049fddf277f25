import { format } from 'node:util';

import { afterEach, beforeEach } from '@jest/globals';
import debug from 'debug';

/** What `debug` writes under these namespaces during a test. */
export function logLinesOf(namespaces: string): () => readonly string[] {
  const log = debug.log;
  let lines: string[] = [];

  beforeEach(() => {
    lines = [];
    debug.log = (...args: unknown[]) => lines.push(format(...args));
    debug.enable(namespaces);
  });

  afterEach(() => {
    debug.disable();
    debug.log = log;
  });

  return () => lines;
}
