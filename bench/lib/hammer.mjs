import autocannon from 'autocannon';

/** Requests for so many seconds; anything but a 200 is an error. Connecting is not in `perSecond`. */
export async function hammer({ url, seconds, ...options }) {
  let count = 0;
  let firstAt = 0;
  let lastAt = 0;
  let unexpected = 0;
  const run = autocannon({ url, duration: seconds, sampleInt: 20, ...options });
  run.on('response', (_client, status) => {
    lastAt = performance.now();
    firstAt ||= lastAt;
    count++;
    unexpected += status === 200 ? 0 : 1;
  });
  const { errors } = await run;
  if (unexpected > 0 || errors > 0 || count < 2) {
    throw new Error(`${url}: ${count} answers, ${unexpected} of them not 200, and ${errors} errors`);
  }
  return { requests: count, perSecond: ((count - 1) / (lastAt - firstAt)) * 1000 };
}
