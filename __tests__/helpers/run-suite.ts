import { lockStoreConformance, type LockStoreConformanceOptions } from '../../src/conformance';

export interface SuiteOutcome {
  readonly passed: readonly string[];
  /** The names of the tests that failed, with why. */
  readonly failed: ReadonlyMap<string, Error>;
}

/** Runs the suite with a runner of its own, the smallest that there is. */
export async function runSuite(
  options: Omit<LockStoreConformanceOptions, 'describe' | 'test'>,
  only: (name: string) => boolean = () => true,
): Promise<SuiteOutcome> {
  const tests: [name: string, body: () => Promise<void>][] = [];
  lockStoreConformance({
    describe: (_name, body) => body(),
    test: (name, body) => tests.push([name, body]),
    ...options,
  });
  const passed: string[] = [];
  const failed = new Map<string, Error>();
  for (const [name, body] of tests.filter(([test]) => only(test))) {
    try {
      await body();
      passed.push(name);
    } catch (error) {
      failed.set(name, error as Error);
    }
  }
  return { passed, failed };
}
