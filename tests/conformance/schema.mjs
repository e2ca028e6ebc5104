// SPDX-License-Identifier: BSD-3-Clause
// Holds messages that the server sent against the protocol's own JSON schema of their revision, as
// the official conformance package carries it. Reads the file that server_test writes when
// DHIS2_MCP_MESSAGES names one; each line {"revision","message","request"?}.
//   node schema.mjs FILE        ends with "N passed, N failed"
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const packed = createRequire(require.resolve('conformance-0.2/package.json'));
const Ajv = packed('ajv').default ?? packed('ajv');
const Ajv2020 = packed('ajv/dist/2020').default ?? packed('ajv/dist/2020');
const addFormats = packed('ajv-formats').default ?? packed('ajv-formats');

// The end of the object literal that begins at `start`.
function endOfLiteral(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const c = text[at];
    if (c === '"' || c === "'" || c === '`') {
      for (at++; text[at] !== c; at++) if (text[at] === '\\') at++;
    } else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return at + 1;
  }
  throw new Error('a schema without an end');
}

// The package keeps its schemas as literals, the oldest revision first; each knows a word that the
// one before did not.
const REVISIONS = [
  ['2025-03-26', 'AudioContent'],
  ['2025-06-18', 'ElicitRequest'],
  ['2025-11-25', 'URLElicitationRequiredError'],
  ['2026-07-28', 'DiscoverRequest'],
];

function schemas() {
  const file = join(dirname(require.resolve('conformance-0.2/package.json')), 'dist/index.js');
  const text = readFileSync(file, 'utf8');
  const found = [];
  for (const match of text.matchAll(/=(\{\$schema:`[^`]*`,(?:definitions|\$defs):\{Annotations:)/g)) {
    const start = match.index + 1;
    found.push(new Function(`return ${text.slice(start, endOfLiteral(text, start))}`)());
  }
  if (found.length !== REVISIONS.length) throw new Error(`${found.length} schemas in ${file}`);
  return new Map(REVISIONS.map(([revision, word], i) => {
    const defs = found[i].$defs ?? found[i].definitions;
    if (!defs[word]) throw new Error(`no ${word} in the schema of ${revision}`);
    return [revision, found[i]];
  }));
}

const RESULTS = {
  'initialize': ['InitializeResult'],
  'ping': ['EmptyResult'],
  'logging/setLevel': ['EmptyResult'],
  'resources/subscribe': ['EmptyResult'],
  'resources/unsubscribe': ['EmptyResult'],
  'server/discover': ['DiscoverResult'],
  'subscriptions/listen': ['SubscriptionsListenResult', 'Result'],
  'tools/list': ['ListToolsResult'],
  'tools/call': ['CallToolResult', 'InputRequiredResult'],
  'resources/list': ['ListResourcesResult'],
  'resources/templates/list': ['ListResourceTemplatesResult'],
  'resources/read': ['ReadResourceResult', 'InputRequiredResult'],
  'prompts/list': ['ListPromptsResult'],
  'prompts/get': ['GetPromptResult', 'InputRequiredResult'],
  'completion/complete': ['CompleteResult'],
};

class Checker {
  constructor(schema) {
    this.key = schema.$defs ? '$defs' : 'definitions';
    this.defs = schema[this.key];
    this.ajv = new (schema.$defs ? Ajv2020 : Ajv)({ strict: false, allErrors: false });
    addFormats(this.ajv);
    this.ajv.addSchema(schema, 'mcp');
    this.tried = new Map();
  }

  // Why the value is none of these; an empty text when it is one.
  against(names, value) {
    const known = names.filter((name) => this.defs[name]);
    if (known.length === 0) return `the schema has none of ${names}`;
    let why = '';
    for (const name of known) {
      if (!this.tried.has(name)) {
        this.tried.set(name, this.ajv.compile({ $ref: `mcp#/${this.key}/${name}` }));
      }
      const check = this.tried.get(name);
      if (check(value)) return '';
      why = `${name}: ${this.ajv.errorsText(check.errors)}`;
    }
    return why;
  }

  message(message, request) {
    if (message.method !== undefined) {
      const asks = message.id !== undefined;
      const names = Object.keys(this.defs).filter((name) =>
        this.defs[name].properties?.method?.const === message.method
        && name.endsWith(asks ? 'Request' : 'Notification'));
      return names.length === 0 ? `there is no ${message.method}` : this.against(names, message);
    }
    if (message.error !== undefined) {
      // JSON-RPC demands null where MCP before 2025-11-25 has no word for an id that was not read.
      if (message.id === null && !this.defs.JSONRPCErrorResponse) message = { ...message, id: 0 };
      return this.against(['JSONRPCErrorResponse', 'JSONRPCError'], message);
    }
    const envelope = this.against(['JSONRPCResultResponse', 'JSONRPCResponse'], message);
    if (envelope || request === undefined) return envelope;
    return this.against(RESULTS[request] ?? ['Result'], message.result);
  }
}

const checkers = new Map([...schemas()].map(([name, schema]) => [name, new Checker(schema)]));
// The oldest revision is not in the package; what it knows, the next one knows unchanged.
checkers.set('2024-11-05', checkers.get('2025-03-26'));

let passed = 0;
const failures = new Map();
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const { revision, message, request } = JSON.parse(line);
  const why = checkers.get(revision).message(message, request);
  if (!why) passed++;
  else failures.set(`${revision} ${request ?? message.method ?? ''}: ${why}`, line.slice(0, 400));
}
for (const [why, line] of failures) console.log(`not ok ${why}\n  ${line}`);
console.log(`${passed} passed, ${failures.size} failed`);
process.exitCode = failures.size > 0 || passed === 0 ? 1 : 0;
