/** The host's clock: locks lapse by it, whatever the clock of this machine says. */
export class HostClock {
  #ahead = Date.now() - performance.now();

  set(now) {
    this.#ahead = now - performance.now();
  }

  now() {
    return this.#ahead + performance.now();
  }
}

/** `29:05`, or `1:29:05` from an hour on. It says 0:00 only once the time is over. */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const pad = (value) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${pad(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** `30 minutes`, `1.5 seconds`: how long a lock is held. */
export function duration(ms) {
  const [value, unit] = ms >= 60_000 ? [ms / 60_000, 'minute'] : [ms / 1000, 'second'];
  return `${Number(value.toFixed(1))} ${unit}${value === 1 ? '' : 's'}`;
}
