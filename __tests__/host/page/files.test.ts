import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openPage } from '../../helpers/browser';
import {
  choose,
  describePage,
  eventually,
  idle,
  lockShown,
  open,
  PHONE,
  press,
  sharedHost,
} from '../../helpers/demo-page';
import { startExampleHost, type ExampleHost } from '../../helpers/example-host';

const HOSTILE = `"><img src=x onerror="document.title='owned'">`;

describePage(() => {
  describe('the document', () => {
    test('who holds the lock saves, and the other is refused until it gets the new version', async () => {
      const { alex, sam } = await open();
      await press(alex, 'Lock');
      await alex.getByLabel('Document').fill('Written by Alex.\n');
      expect(await press(alex, 'Save')).toBe('Alex saved 17 bytes.');
      expect(await readFile(join(sharedHost().folder, 'Notes.txt'), 'utf8')).toBe('Written by Alex.\n');
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
      const before = await readFile(join(sharedHost().folder, 'Report.docx'));
      await choose(page, 'Report.docx');
      expect(await alex.locator('.binary').innerText()).toBe(
        `A binary file of ${before.length} bytes: Save sends it back.`,
      );
      await press(alex, 'Lock');
      expect(await press(alex, 'Save')).toBe(`Alex saved ${before.length} bytes.`);
      expect(await readFile(join(sharedHost().folder, 'Report.docx'))).toEqual(before);
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
      const page = await openPage(sharedHost().url.replace('127.0.0.1', 'localhost'));
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
});
