// SPDX-License-Identifier: BSD-3-Clause
// Runs the everyday tasks of tasks.json through the built program, without a model: node tasks.mjs
// BIN. $DHIS2_MCP_HOME has a profile on the practice DHIS2. Counts the tokens (o200k) that a model
// would read and write: up front (the default list as clients pass it on, without output schemas),
// for discovery (what finds tools), and for questions with their answers. A step that fails, or
// whose answer lacks what it must hold, is an error.
import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { Program } from './stdio_client.mjs';

const tasks = JSON.parse(readFileSync(new URL('tasks.json', import.meta.url), 'utf8'));
const program = new Program(process.argv[2]);
const { result: { tools } } = await program.ask('tools/list');
const upFront = countTokens(JSON.stringify(tools.map(({ outputSchema, ...rest }) => rest)));

let discovery = 0;
let asked = 0;
let answered = 0;
let failed = 0;
for (const [number, { task, steps }] of tasks.entries()) {
  let own = 0;
  for (const { tool, arguments: args, expect, discovery: finds } of steps) {
    const question = countTokens(JSON.stringify({ name: tool, arguments: args }));
    let text;
    try {
      text = (await program.call(tool, args)).content
        .filter(({ type }) => type === 'text').map((block) => block.text).join('\n');
      if (!new RegExp(expect).test(text)) throw new Error(`${tool}: no ${expect} in: ${text.slice(0, 300)}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${number + 1}. ${task}: ${error.message.slice(0, 500)}`);
      continue;
    }
    const answer = countTokens(text);
    own += question + answer;
    if (finds) {
      discovery += question + answer;
    } else {
      asked += question;
      answered += answer;
    }
  }
  if (process.env.TASKS_VERBOSE) console.log(`${String(own).padStart(6)}  ${number + 1}. ${task}`);
}
await program.end();
const line = (what, tokens) => console.log(`${what.padEnd(58)} ${String(tokens).padStart(10)}`);
line(`tokens of ${tasks.length} everyday tasks: up front`, upFront);
line('the same: discovery', discovery);
line('the same: questions', asked);
line('the same: answers', answered);
line('the same: all together', upFront + discovery + asked + answered);
if (failed > 0) {
  console.log(`${failed} steps failed`);
  process.exit(1);
}
