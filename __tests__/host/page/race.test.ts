import { describe, expect, test } from '@jest/globals';
import type { Route } from 'playwright-core';

import { counts, describePage, eventually, lockShown, open, press, race, wire } from '../../helpers/demo-page';

describePage(() => {
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
});
