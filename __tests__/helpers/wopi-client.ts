import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';

import iconv from 'iconv-lite';

export interface WopiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): Record<string, unknown>;
}

type Headers = Readonly<Record<string, string>>;

/** A file as a WOPI client has it: by its address, and with an access token. */
export class WopiFile {
  readonly #query: string;

  constructor(
    readonly wopiSrc: string,
    accessToken?: string,
  ) {
    this.#query = accessToken === undefined ? '' : `?access_token=${encodeURIComponent(accessToken)}`;
  }

  /** The file at the `Url` of an answer to PutRelativeFile. */
  static at(url: string): WopiFile {
    const { origin, pathname, searchParams } = new URL(url);
    return new WopiFile(origin + pathname, searchParams.get('access_token')!);
  }

  send(method: string, path: string, headers: Headers = {}, body: string | Buffer = ''): Promise<WopiAnswer> {
    return new Promise((resolve, reject) => {
      this.open(method, path, headers, resolve).on('error', reject).end(body);
    });
  }

  /** A request whose body the caller writes. */
  open(method: string, path: string, headers: Headers, answered: (answer: WopiAnswer) => void): ClientRequest {
    return request(this.wopiSrc + path + this.#query, { method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        answered({ status: res.statusCode!, headers: res.headers, text, json: () => JSON.parse(text) });
      });
    });
  }

  do(override: string, headers: Headers = {}, body: string | Buffer = ''): Promise<WopiAnswer> {
    return this.send('POST', '', { 'X-WOPI-Override': override, ...headers }, body);
  }

  checkFileInfo(): Promise<WopiAnswer> {
    return this.send('GET', '');
  }

  getFile(headers: Headers = {}): Promise<WopiAnswer> {
    return this.send('GET', '/contents', headers);
  }

  putFile(lock: string, body: string | Buffer): Promise<WopiAnswer> {
    return this.send('POST', '/contents', { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': lock }, body);
  }

  lock(lock: string): Promise<WopiAnswer> {
    return this.do('LOCK', { 'X-WOPI-Lock': lock });
  }

  unlock(lock: string): Promise<WopiAnswer> {
    return this.do('UNLOCK', { 'X-WOPI-Lock': lock });
  }
}

/** A name as WOPI's headers carry it. */
export function utf7(name: string): string {
  return iconv.encode(name, 'utf-7').toString('latin1');
}
