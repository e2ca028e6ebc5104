// SPDX-License-Identifier: BSD-3-Clause
// Counts tokens (o200k): node tokens.mjs TOOLS-LIST ANALYTICS-ANSWER RAW-ANALYTICS, the first two
// being JSON-RPC answers. Prints: tools, tokens with output schemas, without, of the analytics
// text, of its structured form, of DHIS2's raw JSON.
import { readFileSync } from 'node:fs';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const [listFile, answerFile, rawFile] = process.argv.slice(2);
const result = (file) => {
  const answer = JSON.parse(readFileSync(file, 'utf8'));
  if (answer.error || answer.result.isError) throw new Error(JSON.stringify(answer).slice(0, 500));
  return answer.result;
};
const { tools } = result(listFile);
const bare = tools.map(({ outputSchema, ...rest }) => rest);
const { content, structuredContent } = result(answerFile);
const text = content.filter((block) => block.type === 'text').map((block) => block.text).join('\n');
const raw = JSON.parse(readFileSync(rawFile, 'utf8'));
if (raw.rows.length !== structuredContent.rows.flat().filter((v) => typeof v === 'number').length) {
  throw new Error(`not the same question: ${raw.rows.length} rows in the raw answer`);
}
console.log([tools.length, countTokens(JSON.stringify(tools)), countTokens(JSON.stringify(bare)),
  countTokens(text), countTokens(JSON.stringify(structuredContent)),
  countTokens(JSON.stringify(raw))].join(' '));
