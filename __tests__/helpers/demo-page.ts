import { afterEach, beforeAll } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';

import { describeWithBrowser, openPage } from './browser';
import { startExampleHost, type ExampleHost } from './example-host';
import { opened } from './host-files';
import { until } from './until';

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let host: ExampleHost;

/** Groups tests of the page: they share a host, whose locks are freed after each. */
export function describePage(body: () => void): void {
  describeWithBrowser('The page of the example host', () => {
    beforeAll(async () => {
      host = await startExampleHost();
    });

    afterEach(freeAll);

    body();
  });
}

/** The host that the tests share. */
export function sharedHost(): ExampleHost {
  return host;
}

/** Looks again until the host's events have arrived and `check` agrees; else fails as it did the last time. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  let problem: unknown;
  const agrees = async (): Promise<boolean> => {
    try {
      await check();
      return true;
    } catch (error) {
      problem = error;
      return false;
    }
  };
  await until(agrees, Boolean).catch(() => {
    throw problem;
  });
}

/** The page, once both editors have their document. */
export async function open(options = {}, at = host): Promise<{ page: Page; alex: Locator; sam: Locator }> {
  const page = await openPage(at.url, options);
  const [alex, sam] = ['Alex', 'Sam'].map((name) => page.getByRole('article', { name: `${name}’s editor` }));
  await Promise.all([alex!, sam!].map(idle));
  return { page, alex: alex!, sam: sam! };
}

export async function idle(editor: Locator): Promise<void> {
  await editor.and(editor.page().locator('[aria-busy=false]')).waitFor();
}

/** Presses a button of an editor, and gives what it then says. */
export async function press(editor: Locator, name: string): Promise<string> {
  await editor.getByRole('button', { name, exact: true }).click();
  await idle(editor);
  return editor.getByRole('status').innerText();
}

export async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check();
  await Promise.all((await page.getByRole('article').all()).map(idle));
}

/** What the list shows of a file: its lock, who set it, and how long it is held. */
export function lockShown(page: Page, name: string): Locator {
  return page
    .getByRole('listitem')
    .filter({ has: page.getByRole('radio', { name }) })
    .locator('.file-lock');
}

/** The log: who, operation, Override, X-WOPI-Lock, X-WOPI-OldLock, status, X-WOPI-Lock of the answer. */
export async function wire(page: Page): Promise<string[][]> {
  return page
    .locator('#wire-rows tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].slice(1).map((cell) => (cell.querySelector('b') ?? (cell as HTMLElement)).innerText),
      ),
    );
}

export async function race(page: Page, rounds?: number): Promise<string> {
  if (rounds !== undefined) {
    await page.getByLabel('Rounds').fill(String(rounds));
  }
  await page.getByRole('button', { name: 'Race' }).click();
  const verdict = page.locator('#race-verdict:not([data-tone=""])');
  await verdict.waitFor({ timeout: 15_000 });
  return verdict.innerText();
}

export async function counts(page: Page): Promise<Record<string, number>> {
  const rows = await page
    .locator('#race-table tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  return Object.fromEntries(rows.map(([label, count]) => [label, Number(count)]));
}

async function freeAll(): Promise<void> {
  for (const { name, lock } of await host.files()) {
    if (lock !== null) {
      await (await opened(host, name, 'sam')).unlock(lock.lockId);
    }
  }
}
