import type { ExampleHost, HostFile } from './example-host';
import { until } from './until';

interface Files {
  readonly now: number;
  readonly lockTtlMs: number;
  readonly files: HostFile[];
}

interface Exchange {
  readonly operation: string;
  readonly status: number;
  readonly response: Readonly<Record<string, string>>;
}

interface Events {
  /** Waits for an event that came after those already waited for. */
  next(event: 'files', isIt?: (data: Files) => boolean): Promise<[Files]>;
  next(event: 'exchange', isIt?: (data: Exchange) => boolean): Promise<[Exchange]>;
  text(): string;
  readonly ended: Promise<void>;
  stop(): void;
}

export const lockOf = (files: HostFile[], id: string): HostFile['lock'] => files.find((file) => file.id === id)!.lock;

export async function listen({ url }: Pick<ExampleHost, 'url'>): Promise<Events> {
  const over = new AbortController();
  const { body } = await fetch(`${url}/events`, { signal: over.signal });
  let text = '';
  const ended = (async () => {
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
    }
  })().catch(() => {});
  let isOver = false;
  void ended.then(() => (isOver = true));
  const seen = { files: 0, exchange: 0 };
  return {
    async next(event: 'files' | 'exchange', isIt: (data: never) => boolean = () => true) {
      const found = await until(
        async () => {
          const isLastLook = isOver;
          const all = [...text.matchAll(new RegExp(`^event: ${event}\ndata: (.*)\n\n`, 'gm'))];
          const data = all.slice(seen[event]).map(([, json]) => JSON.parse(json!) as never);
          const index = data.findIndex(isIt);
          if (index !== -1) {
            seen[event] += index + 1;
          } else if (isLastLook) {
            throw new Error(`The events ended without the ${event} that were waited for:\n${text}`);
          }
          return data[index];
        },
        (data) => data !== undefined,
      );
      return [found] as never;
    },
    text: () => text,
    ended,
    stop: () => over.abort(),
  };
}
