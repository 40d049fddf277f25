const HEARTBEAT = 15_000;
const MAX_BACKLOG = 1_000_000;

/** Server-sent events, to everybody who listens. */
export class EventStream {
  #listeners = new Set();

  constructor() {
    setInterval(() => this.#write(': still here\n\n'), HEARTBEAT).unref();
  }

  get isHeard() {
    return this.#listeners.size > 0;
  }

  add(res) {
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    res.write('retry: 1000\n\n');
    this.#listeners.add(res);
    res.on('close', () => this.#listeners.delete(res));
  }

  send(event, data) {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Browsers come back by themselves. */
  end() {
    for (const listener of this.#listeners) listener.end();
    this.#listeners.clear();
  }

  #write(text) {
    for (const listener of this.#listeners) {
      if (listener.writableLength > MAX_BACKLOG) {
        listener.destroy(); // it reads no more
      } else {
        listener.write(text);
      }
    }
  }
}
