// The words in which the cases of Microsoft's wopi-validator are written here: the requests as it sends them, and what
// it asks of an answer.
import { schemaProblems } from './validator-schema';

// Stand-ins for the validator's documents: what matters of them is that their bytes come back, and differ.
export const EMPTY = Buffer.alloc(0);
export const BLANK = Buffer.from('a blank document');
export const SIMPLE = Buffer.from(Uint8Array.from({ length: 1000 }, (_, index) => index));
export const COMPLEX = Buffer.alloc(300_000, SIMPLE);

/** An answer, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What a case keeps for its later steps. */
export interface Kept {
  readonly values: Map<string, unknown>;
  /** The URLs of the files that it made: with their access tokens, as the host gave them. */
  readonly files: Map<string, string>;
}

/** What a value must be: this one, or one that is right in this way. */
export type Rule =
  string | boolean | { readonly what: string; readonly holds: (value: unknown, kept: Kept) => boolean };

export type Rules = Readonly<Record<string, Rule>>;

/** What an answer must be. It keeps what later steps need. */
export interface Expectation {
  /** Any of these is right. A step of which no expectation names a status wants 200. */
  readonly statuses?: readonly number[];
  readonly problem?: (answer: Answer, kept: Kept) => string | undefined;
}

/** A request, and what its answer must be. */
export interface Step {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: '' | '/contents';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer> | null;
  readonly expectations: readonly Expectation[];
  /** Which of the files that the case made is meant; without it, the validator's own. */
  readonly file?: string;
  /** What it sends for an access token instead of the file's. */
  readonly token?: string;
}

/** A group of cases, by their names. */
export interface Group {
  /** What CheckFileInfo must say, else the validator skips the group. */
  readonly prerequisites: Rules;
  readonly cases: Readonly<Record<string, readonly Step[]>>;
}

function step(name: string, expectations: readonly Expectation[], rest: Partial<Step>): Step {
  return { name, method: 'POST', path: '', headers: {}, body: null, expectations, ...rest };
}

function override(value: string, headers: Step['headers'] = {}): Pick<Step, 'headers'> {
  return { headers: { 'X-WOPI-Override': value, ...headers } };
}

export const lock = (lockId: string, ...expectations: Expectation[]): Step =>
  step('Lock', expectations, override('LOCK', { 'X-WOPI-Lock': lockId }));

export const getLock = (...expectations: Expectation[]): Step => step('GetLock', expectations, override('GET_LOCK'));

export const refreshLock = (lockId: string, ...expectations: Expectation[]): Step =>
  step('RefreshLock', expectations, override('REFRESH_LOCK', { 'X-WOPI-Lock': lockId }));

export const unlock = (lockId: string, ...expectations: Expectation[]): Step =>
  step('Unlock', expectations, override('UNLOCK', { 'X-WOPI-Lock': lockId }));

export const unlockAndRelock = (oldLockId: string, newLockId: string, ...expectations: Expectation[]): Step =>
  step('UnlockAndRelock', expectations, override('LOCK', { 'X-WOPI-Lock': newLockId, 'X-WOPI-OldLock': oldLockId }));

/** Newer validators hold every answer of CheckFileInfo to the schema, not that of one case alone. */
export const checkFileInfo = (...expectations: Expectation[]): Step =>
  step('CheckFileInfo', [...expectations, { problem: schemaProblem }], { method: 'GET' });

export const getFile = (...expectations: Expectation[]): Step =>
  step('GetFile', expectations, { method: 'GET', path: '/contents' });

/** Without a lock it does not send the header. */
export const putFile = (lockId: string, document: Buffer<ArrayBuffer>, ...expectations: Expectation[]): Step =>
  step('PutFile', expectations, {
    ...override('PUT', lockId === '' ? {} : { 'X-WOPI-Lock': lockId }),
    path: '/contents',
    body: document,
  });

export const putRelativeFile = (
  target: Step['headers'],
  document: Buffer<ArrayBuffer>,
  ...expectations: Expectation[]
): Step =>
  step('PutRelativeFile', expectations, {
    ...override('PUT_RELATIVE', { ...target, 'X-WOPI-Size': `${document.length}` }),
    body: document,
  });

export const suggested = (name: string): Step['headers'] => ({ 'X-WOPI-SuggestedTarget': utf7(name) });

/** `overwrite` is spelt as the validator does. */
export const exactly = (name: string, overwrite?: 'True' | 'False'): Step['headers'] => ({
  'X-WOPI-RelativeTarget': utf7(name),
  ...(overwrite === undefined ? {} : { 'X-WOPI-OverwriteRelativeTarget': overwrite }),
});

/** Without a lock it sends the header nevertheless, empty. */
export const renameFile = (lockId: string, name: string, ...expectations: Expectation[]): Step =>
  step(
    'RenameFile',
    expectations,
    override('RENAME_FILE', { 'X-WOPI-RequestedName': utf7(name), 'X-WOPI-Lock': lockId }),
  );

export const deleteFile = (...expectations: Expectation[]): Step =>
  step('DeleteFile', expectations, override('DELETE'));

export const putUserInfo = (info: string, ...expectations: Expectation[]): Step =>
  step('PutUserInfo', expectations, { ...override('PUT_USER_INFO'), body: Buffer.from(info) });

/** The step, on a file that the case has made. */
export const on = (file: string, request: Step): Step => ({ ...request, file });

export const withInvalidToken = (request: Step): Step => ({
  ...request,
  token: 'INVALID',
  expectations: [...request.expectations, answers(401, 404)],
});

export const answers = (...statuses: number[]): Expectation => ({ statuses });

export const mismatch = (currentLock: string): Expectation => ({
  statuses: [409],
  ...header('X-WOPI-Lock', currentLock),
});

export function header(name: string, rule: Rule = present): Expectation {
  return { problem: ({ headers }, kept) => problemWith(name, headers.get(name) ?? undefined, rule, kept) };
}

export function json(rules: Rules): Expectation {
  return {
    problem(answer, kept) {
      const properties = propertiesOf(answer);
      return joined(Object.entries(rules).map(([name, rule]) => problemWith(name, properties[name], rule, kept)));
    },
  };
}

export const content = (document: Buffer): Expectation => ({
  problem: ({ body }) =>
    body.equals(document) ? undefined : `${body.length} bytes, not the ${document.length} expected`,
});

/** The answer of a PutRelativeFile that has made a file. */
export const creates = (file: string, name: Rule): Expectation => ({
  problem(answer, kept) {
    const { Url } = propertiesOf(answer);
    if (URL.canParse(String(Url))) {
      kept.files.set(file, String(Url));
    }
    return json({ ...HOST_URLS, Name: name, Url: urlWithToken }).problem?.(answer, kept);
  },
});

export const mayCreate = (file: string, name: Rule): Expectation => ({
  statuses: [200, 400],
  problem: (answer, kept) => (answer.status === 200 ? creates(file, name).problem?.(answer, kept) : undefined),
});

/** Keeps a property of the answer under a name. */
export const keeps = (name: string, property: string): Expectation => json({ [property]: keptAs(name) });

export const keepsHeader = (name: string, from: string): Expectation => header(from, keptAs(name));

export const present: Rule = {
  what: 'something',
  holds: (value) => value !== undefined && value !== null && value !== '',
};

export const absoluteUrl: Rule = { what: 'an absolute URL', holds: (value) => URL.canParse(String(value)) };

const urlWithToken: Rule = {
  what: 'an absolute URL with an access token',
  holds: (value) => URL.canParse(String(value)) && new URL(String(value)).searchParams.has('access_token'),
};

export const matching = (pattern: RegExp): Rule => ({
  what: `like ${pattern}`,
  holds: (value) => pattern.test(String(value)),
});

export const notMatching = (pattern: RegExp): Rule => ({
  what: `other than ${pattern}`,
  holds: (value) => !pattern.test(String(value)),
});

const keptAs = (name: string): Rule => ({
  what: 'something',
  holds: (value, all) => all.values.set(name, value) && holds(present, value, all),
});

export const sameAs = (name: string): Rule => ({
  what: `the same as ${name}`,
  holds: (value, { values }) => value !== undefined && value === values.get(name),
});

export const otherThan = (name: string): Rule => ({
  what: `other than ${name}`,
  holds: (value, { values }) => value !== undefined && value !== values.get(name),
});

/** Right, or not there at all. */
export const optional = (rule: Rule): Rule => ({
  what: `nothing, or ${whatIs(rule)}`,
  holds: (value, all) => value === undefined || value === '' || holds(rule, value, all),
});

const HOST_URLS: Rules = { HostViewUrl: optional(absoluteUrl), HostEditUrl: optional(absoluteUrl) };

/** What a client cannot do without in CheckFileInfo. */
export const TO_OPEN: Rules = { BaseFileName: present, OwnerId: present, Size: present, Version: present };

export const TO_VIEW: Rules = {
  ...TO_OPEN,
  ...HOST_URLS,
  BreadcrumbBrandUrl: optional(absoluteUrl),
  BreadcrumbDocUrl: optional(absoluteUrl),
  BreadcrumbFolderUrl: optional(absoluteUrl),
  DownloadUrl: optional(absoluteUrl),
  CloseUrl: optional(absoluteUrl),
};

/** The prerequisite of all prerequisites, so that no other file is hurt. */
export const A_VALIDATOR_FILE: Rules = { BaseFileName: matching(/\.wopitest$/i) };

function holds(rule: Rule, value: unknown, all: Kept): boolean {
  return typeof rule === 'object' ? rule.holds(value, all) : value === rule;
}

function whatIs(rule: Rule): string {
  return typeof rule === 'object' ? rule.what : JSON.stringify(rule);
}

function problemWith(name: string, value: unknown, rule: Rule, all: Kept): string | undefined {
  return holds(rule, value, all) ? undefined : `${name} is ${JSON.stringify(value)}, not ${whatIs(rule)}`;
}

function schemaProblem(answer: Answer): string | undefined {
  return answer.status === 200 ? joined(schemaProblems(propertiesOf(answer))) : undefined;
}

function joined(problems: readonly (string | undefined)[]): string | undefined {
  return problems.filter((problem) => problem !== undefined).join('; ') || undefined;
}

function propertiesOf({ body }: Answer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

// "+", then the UTF-16 of what UTF-7 may not hold directly in base64, then "-". The underscore is of that kind.
function utf7(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9'(),\-./:? ]+/g, (run) => {
    const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '');
    return `+${base64}-`;
  });
}
