import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page, Route } from 'playwright-core';

import { describeWithBrowser, openPage } from '../helpers/browser';
import { tooFaint } from '../helpers/contrast';
import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { ROOT } from '../helpers/package';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const HOSTILE = `"><img src=x onerror="document.title='owned'">`;

let host: ExampleHost;

/** Looks again until the host's events have arrived and `check` agrees. */
async function eventually(check: () => Promise<void>, withinMs = 5000): Promise<void> {
  for (const end = Date.now() + withinMs; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The page, once both editors have their document. */
async function open(options = {}, at = host): Promise<{ page: Page; alex: Locator; sam: Locator }> {
  const page = await openPage(at.url, options);
  const [alex, sam] = ['Alex', 'Sam'].map((name) => page.getByRole('article', { name: `${name}’s editor` }));
  await Promise.all([alex!, sam!].map(idle));
  return { page, alex: alex!, sam: sam! };
}

async function idle(editor: Locator): Promise<void> {
  await editor.and(editor.page().locator('[aria-busy=false]')).waitFor();
}

/** Presses a button of an editor, and gives what it then says. */
async function press(editor: Locator, name: string): Promise<string> {
  await editor.getByRole('button', { name, exact: true }).click();
  await idle(editor);
  return editor.getByRole('status').innerText();
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check();
  await Promise.all((await page.getByRole('article').all()).map(idle));
}

/** What the list shows of a file: its lock, who set it, and how long it is held. */
function lockShown(page: Page, name: string): Locator {
  return page
    .getByRole('listitem')
    .filter({ has: page.getByRole('radio', { name }) })
    .locator('.file-lock');
}

/** The log: who, operation, Override, X-WOPI-Lock, X-WOPI-OldLock, status, X-WOPI-Lock of the answer. */
async function wire(page: Page): Promise<string[][]> {
  return page
    .locator('#wire-rows tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].slice(1).map((cell) => (cell.querySelector('b') ?? (cell as HTMLElement)).innerText),
      ),
    );
}

async function race(page: Page, rounds?: number): Promise<string> {
  if (rounds !== undefined) {
    await page.getByLabel('Rounds').fill(String(rounds));
  }
  await page.getByRole('button', { name: 'Race' }).click();
  const verdict = page.locator('#race-verdict:not([data-tone=""])');
  await verdict.waitFor({ timeout: 15_000 });
  return verdict.innerText();
}

async function counts(page: Page): Promise<Record<string, number>> {
  const rows = await page
    .locator('#race-table tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  return Object.fromEntries(rows.map(([label, count]) => [label, Number(count)]));
}

/** Sends requests from outside the page, as another client does. */
async function outsider(file: string, user: 'alex' | 'sam'): Promise<(headers: object) => Promise<Response>> {
  const { id } = (await host.files()).find(({ name }) => name === file)!;
  const { wopiSrc, accessToken } = await host.access(id, user);
  return (headers) => fetch(`${wopiSrc}?access_token=${accessToken}`, { method: 'POST', headers: { ...headers } });
}

async function freeAll(): Promise<void> {
  for (const { name, lock } of await host.files()) {
    if (lock !== null) {
      const send = await outsider(name, 'sam');
      await send({ 'X-WOPI-Override': 'UNLOCK', 'X-WOPI-Lock': lock.lockId });
    }
  }
}

describeWithBrowser('The page of the example host', () => {
  beforeAll(async () => {
    host = await startExampleHost();
  });

  afterEach(freeAll);

  test.each([
    ['page', { colorScheme: 'light' }, false],
    ['page-dark', { colorScheme: 'dark' }, false],
    ['page-phone', { colorScheme: 'light', ...PHONE }, true],
    ['page-phone-dark', { colorScheme: 'dark', ...PHONE }, true],
  ] as const)('a picture of it: %s', async (name, options, fullPage) => {
    const { page, alex, sam } = await open(options);
    await race(page);
    await press(alex, 'Lock');
    await press(alex, 'Swap');
    await press(sam, 'Get lock');
    await press(sam, 'Lock');
    await eventually(async () => expect((await wire(page))[0]!.slice(0, 2)).toEqual(['Sam', 'Lock']));
    await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toContain('alex-2'));
    await page.mouse.move(0, 0);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
      'viewport' in options ? options.viewport.width : 1100,
    );
    await page.evaluate(() => scrollTo(0, 0));
    const picture = await page.screenshot({ fullPage });
    mkdirSync(join(ROOT, 'artifacts'), { recursive: true });
    writeFileSync(join(ROOT, 'artifacts', `${name}.png`), picture);
    expect(picture.length).toBeLessThan(fullPage ? 250_000 : 150_000);
    if (name === 'page' && process.env['UPDATE_PICTURE'] === '1') {
      writeFileSync(join(ROOT, 'examples/host/page.png'), picture);
    }
  });

  describe('locks', () => {
    test('a lock that one editor takes is shown with its owner and its time, and refuses the other', async () => {
      const { page, alex, sam } = await open();
      expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free');
      expect(await press(alex, 'Lock')).toBe('Alex holds the file under alex-1.');
      expect(await alex.locator('.belief').innerText()).toBe('Holds alex-1');
      await eventually(async () =>
        expect(await lockShown(page, 'Notes.txt').textContent()).toMatch(/^alex-1Alex (30:00|29:5\d) left$/),
      );
      expect(await press(sam, 'Lock')).toBe('Sam’s Lock was refused: the file is held under alex-1 (Alex).');
      expect(await sam.locator('.belief').innerText()).toBe('Holds no lock');
      expect(await lockShown(page, 'Report.docx').innerText()).toBe('Free');
    });

    test('a swap takes a new ID for the old, and proposes the next', async () => {
      const { page, alex } = await open();
      await press(alex, 'Lock');
      expect(await press(alex, 'Swap')).toBe('Alex swapped alex-1 for alex-2, in one step.');
      expect(await alex.getByLabel('New lock ID').inputValue()).toBe('alex-3');
      expect(await alex.getByLabel('Old lock ID').inputValue()).toBe('alex-2');
      await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toContain('alex-2'));
    });

    test('who was refused can present the lock that it was told of, and the loser does not know', async () => {
      const { alex, sam } = await open();
      await press(alex, 'Lock');
      await press(sam, 'Lock');
      expect(await press(sam, 'Swap')).toBe('Sam swapped alex-1 for sam-1, in one step.');
      await eventually(async () =>
        expect(await alex.locator('.belief').innerText()).toBe('Believes it holds alex-1, but lost it'),
      );
      expect(await press(alex, 'Refresh')).toBe('Alex’s Refresh was refused: the file is held under sam-1 (Sam).');
      expect(await alex.locator('.belief').innerText()).toBe('Holds no lock');
    });

    test('a swap with a wrong old ID is refused', async () => {
      const { alex, sam } = await open();
      await press(alex, 'Lock');
      await sam.getByLabel('Old lock ID').fill('wrong');
      expect(await press(sam, 'Swap')).toBe('Sam’s Swap was refused: the file is held under alex-1 (Alex).');
    });

    test('a refresh starts the time anew, an unlock frees the file', async () => {
      const { page, alex } = await open();
      expect(await press(alex, 'Refresh')).toBe('Alex’s Refresh was refused: the file is not locked.');
      await press(alex, 'Lock');
      expect(await press(alex, 'Refresh')).toBe('Alex’s alex-1 begins anew: 30 minutes.');
      expect(await press(alex, 'Unlock')).toBe('Alex released alex-1: the file is free.');
      await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free'));
    });

    test('each editor can ask for the lock', async () => {
      const { alex, sam } = await open();
      expect(await press(sam, 'Get lock')).toBe('Sam asked: the file is not locked.');
      await press(alex, 'Lock');
      expect(await press(sam, 'Get lock')).toBe('Sam asked: the file is held under alex-1 (Alex).');
    });

    test('a lock of another client appears by itself', async () => {
      const { page, alex } = await open();
      const send = await outsider('Report.docx', 'sam');
      await send({ 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'from elsewhere' });
      await eventually(async () =>
        expect(await lockShown(page, 'Report.docx').textContent()).toMatch(/^from elsewhereSam /),
      );
      await choose(page, 'Report.docx');
      expect(await press(alex, 'Lock')).toBe('Alex’s Lock was refused: the file is held under from elsewhere (Sam).');
    });

    test('each file has its own locks', async () => {
      const { page, alex } = await open();
      await press(alex, 'Lock');
      await choose(page, 'Report.docx');
      expect(await alex.locator('.belief').innerText()).toBe('Holds no lock');
      expect(await press(alex, 'Lock')).toBe('Alex holds the file under alex-1.');
      await press(alex, 'Unlock');
      await choose(page, 'Notes.txt');
      expect(await alex.locator('.belief').innerText()).toBe('Holds alex-1');
    });

    test('a lapsed lock is counted down to its end, and its owner does not know until it asks', async () => {
      const brief = await startExampleHost({ LOCK_TTL_MS: '1500' });
      const { page, alex } = await open({}, brief);
      await page.evaluate(() => {
        const seen = new Set<string>();
        Object.assign(globalThis, { seen });
        new MutationObserver(() => {
          const left = document.querySelector('.left')?.textContent;
          if (typeof left === 'string') {
            seen.add(left);
          }
        }).observe(document.querySelector('#file-list')!, { subtree: true, childList: true, characterData: true });
      });
      await press(alex, 'Lock');
      expect(await press(alex, 'Refresh')).toBe('Alex’s alex-1 begins anew: 1.5 seconds.');
      await eventually(async () =>
        expect(await alex.locator('.belief').innerText()).toBe('Believes it holds alex-1, but the file is free'),
      );
      expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free');
      const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);
      expect(seen.slice(0, 2)).toEqual(['0:02', '0:01']);
      expect(await press(alex, 'Refresh')).toBe('Alex’s Refresh was refused: the file is not locked.');
      await brief.stop();
    });
  });

  describe('the document', () => {
    test('who holds the lock saves, and the other is refused until it gets the new version', async () => {
      const { alex, sam } = await open();
      await press(alex, 'Lock');
      await alex.getByLabel('Document').fill('Written by Alex.\n');
      expect(await press(alex, 'Save')).toBe('Alex saved 17 bytes.');
      expect(await readFile(join(host.folder, 'Notes.txt'), 'utf8')).toBe('Written by Alex.\n');
      await eventually(async () =>
        expect(await sam.locator('.version').innerText()).toBe('The host has a newer version.'),
      );
      await sam.getByLabel('Document').fill('Written by Sam.');
      expect(await press(sam, 'Save')).toBe('Sam’s Save was refused: the file is held under alex-1 (Alex).');
      expect(await press(sam, 'Get')).toBe('Sam got the document: 17 bytes.');
      expect(await sam.getByLabel('Document').inputValue()).toBe('Written by Alex.\n');
      expect(await sam.locator('.version').innerText()).toBe('');
    });

    test('a file that nobody has locked is not saved', async () => {
      const { sam } = await open();
      expect(await press(sam, 'Save')).toBe(
        'Sam’s Save was refused: the file is not locked, and without a lock only an empty file may be written.',
      );
    });

    test('a binary file is saved with the bytes that came', async () => {
      const { page, alex } = await open();
      const before = await readFile(join(host.folder, 'Report.docx'));
      await choose(page, 'Report.docx');
      expect(await alex.locator('.binary').innerText()).toBe(
        `A binary file of ${before.length} bytes: Save sends it back.`,
      );
      await press(alex, 'Lock');
      expect(await press(alex, 'Save')).toBe(`Alex saved ${before.length} bytes.`);
      expect(await readFile(join(host.folder, 'Report.docx'))).toEqual(before);
    });
  });

  describe('the log', () => {
    test('shows each exchange with its headers, an empty one apart from none', async () => {
      const { page, alex, sam } = await open();
      await press(alex, 'Refresh');
      await press(alex, 'Lock');
      await press(sam, 'Lock');
      await press(alex, 'Swap');
      await press(alex, 'Save');
      await sam.getByLabel('Old lock ID').fill('');
      await press(sam, 'Swap');
      await press(sam, 'Get lock');
      await press(alex, 'Unlock');
      await press(sam, 'Get lock');
      const expected = [
        ['Sam', 'GetLock', 'GET_LOCK', '–', '–', '200', 'empty'],
        ['Alex', 'Unlock', 'UNLOCK', 'alex-2', '–', '200', '–'],
        ['Sam', 'GetLock', 'GET_LOCK', '–', '–', '200', 'alex-2'],
        ['Sam', 'UnlockAndRelock', 'LOCK', 'sam-1', 'empty', '409', 'alex-2'],
        ['Alex', 'PutFile', 'PUT', 'alex-2', '–', '200', '–'],
        ['Alex', 'UnlockAndRelock', 'LOCK', 'alex-2', 'alex-1', '200', '–'],
        ['Sam', 'Lock', 'LOCK', 'sam-1', '–', '409', 'alex-1'],
        ['Alex', 'Lock', 'LOCK', 'alex-1', '–', '200', '–'],
        ['Alex', 'RefreshLock', 'REFRESH_LOCK', 'alex-1', '–', '409', 'empty'],
      ];
      await eventually(async () => expect((await wire(page)).slice(0, expected.length)).toEqual(expected));
      expect(await page.locator('#wire-rows tr').first().getByRole('img', { name: 'not sent' }).count()).toBe(2);
      expect(await page.locator('#wire-rows code').first().getAttribute('title')).toMatch(/^POST \/wopi\/files\/\w+$/);
    });

    test('has no more than the last 200', async () => {
      const { page } = await open();
      const send = await outsider('Notes.txt', 'alex');
      await send({ 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'the first' });
      await send({ 'X-WOPI-Override': 'UNLOCK', 'X-WOPI-Lock': 'the first' });
      await Promise.all(Array.from({ length: 200 }, () => send({ 'X-WOPI-Override': 'GET_LOCK' })));
      await eventually(async () => expect(await page.locator('#wire-rows').getByText('the first').count()).toBe(0));
      expect(await page.locator('#wire-rows tr').count()).toBe(200);
    });
  });

  describe('the race', () => {
    test('has exactly one winner in each round, and leaves the file free', async () => {
      const { page } = await open();
      expect(await race(page)).toBe(
        'Right: exactly one won in each of 20 rounds, and the other was told whose lock it is.',
      );
      const { 'Alex won': alex, 'Sam won': sam, ...others } = await counts(page);
      expect(alex! + sam!).toBe(20);
      expect(others).toEqual({ 'Both won': 0, 'Neither won': 0, 'Loser told the winner’s lock': 20 });
      expect(await page.getByRole('list', { name: 'Who won each round' }).getByRole('listitem').count()).toBe(20);
      await eventually(async () => {
        const swaps = (await wire(page)).filter(([, operation]) => operation === 'UnlockAndRelock');
        expect(swaps.filter(([, , , , , status]) => status === '200')).toHaveLength(20);
        expect(swaps.filter(([, , , , , status]) => status === '409')).toHaveLength(20);
      });
      await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free'));
    });

    test('says why not, where the file is locked, and leaves it so', async () => {
      const { page, sam } = await open();
      await press(sam, 'Lock');
      expect(await race(page)).toBe('No race: the file is held under sam-1 (Sam). Unlock it first.');
      expect(await press(sam, 'Refresh')).toMatch(/begins anew/);
    });

    test('ends where the host fails, says after how many rounds, and releases what it can', async () => {
      const { page } = await open();
      let swaps = 0;
      await page.route('**/wopi/files/*', async (route) => {
        const isSwap = 'x-wopi-oldlock' in (await route.request().allHeaders());
        swaps += Number(isSwap);
        await (isSwap && swaps > 4 ? route.abort() : route.continue());
      });
      expect(await race(page)).toBe('The race ended after 2 rounds: no answer from the host. Is it still running?');
      await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free'));
    });

    const answer200 = (route: Route): Promise<void> => route.fulfill({ status: 200 });
    const answer409 = (route: Route): Promise<void> => route.fulfill({ status: 409, headers: { 'X-WOPI-Lock': '' } });
    const answerStale = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      const old = (await route.request().allHeaders())['x-wopi-oldlock']!;
      await route.fulfill({ response, headers: { ...response.headers(), 'x-wopi-lock': old } });
    };

    test.each([
      ['tells both that they have won', answer200, /^WRONG in 3 of 3 rounds. Round 1: both were told/, 'Both won'],
      ['refuses both', answer409, /^WRONG in 3 of 3 rounds. Round 1: both were refused/, 'Neither won'],
      ['tells the loser an older lock', answerStale, /^WRONG in 3 of 3 rounds. Round 1: .* but .* was told/, undefined],
    ])('shows that something is wrong with a host that %s', async (_, answer, verdict, counted) => {
      const { page } = await open();
      await page.route('**/wopi/files/*', async (route) => {
        const isSwap = 'x-wopi-oldlock' in (await route.request().allHeaders());
        await (isSwap ? answer(route) : route.continue());
      });
      expect(await race(page, 3)).toMatch(verdict);
      expect(await page.locator('#race-verdict').getAttribute('data-tone')).toBe('wrong');
      const counted3 = await counts(page);
      expect(counted3['Loser told the winner’s lock']).toBe(0);
      expect(counted === undefined ? 3 : counted3[counted]).toBe(3);
      await eventually(async () => expect(await lockShown(page, 'Notes.txt').innerText()).toBe('Free'));
    });
  });

  describe('errors', () => {
    test('an answer that is an error is told in plain words, and the next request goes on', async () => {
      const { page, alex } = await open();
      for (const [status, words] of [
        [401, 'the host does not accept the access token. The next request asks for a new one.'],
        [404, 'the host knows no such file.'],
        [500, 'something broke in the host. Whether it was done is not known; Get lock tells.'],
        [501, 'the host does not offer this operation.'],
      ] as const) {
        await page.route('**/wopi/files/*', (route) => route.fulfill({ status }), { times: 1 });
        expect(await press(alex, 'Lock')).toBe(`Alex’s Lock failed (${status}): ${words}`);
      }
      expect(await press(alex, 'Lock')).toBe('Alex holds the file under alex-1.');
    });

    test('so is no answer at all, and a lock ID that cannot be sent', async () => {
      const { page, alex } = await open();
      await page.route('**/wopi/files/*', (route) => route.abort(), { times: 1 });
      expect(await press(alex, 'Lock')).toBe('Alex’s Lock failed: no answer from the host. Is it still running?');
      await alex.getByLabel('New lock ID').fill('lück');
      expect(await press(alex, 'Lock')).toBe('Alex’s Lock was not sent: a lock ID is printable ASCII characters.');
      await alex.getByLabel('New lock ID').fill('');
      expect(await press(alex, 'Lock')).toMatch(/^Alex’s Lock failed \(400\): the host could not read the lock ID/);
    });

    test('a 409 that names no lock at all is not taken for "not locked"', async () => {
      const { page, sam } = await open();
      await page.route('**/wopi/files/*', (route) => route.fulfill({ status: 409 }), { times: 2 });
      expect(await press(sam, 'Lock')).toMatch(/the host should have said which lock .* \(no X-WOPI-Lock\)\.$/);
      expect(await race(page)).toBe('No race: its Lock was refused, without a word of which lock the file has.');
    });

    test('the page keeps trying where something before the host answers in its place', async () => {
      const { page } = await open();
      await page.route('**/events', (route) => route.fulfill({ status: 502 }), { times: 1 });
      await page.reload();
      await page.getByRole('alert').filter({ hasText: 'The connection to the host is lost.' }).waitFor();
      await page.locator('#connection').filter({ hasText: 'Live' }).waitFor();
      expect(await page.getByRole('alert').innerText()).toBe('');
    });

    test('a lost connection is announced until it is back, then with tokens that are new', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'wopi-lock-router-page-'));
      await writeFile(join(folder, 'Notes.txt'), 'Here.');
      const first = await startExampleHost({ FILES_DIR: folder });
      const { page, alex } = await open({}, first);
      await first.stop();
      await page.getByRole('alert').filter({ hasText: 'The connection to the host is lost.' }).waitFor();
      expect(await page.locator('#connection').innerText()).toBe('Not connected');
      const second = await startExampleHost({ FILES_DIR: folder, PORT: new URL(first.url).port });
      await page.locator('#connection').filter({ hasText: 'Live' }).waitFor({ timeout: 10_000 });
      expect(await page.getByRole('alert').innerText()).toBe('');
      expect(await press(alex, 'Lock')).toMatch(/^Alex’s Lock failed \(401\)/);
      expect(await press(alex, 'Lock')).toBe('Alex holds the file under alex-1.');
      await second.stop();
      await rm(folder, { recursive: true });
    });
  });

  describe('the folder', () => {
    test('may be empty, and a file that comes or goes does so on the page too', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'wopi-lock-router-page-'));
      const own = await startExampleHost({ FILES_DIR: folder });
      const page = await openPage(own.url);
      const lock = page.getByRole('button', { name: 'Lock', exact: true }).first();
      await page.getByText('The folder is empty.').waitFor();
      expect(await lock.isDisabled()).toBe(true);
      await writeFile(join(folder, 'New.txt'), '');
      await page.getByRole('radio', { name: 'New.txt', checked: true }).waitFor();
      expect(await lock.isDisabled()).toBe(false);
      await rm(join(folder, 'New.txt'));
      await page.getByText('The folder is empty.').waitFor();
      expect(await lock.isDisabled()).toBe(true);
      await own.stop();
      await rm(folder, { recursive: true });
    });

    test('is served under each name of the host, and the page keeps to the one that it came by', async () => {
      const page = await openPage(host.url.replace('127.0.0.1', 'localhost'));
      const sam = page.getByRole('article', { name: 'Sam’s editor' });
      await idle(sam);
      expect(await press(sam, 'Lock')).toBe('Sam holds the file under sam-1.');
    });

    test('a page that is opened again proposes no lock ID that the file has', async () => {
      const { page, alex } = await open();
      await press(alex, 'Lock');
      await page.reload();
      await idle(alex);
      expect(await press(alex, 'Lock')).toBe('Alex’s Lock was refused: the file is held under alex-1 (Alex).');
    });

    test('a file that a real editor can open has a link to it for each user', async () => {
      const { page, alex, sam } = await open();
      const links = page.getByRole('link', { name: /^Open in editor as/ });
      expect(await links.count()).toBe(0);
      await page.route('**/files/*/access?user=*', async (route) => {
        const response = await route.fetch();
        const editor = new URL(route.request().url()).search.replace('?', '/files/ID/editor?');
        await route.fulfill({ response, json: { ...(await response.json()), editor } });
      });
      await choose(page, 'Report.docx');
      for (const [editor, user] of [
        [alex, 'alex'],
        [sam, 'sam'],
      ] as const) {
        const link = editor.getByRole('link', { name: /^Open in editor as/ });
        expect(await link.getAttribute('href')).toBe(`/files/ID/editor?user=${user}`);
        expect(await link.getAttribute('target')).toBe('_blank');
      }
    });
  });

  describe('hostile and unusual names', () => {
    let folder: string;
    let other: ExampleHost;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'wopi-lock-router-page-'));
      await writeFile(join(folder, `${HOSTILE.replaceAll('/', '')}.txt`), `</textarea>${HOSTILE}`);
      other = await startExampleHost({ FILES_DIR: folder });
    });

    afterAll(async () => {
      await other.stop();
      await rm(folder, { recursive: true });
    });

    test('stay text, in the list, in the editors and in the log', async () => {
      const { page, alex, sam } = await open({}, other);
      expect(await page.getByRole('radio', { name: HOSTILE }).isChecked()).toBe(true);
      expect(await alex.getByLabel('Document').inputValue()).toBe(`</textarea>${HOSTILE}`);
      await alex.getByLabel('New lock ID').fill(HOSTILE);
      expect(await press(alex, 'Lock')).toContain('Alex holds the file under ');
      await sam.getByLabel('New lock ID').fill(`{"S":"03d000d2-${'x'.repeat(900)}","F":4}`);
      expect(await press(sam, 'Lock')).toContain('was refused');
      await eventually(async () =>
        expect(await lockShown(page, HOSTILE).locator('code').last().textContent()).toBe(HOSTILE),
      );
      await eventually(async () =>
        expect(await page.locator('#wire-rows tr').first().textContent()).toContain(HOSTILE),
      );
      expect(await page.locator('main img, main script, main iframe').count()).toBe(0);
      expect(await page.title()).toBe('Two editors, one file: WOPI locks');
    });

    test('a long lock ID is elided, and can be opened and read whole', async () => {
      const long = `{"S":"03d000d2-${'x'.repeat(900)}","F":4}`;
      const { page, sam } = await open(PHONE, other);
      await sam.getByLabel('Old lock ID').fill(HOSTILE);
      await sam.getByLabel('New lock ID').fill(long);
      await press(sam, 'Swap');
      const shown = lockShown(page, HOSTILE);
      await shown.getByText(`${long.length} characters`).click();
      expect(await shown.locator('details > code').innerText()).toBe(long);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    });
  });

  describe('for everybody', () => {
    test('it can be used with the keyboard alone', async () => {
      const { page, alex } = await open();
      const focused = (): Promise<string> =>
        page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement;
          const who = element.closest('article')?.dataset['user'] ?? '';
          const outline = getComputedStyle(element).outlineStyle;
          const name = element.labels?.[0]?.textContent ?? element.textContent;
          return `${who} ${name.replaceAll(/\s+/g, ' ').trim()} ${outline}`.trim();
        });
      const tabs = async (count: number): Promise<string[]> => {
        const passed: string[] = [];
        for (let tab = 0; tab < count; tab++) {
          await page.keyboard.press('Tab');
          passed.push(await focused());
        }
        return passed;
      };
      expect((await tabs(1))[0]).toMatch(/^Notes\.txt.* solid$/);
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toMatch(/^Report\.docx.* solid$/);
      await page.keyboard.press('ArrowUp');
      await idle(alex);
      expect(await tabs(9)).toEqual(
        [
          'New lock ID',
          'Lock',
          'Old lock ID, for Swap',
          'Swap',
          'Refresh',
          'Unlock',
          'Get lock',
          'Document',
          'Get',
        ].map((name) => `Alex ${name} solid`),
      );
      for (let back = 0; back < 7; back++) {
        await page.keyboard.press('Shift+Tab');
      }
      await page.keyboard.press('Enter');
      await idle(alex);
      expect(await alex.getByRole('status').innerText()).toBe('Alex holds the file under alex-1.');
      expect(await focused()).toBe('Alex Lock solid');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.type('typed');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await idle(alex);
      expect(await alex.getByRole('status').innerText()).toBe('Alex swapped alex-1 for typed, in one step.');
    });

    test('every control has a name, every table its headers, and each fits a finger', async () => {
      const { page, alex } = await open(PHONE);
      await press(alex, 'Lock');
      await race(page, 1);
      const snapshot = await page.locator('body').ariaSnapshot();
      expect(
        snapshot.match(/^ *- (button|textbox|radio|spinbutton|link|table|region|article|group)(?! ")\b.*$/gm),
      ).toBeNull();
      expect(snapshot).toMatch(/- radio "Notes.txt \d+ bytes" \[checked\]/);
      const small = await page
        .locator('button, input:not([type=radio]), textarea, label:has([type=radio]), summary')
        .evaluateAll((all) =>
          all
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 40)
            .map((one) => one.outerHTML),
        );
      expect(small).toEqual([]);
    });

    test.each(['light', 'dark'] as const)('the %s theme can be read, whatever it says', async (colorScheme) => {
      const { page, alex, sam } = await open({ colorScheme });
      await race(page, 4);
      await press(alex, 'Lock');
      await press(sam, 'Lock');
      await sam.getByLabel('Old lock ID').fill('');
      expect(await page.evaluate(tooFaint)).toEqual([]);
      await sam.getByLabel('Old lock ID').fill('alex-1');
      await press(sam, 'Swap');
      await alex.getByLabel('New lock ID').fill('lück');
      await press(alex, 'Lock');
      await eventually(async () => expect(await alex.locator('.belief[data-state=lost]').count()).toBe(1));
      await page.evaluate(() => dispatchEvent(new ErrorEvent('error', { message: 'a test' })));
      expect(await page.getByRole('alert').innerText()).toBe('This page has a fault: a test');
      expect(await page.evaluate(tooFaint)).toEqual([]);
      await page.evaluate(() => (document.querySelector<HTMLElement>('h1')!.style.color = 'transparent'));
      expect(await page.evaluate(tooFaint)).toEqual([expect.stringMatching(/^1\.00: <h1/)]);
    });

    test('the page asks for no motion where none is wanted', async () => {
      const { page } = await open({ reducedMotion: 'reduce' });
      const moving = await page
        .locator('*')
        .evaluateAll((all) => all.filter((one) => getComputedStyle(one).transitionDuration !== '0s').length);
      expect(moving).toBe(0);
    });
  });
});
