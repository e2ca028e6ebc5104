// SPDX-License-Identifier: BSD-3-Clause
// The TypeScript SDK v2: node sdk_v2.mjs LABEL legacy|auto|pin URL-or-COMMAND...
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { runChecks } from './checks.mjs';

const [label, mode, target, ...args] = process.argv.slice(2);
const transport = target.startsWith('http')
  ? new StreamableHTTPClientTransport(new URL(target),
    { requestInit: { headers: { Authorization: `Bearer ${process.env.HTTP_TOKEN}` } } })
  : new StdioClientTransport({ command: target, args, env: process.env, stderr: 'inherit' });
const client = new Client({ name: 'sdk-v2', version: '1' }, {
  capabilities: {},
  versionNegotiation: { mode: mode === 'pin' ? { pin: '2026-07-28' } : mode },
});
await client.connect(transport);

const era = client.getProtocolEra();
const expected = mode === 'legacy' ? 'legacy' : 'modern';
console.log(era === expected ? `ok ${label}: speaks the ${expected} era`
  : `not ok ${label}: speaks the ${era} era, not the ${expected} one`);
await runChecks(client, label);
await client.close();
