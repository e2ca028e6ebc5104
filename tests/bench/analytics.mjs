// SPDX-License-Identifier: BSD-3-Clause
// The figures of analytics answers: node analytics.mjs BIN NODE PRACTICE-URL. $DHIS2_MCP_HOME has
// the profile `practice` on that URL; another one, `rows`, is added here. Prints one row for each
// figure and ends with 1 where a gate is missed. README.md says how and why.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { Program } from './stdio_client.mjs';

const [bin, node, practice] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
let missed = 0;

function row(what, product, measure, most, digits = 3) {
  const ratio = product / measure;
  const good = ratio <= most;
  if (!good) missed++;
  const cell = (value) => String(Math.round(value * 100) / 100).padStart(10);
  console.log(`${what.padEnd(58)} ${cell(product)} ${cell(measure)} ${ratio.toFixed(digits).padStart(8)}` +
    (good ? '' : `  MISSED: at most ${most}`));
}

async function tokens() {
  const months = Array.from({ length: 24 }, (_, i) => {
    const month = 10 + i;
    return String(2024 + Math.floor(month / 12)) + String(1 + (month % 12)).padStart(2, '0');
  });
  const headers = { Authorization: `Basic ${Buffer.from('admin:district').toString('base64')}` };
  const get = async (path) => (await fetch(`${practice}${path}`, { headers })).json();
  const { organisationUnits } = await get(
    '/api/organisationUnits?filter=level:eq:3&fields=id&pageSize=12&order=name:asc');
  const units = organisationUnits.map(({ id }) => id);
  const data = 'FMudumWY2Mr';
  const raw = await get(`/api/analytics?dimension=dx:${data}&dimension=pe:${months.join(';')}` +
    `&dimension=ou:${units.join(';')}`);
  const all = countTokens(JSON.stringify(raw));
  const program = new Program(bin);
  const ask = (more) => program.call('analytics_query',
    { profile: 'practice', data: [data], periods: [`${months[0]} to ${months[23]}`], org_units: units, ...more });
  for (const [words, more, mostText, mostStructured] of
    [['', {}, 0.22, 0.24], [' rounded', { rounded: true }, 0.14, 0.16]]) {
    const { content, structuredContent: structured } = await ask(more);
    const figures = structured.rows.flat().filter((cell) => typeof cell === 'number').length;
    if (figures !== raw.rows.length) throw new Error(`${figures} figures of ${raw.rows.length}`);
    const text = content[0].text;
    const { rows, columns, ...envelope } = structured;
    const head = text.slice(0, text.indexOf(columns.join('|')));
    row(`tokens of ${figures} figures${words}, text (raw JSON of DHIS2)`, countTokens(text), all, mostText);
    row(`the same${words}, structured`, countTokens(JSON.stringify(structured)), all, mostStructured);
    row(`envelope of the text${words}, tokens (allowed)`, countTokens(head), 120, 1);
    row(`envelope of the structured form${words}, tokens (allowed)`, countTokens(JSON.stringify(envelope)), 120, 1);
  }
  await program.end();
}

// Fifty objects by words of their names against the same with all fields; and the values of fifteen
// months of a data set at one place with names, against DHIS2's own JSON of them.
async function lists() {
  const headers = { Authorization: `Basic ${Buffer.from('admin:district').toString('base64')}` };
  const get = async (path) => (await fetch(`${practice}${path}`, { headers })).json();
  const program = new Program(bin);
  const found = await program.call('metadata_find',
    { profile: 'practice', query: 'a', type: 'dataElement', limit: 50 });
  const shown = found.structuredContent.rows.map((cells) => cells.at(-1));
  if (shown.length !== 50) throw new Error(`${shown.length} objects of 50`);
  const objects = await get(`/api/dataElements?fields=:all&pageSize=50&filter=${encodeURIComponent(`id:in:[${shown.join(',')}]`)}`);
  row('tokens of 50 data elements, text (with fields=:all)', countTokens(found.content[0].text),
    countTokens(JSON.stringify(objects)), 0.055);
  const place = 'CPPjAayipHh', set = 'EPI monthly report';
  const months = Array.from({ length: 15 }, (_, i) =>
    String(2025 + Math.floor((6 + i) / 12)) + String(1 + ((6 + i) % 12)).padStart(2, '0'));
  const { dataSets } = await get(`/api/dataSets?fields=id&filter=name:eq:${encodeURIComponent(set)}`);
  const raw = await get(`/api/dataValueSets?dataSet=${dataSets[0].id}&orgUnit=${place}` +
    months.map((month) => `&period=${month}`).join(''));
  const { content, structuredContent } = await program.call('data_values_get',
    { profile: 'practice', data_set: set, periods: months, org_units: [place] });
  row(`tokens of ${raw.dataValues.length} data values with names, text (raw JSON)`,
    countTokens(content[0].text), countTokens(JSON.stringify(raw)), 0.14);
  if (structuredContent.truncated) throw new Error('the data values were cut');
  await program.end();
}

// Nanoseconds of CPU that the threads of a process have had; those that ended are in the total of
// the process, which counts in hundredths of a second.
function cpu(pid) {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return total / 1e6;
}

const status = (pid, name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

const question = (rows) => ({
  profile: 'rows', data: [`a${String(rows).padStart(10, '0')}`], periods: ['LAST_10_YEARS'],
  org_units: ['USER_ORGUNIT'],
});

const stored = (rows) => ({
  profile: 'rows', data: [`a${String(rows).padStart(10, '0')}`], periods: ['LAST_10_YEARS'],
  org_units: ['u0000000000'], children: true,
});

async function load(url) {
  execFileSync(bin, ['profile', 'add', 'rows', '--url', url, '--basic', 'admin', '--secret-stdin'],
    { input: 'district\n', stdio: 'pipe' });
  const program = new Program(bin);
  const ask = async (rows) => {
    const { structuredContent: structured } = await program.call('analytics_query', question(rows));
    if (structured.total !== rows / 50) throw new Error(`${structured.total} rows of ${rows / 50}`);
  };
  await ask(5000);
  await ask(100_000);
  const turns = 5;
  const spent = cpu(program.pid);
  for (let i = 0; i < turns; i++) await ask(100_000);
  const ours = (cpu(program.pid) - spent) / turns;

  const peers = [];
  for (let i = 0; i < turns; i++) {
    peers.push(execFileSync(node, [join(here, 'pivot_peer.mjs'),
      `${url}/api/analytics?dimension=dx:a${String(100_000).padStart(10, '0')}`], { encoding: 'utf8' })
      .split(' ').map(Number));
  }
  const middle = (place) => peers.map((peer) => peer[place]).sort((a, b) => a - b)[Math.floor(turns / 2)];
  row('CPU ms for 100,000 rows (Node: parse and pivot alone)', ours, middle(0), 0.25);
  row('the same (Node: with the transfer, as ours)', ours, middle(1), 0.25);
  await program.end();

  // A process that has answered small questions, then one of a million rows.
  const fresh = new Program(bin);
  for (let i = 0; i < 3; i++) await fresh.call('analytics_query', question(5000));
  const idle = status(fresh.pid, 'VmRSS');
  writeFileSync(`/proc/${fresh.pid}/clear_refs`, '5');
  await fresh.call('analytics_query', question(1_000_000));
  row('kB that 1,000,000 rows add at the peak (allowed)', status(fresh.pid, 'VmHWM') - idle, 8192, 1);
  row('the same, for 100,000 rows (Node, whole process)',
    await peak(100_000), middle(2), 0.25);
  await fresh.end();

  const values = new Program(bin);
  for (let i = 0; i < 3; i++) await values.call('data_values_get', stored(5000));
  const before = status(values.pid, 'VmRSS');
  writeFileSync(`/proc/${values.pid}/clear_refs`, '5');
  const { structuredContent } = await values.call('data_values_get', stored(1_000_000));
  if (!structuredContent.truncated) throw new Error('a million data values were not cut');
  row('kB that 1,000,000 data values add at the peak (allowed)', status(values.pid, 'VmHWM') - before, 8192, 1);
  await values.end();
}

async function peak(rows) {
  const program = new Program(bin);
  await program.call('analytics_query', question(5000));
  await program.call('analytics_query', question(rows));
  const most = status(program.pid, 'VmHWM');
  await program.end();
  return most;
}

if (!existsSync(bin)) throw new Error(`${bin} is not built`);
await tokens();
await lists();
const upstream = spawn(node, [join(here, 'upstream.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const url = await new Promise((go) => { upstream.stdout.once('data', (line) => go(String(line).trim())); });
  await load(url);
} finally {
  upstream.kill();
}
process.exit(missed ? 1 : 0);
