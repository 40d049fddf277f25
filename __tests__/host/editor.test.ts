import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startExampleHost, type ExampleHost } from '../helpers/example-host';
import { fileOf } from '../helpers/host-files';
import { ROOT } from '../helpers/package';
import { WopiFile } from '../helpers/wopi-client';

const run = promisify(execFile);

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** An editor's server, as far as the host sees it: a discovery document. */
async function editorServer(answer: RequestListener | string): Promise<string> {
  const server = createServer(typeof answer === 'string' ? (_req, res) => res.end(answer) : answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hosting/discovery`;
}

const COLLABORA = `<wopi-discovery>
  <net-zone name="external-http">
    <app favIconUrl="https://editor.example.com/writer.svg" name="writer">
      <action default="true" ext="docx" name="edit" urlsrc="https://editor.example.com/browser/4610a11/cool.html?"/>
      <action default="true" ext="rtf" name="view" urlsrc="https://editor.example.com/browser/4610a11/cool.html?"/>
    </app>
    <app name="Capabilities">
      <action ext="" name="getinfo" urlsrc="https://editor.example.com/hosting/capabilities"/>
    </app>
  </net-zone>
  <proof-key exponent="AQAB" modulus="0cWv" value="BgIAAACkAABSU0Ex"/>
</wopi-discovery>`;

const OFFICE = `<?xml version="1.0" encoding="utf-8"?>
<wopi-discovery>
  <net-zone name="external-https">
    <app name="Word" favIconUrl="https://office.example.com/favicon.ico" checkLicense="true">
      <action name="view" ext="DOCX" default="true" urlsrc="https://office.example.com/we/view.aspx?&lt;ui=UI_LLCC&amp;&gt;" />
      <action name="edit" ext="docx" requires="locks,update"
        urlsrc="https://office.example.com/we/edit.aspx?&lt;ui=UI_LLCC&amp;&gt;&lt;rs=DC_LLCC&amp;&gt;&lt;dchat=DISABLE_CHAT&amp;&gt;&lt;hid=HOST_SESSION_ID&amp;&gt;&lt;wopisrc=WOPI_SOURCE&amp;&gt;" />
    </app>
    <app name="Excel">
      <action name="edit" ext="xlsx" urlsrc="https://office.example.com/x/edit.aspx?a=1&amp;b=%22&lt;ui=UI_LLCC&amp;&gt;&amp;" />
    </app>
  </net-zone>
</wopi-discovery>`;

interface Opened {
  readonly status: number;
  readonly text: string;
  readonly policy: string | null;
}

async function openInEditor(host: ExampleHost, name: string, user: 'alex' | 'sam' = 'alex'): Promise<Opened> {
  const { id } = await fileOf(host, name);
  const { editor } = await host.access(id, user);
  expect(editor).toBe(`/files/${id}/editor?user=${user}`);
  const response = await fetch(host.url + editor!);
  return {
    status: response.status,
    text: await response.text(),
    policy: response.headers.get('content-security-policy'),
  };
}

/** Where the form goes, and what it takes along. */
function formIn({ text }: Opened): { action: string; fields: Record<string, string> } {
  const decoded = (value: string): string =>
    value.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  const [, action] = /<form method="post" action="([^"]+)">/.exec(text)!;
  const inputs = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]+)">/g)];
  return {
    action: decoded(action!),
    fields: Object.fromEntries(inputs.map(([, name, value]) => [name!, decoded(value!)])),
  };
}

async function wopiSrcOf(host: ExampleHost, name: string): Promise<string> {
  const { id } = await fileOf(host, name);
  return `${host.url}/wopi/files/${id}`;
}

describe('Collabora Online', () => {
  let host: ExampleHost;
  const fetched: number[] = [];

  beforeAll(async () => {
    const server = await editorServer((_req, res) => {
      fetched.push(Date.now());
      res.end(COLLABORA);
    });
    host = await startExampleHost({ WOPI_CLIENT: server });
  });

  test('is not asked before somebody opens a file, and then once', async () => {
    await host.files();
    expect(fetched).toHaveLength(0);
    await Promise.all([openInEditor(host, 'Report.docx'), openInEditor(host, 'Report.docx')]);
    await openInEditor(host, 'Report.docx');
    expect(fetched).toHaveLength(1);
  });

  test('gets the file in the address, and the token in the form', async () => {
    const page = await openInEditor(host, 'Report.docx', 'sam');
    expect(page.status).toBe(200);
    const wopiSrc = await wopiSrcOf(host, 'Report.docx');
    const { action, fields } = formIn(page);
    expect(action).toBe(`https://editor.example.com/browser/4610a11/cool.html?WOPISrc=${encodeURIComponent(wopiSrc)}`);
    expect(Object.keys(fields)).toEqual(['access_token', 'access_token_ttl']);
    expect(Number(fields['access_token_ttl'])).toBeGreaterThan(Date.now() + 9 * 3_600_000);
    const info = (await new WopiFile(wopiSrc, fields['access_token']).checkFileInfo()).json();
    expect(info).toMatchObject({ UserId: 'sam', HostEditUrl: expect.stringContaining('/editor?user=sam') });
    const [, script] = /<script>(.*)<\/script>/.exec(page.text)!;
    expect(script).toContain('submit()');
    expect(page.text).toContain('<button>Open Report.docx</button>');
    expect(page.policy).toMatch(/default-src 'none'.*form-action https:\/\/editor\.example\.com$/);
  });

  test('opens files to view that it cannot edit, and says which it cannot open', async () => {
    const report = new WopiFile(await wopiSrcOf(host, 'Report.docx'), (await tokenOf(host, 'Report.docx')).accessToken);
    await report.do('PUT_RELATIVE', { 'X-WOPI-RelativeTarget': 'Letter.rtf' }, 'x');
    await report.do('PUT_RELATIVE', { 'X-WOPI-RelativeTarget': `It's <b>"&.docx`.replace(/[<>"]/g, '') }, 'x');
    expect(formIn(await openInEditor(host, 'Letter.rtf')).action).toContain('/cool.html?WOPISrc=');
    expect(await openInEditor(host, 'test.wopitest')).toMatchObject({
      status: 404,
      text: 'The editor opens no .wopitest files.',
    });
    expect((await openInEditor(host, "It's b&.docx")).text).toContain('<title>It&#39;s b&#38;.docx</title>');
  });
});

async function tokenOf(host: ExampleHost, name: string): Promise<{ accessToken: string }> {
  return host.access((await fileOf(host, name)).id);
}

describe('an editor of the Office kind', () => {
  let host: ExampleHost;

  beforeAll(async () => {
    host = await startExampleHost({ WOPI_CLIENT: await editorServer(OFFICE) });
  });

  test('has its placeholders filled in or taken out, and edits rather than shows', async () => {
    const wopiSrc = encodeURIComponent(await wopiSrcOf(host, 'Report.docx'));
    const { action } = formIn(await openInEditor(host, 'Report.docx'));
    expect(action).toBe(`https://office.example.com/we/edit.aspx?ui=en-US&rs=en-US&WOPISrc=${wopiSrc}`);
  });

  test('keeps the parameters of its own', async () => {
    const wopiSrc = encodeURIComponent(await wopiSrcOf(host, 'Budget.xlsx'));
    const { action } = formIn(await openInEditor(host, 'Budget.xlsx'));
    expect(action).toBe(`https://office.example.com/x/edit.aspx?a=1&b=%22ui=en-US&WOPISrc=${wopiSrc}`);
  });
});

describe('an editor that is not there', () => {
  test('leaves the page as it is, and the person is told', async () => {
    const gone = 'http://127.0.0.1:1/hosting/discovery';
    const host = await startExampleHost({ WOPI_CLIENT: gone });
    await expect(host.files()).resolves.toHaveLength(4);
    await expect(openInEditor(host, 'Report.docx')).resolves.toMatchObject({
      status: 502,
      text: expect.stringContaining(`The editor does not answer at ${gone}`),
    });
  });

  test('is asked again when it is back', async () => {
    let answers = ['', 'down'];
    const server = await editorServer((_req, res) => {
      res.statusCode = answers.length > 0 ? 503 : 200;
      res.end(answers.pop() ?? COLLABORA);
    });
    const host = await startExampleHost({ WOPI_CLIENT: server });
    const statuses = [];
    for (let time = 0; time < 3; time++) {
      statuses.push((await openInEditor(host, 'Report.docx')).status);
    }
    expect(statuses).toEqual([502, 502, 200]);
    answers = [];
  });
});

const laughs = Array.from({ length: 20 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(20)}">`);

test.each([
  ['no XML', 'Not found'],
  ['another document', '<html><body>Welcome</body></html>'],
  ['one cut off', COLLABORA.slice(0, 300)],
  ['nothing', ''],
  ['no zone', '<wopi-discovery/>'],
  [
    'entities that grow without end',
    `<!DOCTYPE d [<!ENTITY e0 "ha">${laughs.join('')}]>${COLLABORA.replace('docx', '&e20;')}`,
  ],
  ['a file of the host', `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>${COLLABORA.replace('docx', '&e;')}`],
  ['more than a document can be', `${COLLABORA}${' '.repeat(6_000_000)}`],
  ['a script in place of a page', COLLABORA.replaceAll('https://editor.example.com', 'javascript:alert(1)//')],
  ['no address at all', COLLABORA.replaceAll('https://editor.example.com', 'editor')],
])('a discovery document that is %s is refused at once', async (_, document) => {
  const host = await startExampleHost({ WOPI_CLIENT: await editorServer(document) });
  const asked = Date.now();
  const { status, text } = await openInEditor(host, 'Report.docx');
  expect([status, text]).toEqual([502, expect.stringMatching(/^The editor/)]);
  expect(Date.now() - asked).toBeLessThan(3000);
  await expect(host.files()).resolves.toHaveLength(4);
});

test('a server that never answers is not waited for', async () => {
  const url = await editorServer(() => {});
  const ask = `import { Discovery } from './examples/host/discovery.mjs';
    const discovery = new Discovery(process.argv[1], { patienceMs: 50 });
    discovery.urlsrcFor('docx').catch(({ status, message }) => console.log(status, message));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ask, url], { cwd: ROOT });
  expect(stdout).toMatch(/^502 The editor does not answer at .*timeout/);
});
