// SPDX-License-Identifier: BSD-3-Clause
// The TypeScript SDK v1 with one tool: node sdk_v1.mjs stdio, or http, whose first line is its
// address. Legacy revisions alone, with a session for each client.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

function echoServer() {
  const server = new McpServer({ name: 'echo', version: '1' });
  server.registerTool('echo', { description: 'Echo', inputSchema: { text: z.string().optional() } },
    ({ text }) => ({ content: [{ type: 'text', text: text ?? 'nothing' }] }));
  return server;
}

if (process.argv[2] === 'stdio') {
  await echoServer().connect(new StdioServerTransport());
} else {
  const sessions = new Map();
  const server = createServer(async (request, response) => {
    let transport = sessions.get(request.headers['mcp-session-id']);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        enableJsonResponse: true,
        onsessioninitialized: (id) => { sessions.set(id, transport); },
      });
      await echoServer().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 },
    () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
}
