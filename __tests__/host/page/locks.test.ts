import { describe, expect, test } from '@jest/globals';

import { choose, describePage, eventually, lockShown, open, press, sharedHost, wire } from '../../helpers/demo-page';
import { opened } from '../../helpers/host-files';
import { startExampleHost } from '../../helpers/example-host';

describePage(() => {
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
      await (await opened(sharedHost(), 'Report.docx', 'sam')).lock('from elsewhere');
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
      const notes = await opened(sharedHost(), 'Notes.txt');
      await notes.lock('the first');
      await notes.unlock('the first');
      await Promise.all(Array.from({ length: 200 }, () => notes.do('GET_LOCK')));
      await eventually(async () => expect(await page.locator('#wire-rows').getByText('the first').count()).toBe(0));
      expect(await page.locator('#wire-rows tr').count()).toBe(200);
    });
  });
});
