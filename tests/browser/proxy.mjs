// SPDX-License-Identifier: BSD-3-Clause
// The README's example page reads DHIS2 through the proxy from its own origin; the same page from
// another origin, and what bad pages try, reach nothing. Prints `ok NAME` or `not ok NAME: why`.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { run, startPractice, startWaitingFor } from './programs.mjs';
import { Browser, startDriver } from './webdriver.mjs';

const [program, sandbox, chromium, chromedriver] = process.argv.slice(2);
const REBOUND = 'rebound.test';

// What the README shows, between its first html fence and the end of it.
const example = /```html\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))[1];

const ETAG = '"of the practice server"';

// In front of the practice DHIS2: what reaches it is counted, and has an ETag.
function startCounting(upstream) {
  const seen = [];
  const server = createServer((asked, answer) => {
    seen.push(`${asked.method} ${asked.url}`);
    if (asked.headers['if-none-match'] === ETAG) {
      answer.writeHead(304, { ETag: ETAG });
      answer.end();
      return;
    }
    const { host, ...headers } = asked.headers;
    const onward = request(upstream + asked.url, { method: asked.method, headers }, (came) => {
      answer.writeHead(came.statusCode, { ...came.headers, ETag: ETAG });
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({
      url: `http://127.0.0.1:${server.address().port}`, seen, stop: () => server.close(),
    }));
  });
}

// One site under two names, so two origins: localhost is listed, 127.0.0.1 is not.
function startSite() {
  const pages = new Map();
  const server = createServer((asked, answer) => {
    answer.writeHead(pages.has(asked.url) ? 200 : 404, { 'Content-Type': 'text/html' });
    answer.end(pages.get(asked.url) ?? '');
  });
  return new Promise((resolve) => {
    server.listen(0, () => resolve({ pages, port: server.address().port, stop: () => server.close() }));
  });
}

const home = mkdtempSync(join(tmpdir(), 'dhis2-mcp-proxy-'));
process.env.DHIS2_MCP_HOME = join(home, 'home');
const driver = await startDriver(chromedriver);
const practice = await startPractice(sandbox, '2.42');
const dhis2 = await startCounting(practice.url);
const site = await startSite();
const me = await (await fetch(`${practice.url}/api/me?fields=displayName`, {
  headers: { Authorization: `Basic ${btoa('admin:district')}` },
})).json();
const listed = `http://localhost:${site.port}`;
const unlisted = `http://127.0.0.1:${site.port}`;

const added = await run(program, ['profile', 'add', 'demo', '--url', dhis2.url, '--basic', 'admin',
  '--secret-stdin'], 'district');
assert.equal(added.status, 0, added.err);
const proxy = await startWaitingFor(program, ['proxy', '--origin', listed, '--port', '0',
  '--log-level', 'off'], /Bearer (\S+)/);
const [, token] = proxy.found;
const [, address] = /Proxy at (\S+)/.exec(proxy.said());
const { port } = new URL(address);

// A page whose script says its word in the title.
const page = (script) => `<!doctype html><title>waits</title><script type="module">
  try { document.title = String(await (async () => { ${script} })()); }
  catch (error) { document.title = 'failed: ' + error.message; }
</script>`;
const asks = (path, init = '{}') => `const answer = await fetch('${address}${path}', ${init});
  return answer.status + ' ' + await answer.text();`;
const bearer = `{ headers: { Authorization: 'Bearer ${token}' } }`;

async function check(name, origin, script, judge) {
  const browser = await Browser.open(driver, chromium, `MAP ${REBOUND} 127.0.0.1`);
  const path = `/${name.replaceAll(/\W+/g, '-')}`;
  try {
    site.pages.set(path, script);
    dhis2.seen.length = 0;
    await browser.go(origin + path);
    await judge(browser);
    console.log(`ok proxy: ${name}`);
  } catch (error) {
    console.log(`not ok proxy: ${name}: ${String(error.message).replaceAll('\n', ' ')}`);
  } finally {
    await browser.close().catch(() => {});
  }
}

const refused = (word = /^failed: /) => async (browser) => {
  assert.match(await browser.title(), word);
  assert.deepEqual(dhis2.seen, []);
};

try {
  const asQuoted = example.replaceAll('http://127.0.0.1:3448', address).replaceAll('TOKEN', token);
  await check('the page of the README, from a listed origin', listed, asQuoted, async (browser) => {
    await browser.find('//p[@id="name"][normalize-space()!="..."]');
    assert.equal(await browser.text('//p[@id="name"]'), me.displayName);
    assert.equal(dhis2.seen.length, 1);
  });
  await check('the same page, from an unlisted origin', unlisted, asQuoted, async (browser) => {
    await browser.find('//p[@id="name"][normalize-space()!="..."]');
    assert.match(await browser.text('//p[@id="name"]'), /Failed to fetch/);
    assert.deepEqual(dhis2.seen, []);
  });
  await check('a page without the token reads why', listed,
    page(asks('/demo/api/me')), refused(/^401 .*--new-token/));
  await check('an ETag is readable and spares the body', listed, page(`
    const first = await fetch('${address}/demo/api/me', ${bearer});
    await first.text();
    const second = await fetch('${address}/demo/api/me', { headers: {
      Authorization: 'Bearer ${token}', 'If-None-Match': first.headers.get('etag') } });
    return first.status + ' ' + second.status;`), async (browser) => {
    assert.equal(await browser.title(), '200 304');
  });
  await check('a page from a file has no origin', listed, page(`
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = "<script>fetch('${address}/demo/api/me', { headers: { Authorization:"
      + " 'Bearer ${token}' } }).then((a) => parent.postMessage('' + a.status, '*'),"
      + " (e) => parent.postMessage('failed: ' + e.message, '*'))<\\/script>";
    const said = new Promise((go) => addEventListener('message', (event) => go(event.data)));
    document.body.append(frame);
    return said;`), refused());
  await check('a text/plain POST writes nothing', listed, page(
    asks('/demo/api/dataElements', "{ method: 'POST', body: '{}', headers: { 'Content-Type': 'text/plain' } }")),
  refused(/^405 /));
  await check('a text/plain POST of an unlisted page', unlisted, page(
    asks('/demo/api/dataElements', "{ method: 'POST', body: '{}', mode: 'no-cors' }")),
  refused());
  await check('a DELETE fails at its preflight', listed, page(
    asks('/demo/api/dataElements/x', `{ method: 'DELETE', ...${bearer} }`)), refused());
  await check('a form fills in nothing', unlisted, `<!doctype html><title>form</title>
    <form method="post" enctype="text/plain" action="${address}/demo/api/dataElements">
    <input name="{&quot;a" value="b&quot;}"></form><script>document.forms[0].submit()</script>`,
  async (browser) => {
    await browser.find('//*[contains(., "may not use this proxy")]');
    assert.deepEqual(dhis2.seen, []);
  });
  await check('cookies are sent to nobody', listed, page(`
    document.cookie = 'JSESSIONID=fixed';
    ${asks('/demo/api/me', "{ credentials: 'include' }")}`), refused());
  await check('images and scripts carry no token', unlisted, page(`
    const outcomes = [];
    for (const kind of ['img', 'script']) {
      const element = document.createElement(kind);
      outcomes.push(new Promise((go) => {
        element.onload = () => go('loaded');
        element.onerror = () => go('failed');
      }));
      element.src = '${address}/demo/api/geoFeatures?callback=f';
      document.body.append(element);
    }
    return (await Promise.all(outcomes)).join();`), refused(/^failed,failed$/));
  await check('an encoded path is refused', listed,
    page(asks('/demo/api/%61pps', bearer)), refused(/^403 /));
  await check('a name that was rebound to this computer', listed, page(''), async (browser) => {
    await browser.go(`http://${REBOUND}:${port}/demo/api/me`);
    await browser.find('//*[contains(., "This Host is not served here")]');
    assert.deepEqual(dhis2.seen, []);
  });
} catch (error) {
  console.log(`not ok proxy: ${String(error.message).replaceAll('\n', ' ')}`);
} finally {
  proxy.stop();
  for (const part of [practice, dhis2, site, driver]) part.stop();
  rmSync(home, { recursive: true, force: true });
}
