// SPDX-License-Identifier: BSD-3-Clause
// The built programs as a person at a shell runs them.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

// Runs to the end; never throws for an exit code.
export function run(program, words, input = '') {
  return new Promise((resolve) => {
    const child = execFile(program, words, { timeout: 60_000 }, (error, out, err) => {
      resolve({ status: error ? error.code ?? 1 : 0, out, err });
    });
    child.stdin.end(input);
  });
}

// A practice DHIS2; resolves with the address that its first line says.
export async function startPractice(program, version) {
  const child = spawn(program, ['--version', version], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { url: line.trim(), stop: () => child.kill() };
  }
  throw new Error(`${program} ended without saying its address`);
}

// A command that waits for a browser: the address that it shows, and how it ended.
export async function startWaiting(program, words) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (piece) => { said.out += piece; });
  const ended = new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, ...said }));
  });
  const address = new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.err += `${line}\n`;
      if (line.startsWith('http')) resolve(line);
    });
    ended.then(() => reject(new Error(`no address was shown: ${said.err}`)));
  });
  return { address: await address, ended };
}

// A command that serves until it is stopped; resolves once a line of stderr matches.
export async function startWaitingFor(program, words, pattern) {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const found = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`;
      const match = pattern.exec(line);
      if (match) resolve(match);
    });
    child.on('close', () => reject(new Error(`${program} ended: ${said}`)));
  });
  return { found, said: () => said, stop: () => child.kill() };
}

// The old servers' clients are registered with one port.
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
