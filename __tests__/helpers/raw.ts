import { connect } from 'node:net';

import fc from 'fast-check';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Sends a request with its bytes as they are (one for each character), and waits for the whole of the answer. */
export async function status(port: number, { method, path, headers, body }: RawRequest): Promise<number> {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1')
      .setEncoding('latin1')
      .on('data', (chunk) => (received += chunk.toString()))
      .on('error', reject)
      .on('close', () => {
        const [, code] = /^HTTP\/1\.1 (\d{3}) /.exec(received) ?? [];
        return code === undefined
          ? reject(new Error(`No answer, but ${JSON.stringify(received)}`))
          : resolve(Number(code));
      });
    socket.write(bytes);
  });
}

// Arbitrary bytes but those that end a header line, and so would make two of one.
export const headerBytes = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13)).toString('latin1'));

const nameOf = (name: string) => fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());

/** A header, up to so many times. */
export const lines = (name: string, value: fc.Arbitrary<string>, most: number) =>
  fc.array(fc.tuple(nameOf(name), value), { maxLength: most });

/** A header, mostly once. */
export const line = (name: string, value: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: fc.tuple(nameOf(name), value).map((one) => [one]) }, lines(name, value, 2));
