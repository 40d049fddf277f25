import {
  answers,
  checkFileInfo,
  deleteFile,
  getLock,
  header,
  json,
  on,
  unlock,
  type Answer,
  type Kept,
  type Rules,
  type Step,
} from './validator';

/** The file that the validator is pointed at. */
export interface Target {
  readonly wopiSrc: string;
  readonly accessToken: string;
}

/** The one that the host prints at its start. */
export function targetIn(output: string): Target {
  const [, wopiSrc, accessToken] = /^WOPI_SRC='(.+)'\nTOKEN='(.+)'$/m.exec(output) ?? [];
  if (wopiSrc === undefined || accessToken === undefined) {
    throw new Error(`The host has printed nothing for the validator:\n${output}`);
  }
  return { wopiSrc, accessToken };
}

/**
 * Plays a case as the validator does, up to the first answer that is not right, with its clean-up in the end. The file is
 * unlocked before and after it, and the files that the case made are gone.
 */
export async function firstProblem(target: Target, prerequisites: Rules, steps: readonly Step[]): Promise<string> {
  const kept: Kept = { values: new Map(), files: new Map() };
  const unlocked = getLock(header('X-WOPI-Lock', ''));
  const problem = await take([unlocked, checkFileInfo(json(prerequisites)), ...steps], target, kept);
  for (const cleanUp of cleanUps(steps, kept)) {
    await send(cleanUp, target, kept);
  }
  const gone = [...kept.files.keys()].map((file) => on(file, checkFileInfo(answers(404))));
  return problem ?? (await take([unlocked, ...gone], target, kept)) ?? 'none';
}

async function take(steps: readonly Step[], target: Target, kept: Kept): Promise<string | undefined> {
  for (const step of steps) {
    const problem = await send(step, target, kept)
      .then((answer) => problemOf(answer, step, kept))
      .catch(String);
    if (problem !== undefined) {
      return `${step.name} ${JSON.stringify(step.headers)}: ${problem}`;
    }
  }
  return undefined;
}

function problemOf(answer: Answer, { expectations }: Step, kept: Kept): string | undefined {
  const named = expectations.flatMap(({ statuses = [] }) => statuses);
  const statuses = named.length === 0 ? [200] : named;
  if (!statuses.includes(answer.status)) {
    return `${answer.status}, not ${statuses.join(' or ')}: ${answer.body.toString()}`;
  }
  const problems = expectations.map(({ problem }) => problem?.(answer, kept));
  return problems.find((problem) => problem !== undefined);
}

// Whatever a case may have locked is unlocked, and what it has made is deleted. Nobody looks at the answers.
function cleanUps(steps: readonly Step[], { files }: Kept): Step[] {
  const locks = steps.filter(({ headers, file }) => {
    const isThere = file === undefined || files.has(file);
    return headers['X-WOPI-Override'] === 'LOCK' && isThere;
  });
  return [
    ...locks.map(({ file, headers }) => ({
      ...unlock(headers['X-WOPI-Lock']!),
      ...(file === undefined ? {} : { file }),
    })),
    ...[...files.keys()].map((file) => on(file, deleteFile())),
  ];
}

async function send(step: Step, target: Target, { files }: Kept): Promise<Answer> {
  const url = new URL(step.file === undefined ? urlOf(target) : files.get(step.file)!);
  url.pathname += step.path;
  if (step.token !== undefined) {
    url.searchParams.set('access_token', step.token);
  }
  const response = await fetch(url, {
    method: step.method,
    headers: { ...step.headers, Authorization: `Bearer ${url.searchParams.get('access_token')}` },
    body: step.body,
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

// The validator escapes all but letters and digits.
function urlOf({ wopiSrc, accessToken }: Target): string {
  const escaped = accessToken.replaceAll(
    /[^A-Za-z0-9]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${wopiSrc}?access_token=${escaped}&access_token_ttl=0`;
}
