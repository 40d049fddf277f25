import type { IncomingMessage } from 'node:http';

import type { WopiErrorCode } from './error-codes';
import { header, isFileId } from './protocol';

/** What every request of a WOPI client says, whichever operation it asks for. */
export interface WopiRequest<Operation extends string = string> {
  /** The operation, by its name in WOPI's documentation. */
  readonly operation: Operation;
  /** Percent-decoded; as it stood in the URL where it cannot be the ID of a file, which is answered 404. */
  readonly fileId: string;
  /**
   * The query parameter `access_token`, or else the Bearer token of the `Authorization` header. A getter that
   * `console.log` and `JSON.stringify` pass over.
   */
  readonly accessToken: string | undefined;
  /** `X-WOPI-CorrelationId`: hosts should log it, to match their log with the client's. */
  readonly correlationId: string | undefined;
  /** `X-WOPI-SessionId`: the client's name for the person's session. */
  readonly sessionId: string | undefined;
  /** `X-Request-ID`: the client's name for this one request. */
  readonly requestId: string | undefined;
}

/** A request for an operation, and the first of the client's mistakes in it, in the order of WOPI's checks. */
export interface Parsed<Request extends WopiRequest> {
  readonly request: Request;
  readonly mistake: WopiErrorCode | undefined;
}

/** What a URL names: a file, or a file's contents. */
export interface NamedFile {
  /** As it stands in the URL. */
  readonly segment: string;
  /** `undefined` where the segment cannot be the ID of a file. */
  readonly fileId: string | undefined;
  readonly isContents: boolean;
}

// Absolute URLs are legal in a request line. As Express does by default: case does not count, nor does a slash at the end.
// More slashes than one do not count here either: where a host's routes stand in a Router that is mounted deeper, Express
// takes one away at each mount, so that what is a file's path to them may have more of them here.
const FILE_PATH = /^(?:https?:\/\/[^/?#]*)?\/+files\/+([^/?#]+)(\/+contents)?\/*(?:[?#]|$)/i;

/** The file that a URL names below the path where the router or the guard is mounted. */
export function fileIn(url: string): NamedFile | undefined {
  const found = FILE_PATH.exec(url);
  if (found === null) {
    return undefined;
  }
  const [, segment = '', contents] = found;
  return { segment, fileId: decode(segment), isContents: contents !== undefined };
}

export class ClientRequest<Operation extends string> implements WopiRequest<Operation> {
  readonly #req: IncomingMessage;
  readonly operation: Operation;
  readonly fileId: string;
  readonly correlationId: string | undefined;
  readonly sessionId: string | undefined;
  readonly requestId: string | undefined;

  constructor(req: IncomingMessage, operation: Operation, { fileId, segment }: NamedFile) {
    this.#req = req;
    this.operation = operation;
    this.fileId = fileId ?? segment;
    this.correlationId = header(req, 'x-wopi-correlationid');
    this.sessionId = header(req, 'x-wopi-sessionid');
    this.requestId = header(req, 'x-request-id');
  }

  get accessToken(): string | undefined {
    const { url, headers } = this.#req;
    const inQuery = new URLSearchParams(/\?([^#]*)/.exec(url!)?.[1]).get('access_token');
    return inQuery ?? /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  }
}

function decode(segment: string): string | undefined {
  try {
    const fileId = decodeURIComponent(segment);
    return isFileId(fileId) ? fileId : undefined;
  } catch {
    return undefined;
  }
}
