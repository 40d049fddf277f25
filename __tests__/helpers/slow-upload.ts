import { request, type ClientRequest } from 'node:http';

export interface SlowUpload {
  /** Sends the last byte, and waits for the answer. */
  finish(): Promise<{ status: number; lock: string | undefined }>;
}

/** A PutFile of which all but the last byte has been sent. */
export function slowUpload(port: number, path: string, lock: string, body: string): SlowUpload {
  const headers = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': lock, 'Content-Length': body.length };
  let req: ClientRequest;
  const answer = new Promise<{ status: number; lock: string | undefined }>((resolve, reject) => {
    req = request({ port, host: '127.0.0.1', method: 'POST', path, headers }, (res) => {
      res.resume().on('end', () => {
        resolve({ status: res.statusCode!, lock: res.headers['x-wopi-lock'] as string | undefined });
      });
    }).on('error', reject);
    req.write(body.slice(0, -1));
  });
  return {
    finish() {
      req.end(body.at(-1));
      return answer;
    },
  };
}
