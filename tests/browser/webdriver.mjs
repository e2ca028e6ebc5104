// SPDX-License-Identifier: BSD-3-Clause
// A headless Chromium, driven over the WebDriver protocol (W3C) as chromedriver speaks it. Elements
// are waited for by the driver itself, so nothing here sleeps.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PATIENCE_MS = 15_000;

// Starts the driver; resolves once it says on which port it listens.
export async function startDriver(program) {
  const child = spawn(program, ['--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /started successfully on port (\d+)/.exec(line);
    if (port) {
      child.stdout.resume();
      return { url: `http://127.0.0.1:${port[1]}`, stop: () => child.kill() };
    }
  }
  throw new Error(`${program} ended without saying its port`);
}

export class Browser {
  // A browser of its own: no cookie of another one. It reaches this computer alone, and knows only
  // the names that `rules` gives to it ("MAP a.test 127.0.0.1").
  static async open(driver, chromium, rules = '') {
    const args = ['--headless=new', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
      `--host-resolver-rules=${rules && `${rules}, `}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, `
        + 'EXCLUDE localhost'];
    if (process.getuid() === 0) args.push('--no-sandbox');  // Chromium does not start as root else
    const browser = new Browser(driver.url);
    const made = await browser.ask('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          'goog:chromeOptions': { binary: chromium, args },
          timeouts: { implicit: PATIENCE_MS, pageLoad: PATIENCE_MS },
        },
      },
    });
    browser.base += `/session/${made.sessionId}`;
    return browser;
  }

  constructor(base) {
    this.base = base;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.base + path, {
      method, body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message.split('\n')[0]}`);
    return value;
  }

  go(url) {
    return this.ask('POST', '/url', { url });
  }

  // The first element that an XPath finds; waits for it.
  async find(xpath) {
    const found = await this.ask('POST', '/element', { using: 'xpath', value: xpath });
    return `/element/${found[ELEMENT]}`;
  }

  async click(xpath) {
    await this.ask('POST', `${await this.find(xpath)}/click`);
  }

  async type(xpath, text) {
    const element = await this.find(xpath);
    await this.ask('POST', `${element}/clear`);
    await this.ask('POST', `${element}/value`, { text });
  }

  async text(xpath) {
    return this.ask('GET', `${await this.find(xpath)}/text`);
  }

  // Of the page, once its script has said a word: it waits until then.
  async title() {
    await this.find('//title[normalize-space()!="waits"]');
    return this.ask('GET', '/title');
  }

  address() {
    return this.ask('GET', '/url');
  }

  source() {
    return this.ask('GET', '/source');
  }

  close() {
    return this.ask('DELETE', '');
  }
}
