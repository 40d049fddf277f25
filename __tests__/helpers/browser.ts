/// <reference lib="dom" />
import { spawnSync } from 'node:child_process';

import * as jest from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { describeWith } from './describe-with';

const OF_DISTRIBUTIONS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const HOW_TO_INSTALL = 'Chromium is not installed: `apt-get install chromium`, or say in CHROMIUM where it is.';

const { CHROMIUM } = process.env;
const executablePath = (CHROMIUM ? [CHROMIUM] : OF_DISTRIBUTIONS).find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

export const describeWithBrowser = describeWith(executablePath !== undefined, HOW_TO_INSTALL);

// A browser that stays quiet: it sends nothing but what a page asks for.
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How Chromium tells that an answer was a 4xx, or that there was none: no fault of a page. */
const OF_AN_ANSWER = /^Failed to load resource/;

// Far more than a test takes, also where several run at once.
jest.jest.setTimeout(30_000);

let browser: Promise<Browser> | undefined;
let origin: string;
const pages = new Map<string, Page>();
const faults: string[] = [];

jest.afterEach(async () => {
  for (const page of pages.values()) {
    await page.unrouteAll();
    await page.goto('about:blank');
  }
  const found = faults.splice(0);
  if (found.length > 0) {
    throw new Error(`The page had faults:\n${found.join('\n')}`);
  }
});

jest.afterAll(async () => (await browser)?.close());

/**
 * Opens a page, which is left when the test ends. The test fails if the page has an error on its console, or asks another
 * origin for anything.
 */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const key = JSON.stringify(options);
  const page = pages.get(key) ?? (await newPage(options));
  pages.set(key, page);
  ({ origin } = new URL(url));
  await page.goto(url);
  return page;
}

async function newPage(options: BrowserContextOptions): Promise<Page> {
  browser ??= launch();
  const page = await (await browser).newPage({ viewport: { width: 1100, height: 760 }, ...options });
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !OF_AN_ANSWER.test(message.text())) {
      faults.push(message.text());
    }
  });
  page.context().on('request', (request) => {
    if (new URL(request.url()).origin !== origin) {
      faults.push(`A request to another origin: ${request.url()}`);
    }
  });
  return page;
}

async function launch(): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(HOW_TO_INSTALL);
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
