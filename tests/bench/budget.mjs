// SPDX-License-Identifier: BSD-3-Clause
// Holds the committed tool lists against their budget in tokens (o200k): node budget.mjs GOLDENS.
// The C++ suite proves that the lists are what the program sends. Fails when one is over.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const BUDGETS = [
  { list: 'default', bare: 6000, whole: 9000 },
  { list: 'compact', bare: 600, whole: 1100 },
];
const folder = process.argv[2];
for (const { list, bare, whole } of BUDGETS) {
  const tools = JSON.parse(readFileSync(join(folder, `${list}.json`), 'utf8'));
  const counts = [
    ['without output schemas', tools.map(({ outputSchema, ...rest }) => rest), bare],
    ['on the wire', tools, whole],
  ];
  for (const [what, shown, most] of counts) {
    const tokens = countTokens(JSON.stringify(shown));
    const fits = tokens <= most;
    if (!fits) process.exitCode = 1;
    console.log(`${fits ? 'ok' : 'not ok'} ${list} ${what}: ${tokens} of ${most} tokens`);
  }
}
