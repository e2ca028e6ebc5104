// SPDX-License-Identifier: BSD-3-Clause
// A person logs in with a browser: from profile add over the login page and consent of each DHIS2
// to the page that ends the flow and the first answer. Prints `ok NAME` or `not ok NAME: why`.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, run, startPractice, startWaiting } from './programs.mjs';
import { Browser, startDriver } from './webdriver.mjs';

const [program, sandbox, chromium, chromedriver] = process.argv.slice(2);
const PASSWORD = 'Baralia-2026!';

// Where the pages of the versions differ.
const JSON_PAGE = {
  user: '//input[@id="username"]', password: '//input[@id="password"]', send: '//button[@id="submit"]',
  refused: '//p[@id="message"][normalize-space()="Bad credentials"]',
};
const FORM_PAGE = {
  user: '//input[@id="j_username"]', password: '//input[@id="j_password"]',
  send: '//input[@id="submit"]', refused: '//*[@id="loginMessage"]',
};
const NEW_CONSENT = {
  boxes: ['//input[@type="checkbox"][@value="username"]'],
  agree: '//button[@id="submit-consent"]', refuse: '//button[@id="cancel-consent"]',
};
const OLD_CONSENT = {
  boxes: [], agree: '//form[@id="authorizeForm"]/button', refuse: '//form[@id="denyForm"]/button',
};
const SERVERS = [
  { version: '2.40', method: '--legacy-oauth2', page: FORM_PAGE, consent: OLD_CONSENT },
  { version: '2.41', method: '--legacy-oauth2', page: JSON_PAGE, consent: OLD_CONSENT },
  { version: '2.42', method: '--oauth2', page: JSON_PAGE, consent: NEW_CONSENT },
  { version: '2.43', method: '--oauth2', page: JSON_PAGE, consent: NEW_CONSENT },
];

const driver = await startDriver(chromedriver);

async function check(name, use) {
  const browser = await Browser.open(driver, chromium);
  try {
    await use(browser);
    console.log(`ok ${name}`);
  } catch (error) {
    const where = await browser.address().catch(() => 'nowhere');
    console.log(`not ok ${name}: ${String(error.message).replaceAll('\n', ' ')} (at ${where})`);
  } finally {
    await browser.close().catch(() => {});
  }
}

async function must(words, input) {
  const ended = await run(program, words, input);
  assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.err}`);
  return ended.out;
}

// An administrator makes the client, a person adds the profile.
async function addProfile(server, url, home) {
  const secret = join(home, 'client-secret');
  const port = String(await freePort());
  await must(['profile', 'add', 'boss', '--url', url, '--basic', 'admin', '--secret-stdin'],
    'district');
  await must(['oauth2-client', 'create', '--profile', 'boss', '--client-id', 'agent',
    '--redirect-port', port, '--out', secret]);
  const legacy = server.method === '--legacy-oauth2' ? ['--redirect-port', port] : [];
  const said = await must(['profile', 'add', 'me', '--url', url, server.method, '--client-id',
    'agent', '--client-secret-file', secret, ...legacy]);
  assert.match(said, /profile login me/);
}

async function signIn(browser, page, password) {
  await browser.type(page.user, 'analyste');
  await browser.type(page.password, password);
  await browser.click(page.send);
}

async function decide(browser, consent, agree) {
  for (const box of agree ? consent.boxes : []) await browser.click(box);
  await browser.click(agree ? consent.agree : consent.refuse);
}

// The page of the program itself: fixed words, nothing that runs or loads.
async function demandClosing(browser, heading) {
  await browser.find(`//h1[normalize-space()="${heading}"]`);
  assert.match(await browser.address(), /^http:\/\/127\.0\.0\.1:\d+\/callback\?/);
  assert.doesNotMatch(await browser.source(), /<(script|link|img|iframe|form)/i);
}

async function refusesConsent(server, browser) {
  const login = await startWaiting(program, ['profile', 'login', 'me']);
  await browser.go(login.address);
  await signIn(browser, server.page, PASSWORD);
  await decide(browser, server.consent, false);
  await demandClosing(browser, 'Not signed in');
  const { status, err } = await login.ended;
  assert.equal(status, 4, err);
  assert.match(err, /access was denied on the consent page/);
}

async function mistypesThenSignsIn(server, browser) {
  const login = await startWaiting(program, ['profile', 'login', 'me']);
  await browser.go(login.address);
  await signIn(browser, server.page, 'wrong-Password-1');
  await browser.find(server.page.refused);
  await signIn(browser, server.page, PASSWORD);
  await decide(browser, server.consent, true);
  await demandClosing(browser, 'Signed in');
  const { status, out, err } = await login.ended;
  assert.equal(status, 0, err);
  assert.match(out, /^analyste is signed in with profile me\./);
  const me = await must(['call', 'dhis2_query', '{"path":"me","fields":"username"}', '--profile',
    'me', '--json']);
  assert.equal(JSON.parse(me).structuredContent.object.username, 'analyste');
}

// Whoever is signed in to DHIS2 already sees no page at all, or consent alone.
async function endsAnotherAccount(server, browser) {
  const login = await startWaiting(program, ['profile', 'login', 'me']);
  await browser.go(login.address);
  await browser.type(server.page.user, 'admin');
  await browser.type(server.page.password, 'district');
  await browser.click(server.page.send);
  await decide(browser, server.consent, true);
  await demandClosing(browser, 'Not signed in');
  const { status, err } = await login.ended;
  assert.notEqual(status, 0);
  assert.match(err, /admin signed in, but profile 'me' is for analyste, so nothing was kept\./);
}

// The program registers a client of its own with the leave of the person; the browser that gave it
// is signed in already, and such clients ask for no consent.
async function registersItself(server, url, browser) {
  const port = await freePort();
  const back = `http://127.0.0.1:${port}/callback`;
  const admin = { Authorization: `Basic ${btoa('admin:district')}` };
  const allowed = await fetch(`${url}/api/systemSettings/deviceEnrollmentRedirectAllowlist?value=`
    + encodeURIComponent(back), { method: 'POST', headers: admin });
  assert.equal(allowed.status, 200);
  const adding = await startWaiting(program, ['profile', 'add', 'device', '--url', url, '--oauth2',
    '--register', '--redirect-port', String(port)]);
  await browser.go(adding.address);
  await signIn(browser, server.page, PASSWORD);
  await demandClosing(browser, 'Signed in');
  const added = await adding.ended;
  assert.equal(added.status, 0, added.err);

  const login = await startWaiting(program, ['profile', 'login', 'device']);
  await browser.go(login.address);
  await demandClosing(browser, 'Signed in');
  const { status, out, err } = await login.ended;
  assert.equal(status, 0, err);
  assert.match(out, /^analyste is signed in with profile device\./);
}

for (const server of SERVERS) {
  const home = mkdtempSync(join(tmpdir(), 'dhis2-mcp-browser-'));
  process.env.DHIS2_MCP_HOME = join(home, 'home');
  const practice = await startPractice(sandbox, server.version);
  try {
    await addProfile(server, practice.url, home);
    await check(`${server.version}: a cancelled consent ends the login`,
      (browser) => refusesConsent(server, browser));
    await check(`${server.version}: a wrong password, the right one, consent, signed in`,
      (browser) => mistypesThenSignsIn(server, browser));
    await check(`${server.version}: another account is refused`,
      (browser) => endsAnotherAccount(server, browser));
    if (server.consent === NEW_CONSENT) {
      await check(`${server.version}: a client that registers itself, without consent`,
        (browser) => registersItself(server, practice.url, browser));
    }
  } catch (error) {
    console.log(`not ok ${server.version}: ${String(error.message).replaceAll('\n', ' ')}`);
  } finally {
    practice.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
driver.stop();
