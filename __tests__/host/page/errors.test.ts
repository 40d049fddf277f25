import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { describePage, open, press, race } from '../../helpers/demo-page';
import { startExampleHost } from '../../helpers/example-host';

describePage(() => {
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
});
