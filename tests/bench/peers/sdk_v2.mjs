// SPDX-License-Identifier: BSD-3-Clause
// The TypeScript SDK v2 with one tool: node sdk_v2.mjs stdio, or http, whose first line is its
// address. Both eras. A number behind that is how many tools it lists.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const count = Number(process.argv[3] ?? 1);

// What dhis2-mcp says of a tool, for lists that can be compared.
const whole = (number) => ({
  title: `Echo ${number}`,
  description: 'Echo',
  inputSchema: z.object({
    text: z.string().optional().describe('Text'),
    profile: z.string().optional().describe('DHIS2 profile name'),
  }),
  outputSchema: z.object({
    source: z.string(),
    columns: z.array(z.string()).optional(),
    rows: z.array(z.array(z.unknown())).optional(),
    object: z.object({}).optional(),
    total: z.number().int().optional(),
    truncated: z.boolean().optional(),
    result: z.string().optional(),
    notes: z.array(z.string()).optional(),
  }),
  annotations: {
    readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true,
  },
});

function echoServer() {
  const server = new McpServer({ name: 'echo', version: '1' }, { capabilities: { tools: {} } });
  const answer = ({ text }) => ({ content: [{ type: 'text', text: text ?? 'nothing' }] });
  server.registerTool('echo',
    { description: 'Echo', inputSchema: z.object({ text: z.string().optional() }) }, answer);
  for (let number = 1; number < count; ++number) {
    server.registerTool(`echo_${number}`, whole(number), answer);
  }
  return server;
}

if (process.argv[2] === 'stdio') {
  serveStdio(echoServer);
} else {
  const server = createServer(toNodeHandler(createMcpHandler(echoServer)));
  server.keepAliveTimeout = 60_000;
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 },
    () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
}
