import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

import { answer } from '../lib/answer.mjs';
import { lockIdOf, TOKEN_LENGTH } from './ids.mjs';

const CONNECTIONS = 16;
const PIPELINED = 16;
const STATUS_LINE = 'HTTP/1.1 200 ';
const SAMPLE_EVERY = 5000;

answer({ takeLocks });

/** Takes so many locks, each of a file of its own, and gives some of the file IDs. */
async function takeLocks({ port, count }) {
  const progress = { taken: 0, count, samples: [] };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => takeOnOneConnection(port, progress)));
  return progress.samples;
}

async function takeOnOneConnection(port, progress) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const chunks = socket[Symbol.asyncIterator]();
  let answerLength;
  while (progress.taken < progress.count) {
    // The first goes alone: its answer tells how long every answer is.
    const size = answerLength === undefined ? 1 : Math.min(PIPELINED, progress.count - progress.taken);
    const fileIds = Array.from({ length: size }, () => fileIdAt(progress.taken++, progress));
    socket.write(fileIds.map(lockRequest).join(''), 'latin1');
    const answers = await read(chunks, answerLength && size * answerLength);
    answerLength ??= answers.length;
    for (let start = 0; start < answers.length; start += answerLength) {
      if (answers.latin1Slice(start, start + STATUS_LINE.length) !== STATUS_LINE) {
        throw new Error(`Not a 200: ${answers.latin1Slice(start, start + answerLength)}`);
      }
    }
  }
  socket.destroy();
}

function fileIdAt(index, { samples }) {
  const fileId = randomUUID();
  if (index % SAMPLE_EVERY === 0) {
    samples.push(fileId);
  }
  return fileId;
}

function lockRequest(fileId) {
  return (
    `POST /wopi/files/${fileId}?access_token=${fileId.padEnd(TOKEN_LENGTH, 't')} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
    `X-WOPI-Override: LOCK\r\nX-WOPI-Lock: ${lockIdOf(fileId)}\r\nContent-Length: 0\r\n\r\n`
  );
}

/** So many bytes, or else one whole answer without a body. */
async function read(chunks, length) {
  let bytes = Buffer.alloc(0);
  do {
    const { value, done } = await chunks.next();
    if (done) {
      throw new Error('The server closed a connection');
    }
    bytes = bytes.length === 0 ? value : Buffer.concat([bytes, value]);
  } while (length === undefined ? !bytes.includes('\r\n\r\n') : bytes.length < length);
  return bytes;
}
