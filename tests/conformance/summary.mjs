// SPDX-License-Identifier: BSD-3-Clause
// What a run of the suite found, from the files it left: node summary.mjs LABEL FOLDER prints one
// line for each scenario, `ok LABEL: SCENARIO` or `not ok LABEL: SCENARIO: CHECK: why; ...`, and
// for one that looked at nothing `void LABEL: SCENARIO`, since that is no pass.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [label, folder] = process.argv.slice(2);
// server-NAME-2026-11-21T15-32-15-042Z
const named = /^server-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

for (const entry of readdirSync(folder).sort()) {
  const scenario = named.exec(entry)?.[1];
  if (!scenario) continue;
  const file = join(folder, entry, 'checks.json');
  if (!existsSync(file)) {
    console.log(`not ok ${label}: ${scenario}: it did not come to an end`);
    continue;
  }
  const checks = JSON.parse(readFileSync(file, 'utf8'));
  // A warning is a SHOULD that does not hold; here that counts, too.
  const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const good = checks.filter(({ status, id }) => status === 'SUCCESS' && id !== 'wire-schema-valid');
  if (bad.length > 0) {
    const reasons = bad.map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'no reason given'}`);
    console.log(`not ok ${label}: ${scenario}: ${reasons.join('; ').replace(/\s+/g, ' ')}`);
  } else {
    console.log(`${good.length > 0 ? 'ok' : 'void'} ${label}: ${scenario}`);
  }
}
