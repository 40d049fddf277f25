import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { tooFaint } from '../../helpers/contrast';
import { describePage, eventually, idle, lockShown, open, PHONE, press, race, wire } from '../../helpers/demo-page';
import { ROOT } from '../../helpers/package';

describePage(() => {
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
