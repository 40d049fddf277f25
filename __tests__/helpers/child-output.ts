import type { ChildProcess } from 'node:child_process';

/** What a process writes, on both of its streams, as it comes. */
export class ChildOutput {
  text = '';
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    }
  }

  /** Waits until it matches; rejects with all of it where the process ends before. */
  matching(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.text);
        if (found !== null) {
          resolve(found);
        }
      };
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        stream?.on('data', look);
      }
      this.#child.once('close', (code) => {
        reject(new Error(`${this.#child.spawnargs.join(' ')} ended with ${code}:\n${this.text}`));
      });
    });
  }
}
