// SPDX-License-Identifier: BSD-3-Clause
// Stands before the product, for a suite that cannot send a token: node forward.mjs URL TOKEN-FILE
// prints its own address. It adds the bearer and changes nothing else, but that its own address in
// Host and Origin becomes the product's; foreign ones arrive as they were sent.
import { readFileSync } from 'node:fs';
import http from 'node:http';

const target = new URL(process.argv[2]);
const token = readFileSync(process.argv[3], 'utf8').trim();

const server = http.createServer((request, response) => {
  const { port } = server.address();
  const own = new RegExp(`^(http://)?(localhost|127\\.0\\.0\\.1):${port}$`, 'i');
  const ours = (value) => value?.replace(own, `$1$2:${target.port}`);
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  headers.host = ours(headers.host);
  if (headers.origin) headers.origin = ours(headers.origin);
  const onward = http.request({
    host: target.hostname, port: target.port, path: request.url, method: request.method, headers,
  }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  // Whoever hung up in front must be seen to hang up behind.
  response.on('close', () => onward.destroy());
  request.pipe(onward);
});

server.listen(0, '127.0.0.1', () => {
  console.log(`http://localhost:${server.address().port}${target.pathname}`);
});
