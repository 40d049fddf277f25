import { request } from 'node:http';

const TIMEOUT_MS = 5000;

/** Posts nothing, and gives the answer: status, headers as they stood on the wire, and body. */
export function post(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, timeout: TIMEOUT_MS, agent: false }, async (res) => {
      const body = Buffer.concat(await res.toArray()).toString();
      resolve({ status: res.statusCode, headers: res.headers, rawHeaders: res.rawHeaders, body });
    });
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`${url} did not answer`)));
    sent.end();
  });
}
