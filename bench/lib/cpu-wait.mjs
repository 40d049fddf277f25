import { existsSync, openSync, readSync } from 'node:fs';

/** A clock of the milliseconds that this thread has waited while other processes had the CPUs. Only Linux has one. */
export function cpuWaitClock() {
  const path = `/proc/self/task/${process.pid}/schedstat`;
  if (!existsSync(path)) {
    return () => 0;
  }
  const file = openSync(path);
  const text = Buffer.alloc(100);
  return () => {
    const length = readSync(file, text, 0, text.length, 0);
    return Number(text.latin1Slice(0, length).split(' ')[1]) / 1e6;
  };
}
