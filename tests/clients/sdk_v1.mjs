// SPDX-License-Identifier: BSD-3-Clause
// The TypeScript SDK v1, which most clients in the field run: node sdk_v1.mjs LABEL URL-or-COMMAND...
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { runChecks } from './checks.mjs';

const [label, target, ...args] = process.argv.slice(2);
const transport = target.startsWith('http')
  ? new StreamableHTTPClientTransport(new URL(target),
    { requestInit: { headers: { Authorization: `Bearer ${process.env.HTTP_TOKEN}` } } })
  : new StdioClientTransport({ command: target, args, env: process.env, stderr: 'inherit' });
const client = new Client({ name: 'sdk-v1', version: '1' }, { capabilities: {} });
await client.connect(transport);
await runChecks(client, label);
await client.close();
