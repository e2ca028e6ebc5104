// SPDX-License-Identifier: BSD-3-Clause
// The TypeScript SDK v2 with one tool: node sdk_v2.mjs stdio, or http, whose first line is its
// address. Both eras.
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

function echoServer() {
  const server = new McpServer({ name: 'echo', version: '1' }, { capabilities: { tools: {} } });
  server.registerTool('echo',
    { description: 'Echo', inputSchema: z.object({ text: z.string().optional() }) },
    ({ text }) => ({ content: [{ type: 'text', text: text ?? 'nothing' }] }));
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
