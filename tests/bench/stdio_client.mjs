// SPDX-License-Identifier: BSD-3-Clause
// The built program over stdio, one stateless call at a time, for the measurements in Node.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
};

export class Program {
  constructor(bin, args = []) {
    this.child = spawn(bin, ['stdio', '--log-level', 'error', ...args],
      { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = new Map();
    this.next = 1;
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line);
      this.waiting.get(answer.id)?.resolve(answer);
      this.waiting.delete(answer.id);
    });
    this.child.once('exit', (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the program ended with ${code}`));
    });
  }

  get pid() { return this.child.pid; }

  ask(method, params = {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdin.write(
        `${JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta: meta, ...params } })}\n`);
    });
  }

  // The CallToolResult; an error of the protocol or of the tool throws.
  async call(name, args = {}) {
    const answer = await this.ask('tools/call', { name, arguments: args });
    if (answer.error) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    if (answer.result.isError) throw new Error(`${name}: ${answer.result.content[0].text}`);
    return answer.result;
  }

  end() {
    return new Promise((resolve) => {
      this.child.once('exit', resolve);
      this.child.stdin.end();
    });
  }
}
