// SPDX-License-Identifier: BSD-3-Clause
// What every client asks and what must come back, whatever the client, era and transport. Each
// check prints one line, `ok NAME` or `not ok NAME: why`, which tests/clients/run counts.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The tools that a user can rely on, with a call that each must answer.
const CALLS = [
  ['profile_list', {}, listsThePracticeProfile],
  ['profile_status', {}, namesTheUser],
  ['system_info', {}, namesTheVersion],
  ['dhis2_query', { path: 'dataElements', fields: 'id,name', order: 'name:asc', page_size: 5 },
    hasRows(5)],
  ['metadata_find', { query: 'malaria' }, hasRows(1)],
  ['org_unit_find', { level: 'District' }, hasRows(1)],
  ['analytics_query',
    { data: ['Malaria test positivity rate'], periods: ['LAST_12_MONTHS'], org_units: ['LEVEL-3'] },
    hasRows(10)],
];

function text(result) {
  const blocks = result.content.filter((block) => block.type === 'text');
  assert.ok(blocks.length > 0, 'no text content');
  return blocks.map((block) => block.text).join('\n');
}

function listsThePracticeProfile(result) {
  assert.match(text(result), /practice/);
}

function namesTheUser(result) {
  assert.match(text(result), /admin/);
}

function namesTheVersion(result) {
  assert.ok(text(result).includes(process.env.PRACTICE_VERSION),
    `no ${process.env.PRACTICE_VERSION} in: ${text(result).slice(0, 200)}`);
}

// The table is the same in both forms: what stands in a structured cell stands in the text.
function hasRows(least) {
  return (result) => {
    const { source, columns, rows, returned } = result.structuredContent;
    assert.match(source, /^practice: admin at /);
    assert.ok(rows.length >= least, `${rows.length} rows`);
    assert.equal(returned, rows.length);
    for (const row of rows) assert.equal(row.length, columns.length);
    const body = text(result);
    for (const column of columns) assert.ok(body.includes(column), `no column ${column} in text`);
    const cell = rows.flat().find((value) => value !== null);
    assert.ok(body.includes(String(cell)), `no ${cell} in text`);
  };
}

async function check(label, name, run) {
  try {
    await run();
    console.log(`ok ${label}: ${name}`);
  } catch (error) {
    console.log(`not ok ${label}: ${name}: ${String(error.message ?? error).replace(/\s+/g, ' ')}`);
  }
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

// client: connected, with listTools() and callTool(). The tool list is left in
// $TOOL_LISTS/LABEL.json, where the runner compares all of them.
export async function runChecks(client, label) {
  const { tools } = await client.listTools();
  const known = ({ name, title, description, inputSchema, outputSchema, annotations }) =>
    ({ name, title, description, inputSchema, outputSchema, annotations });
  writeFileSync(join(process.env.TOOL_LISTS, `${label}.json`),
    JSON.stringify(sorted(tools.map(known)), null, 1));

  await check(label, 'lists the tools', () => {
    const names = tools.map((tool) => tool.name);
    for (const [name] of CALLS) assert.ok(names.includes(name), `${name} is not listed`);
    for (const tool of tools) {
      const hints = tool.annotations ?? {};
      for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint']) {
        assert.equal(typeof hints[hint], 'boolean', `${tool.name} lacks ${hint}`);
      }
    }
  });
  for (const [name, args, holds] of CALLS) {
    // Where a tool has an output schema the client itself checks the structured content.
    await check(label, `calls ${name}`, async () => {
      const result = await client.callTool({ name, arguments: args });
      assert.ok(!result.isError, text(result));
      if (tools.find((tool) => tool.name === name).outputSchema) assert.ok(result.structuredContent);
      holds(result);
    });
  }
  await check(label, 'reads a refused call', async () => {
    const result = await client.callTool({ name: 'dhis2_query', arguments: { path: 'nosuch' } });
    assert.equal(result.isError, true);
    assert.equal(result.structuredContent, undefined);
    assert.equal(result._meta['io.github.dhis2-mcp/error'].kind, 'not_found');
  });
  await check(label, 'reads a wrong argument', async () => {
    const result = await client.callTool({ name: 'dhis2_query', arguments: { pth: 'me' } });
    assert.equal(result.isError, true);
    assert.match(text(result), /pth/);
  });
  await check(label, 'learns that a tool is unknown', async () => {
    const refused = (error) => error.code === -32602 && /metadata_find/.test(error.message);
    await assert.rejects(client.callTool({ name: 'metadata_fnd', arguments: {} }), refused);
  });
  await check(label, 'gets twenty answers asked at once', async () => {
    const asked = Array.from({ length: 20 }, (_, page) => client.callTool(
      { name: 'dhis2_query',
        arguments: { path: 'organisationUnits', fields: 'id', page: page + 1, page_size: 2 } }));
    const seen = new Set((await Promise.all(asked))
      .flatMap((result) => result.structuredContent.rows.map(String)));
    assert.equal(seen.size, 40);
  });
}
