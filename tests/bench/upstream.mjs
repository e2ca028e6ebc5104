// SPDX-License-Identifier: BSD-3-Clause
// A web server that answers questions for figures and for data values with as many as the UID of the
// data item says, in the shape of DHIS2 2.43: node upstream.mjs. Prints its base URL. The order of the rows has nothing
// to do with a table's, as in DHIS2.
import { createServer } from 'node:http';

const headers = [['dx', 'Data'], ['pe', 'Period'], ['ou', 'Organisation unit']]
  .map(([name, column]) => ({ name, column, valueType: 'TEXT', type: 'java.lang.String', hidden: false, meta: true }))
  .concat({ name: 'value', column: 'Value', valueType: 'NUMBER', type: 'java.lang.Double', hidden: false, meta: false });

const uid = (letter, number) => letter + String(number).padStart(10, '0');

// dx aROWS: ROWS figures, 50 months of as many units as that takes.
function* answer(rows) {
  const periods = Array.from({ length: 50 }, (_, i) =>
    String(2022 + Math.floor(i / 12)) + String(1 + (i % 12)).padStart(2, '0'));
  const units = rows / periods.length;
  const data = uid('a', rows);
  const items = { [data]: { name: 'Malaria test positivity rate' }, ou: { name: 'Organisation unit' } };
  for (const period of periods) items[period] = { name: period };
  const places = Array.from({ length: units }, (_, i) => uid('u', i));
  places.forEach((place, i) => { items[place] = { name: `Health centre number ${i}` }; });
  yield JSON.stringify({
    headers, metaData: { items, dimensions: { dx: [data], pe: periods, ou: places, co: [] } },
    rowContext: {}, width: 4,
  }).slice(0, -1);
  let text = ',"rows":[';
  for (let i = 0; i < rows; i++) {
    const at = (i * 7919) % rows;
    const value = ((at * 31) % 9973) / 10;
    text += `${i ? ',' : ''}["${data}","${periods[at % 50]}","${places[Math.floor(at / 50)]}",` +
      `"${Number.isInteger(value) ? `${value}.0` : value}"]`;
    if (text.length > 65536) {
      yield text;
      text = '';
    }
  }
  yield `${text}],"height":${rows},"headerWidth":4}`;
}

// As many data values, a month and a unit each.
function* values(rows) {
  const data = uid('a', rows);
  let text = '{"dataValues":[';
  for (let i = 0; i < rows; i++) {
    const month = String(2022 + Math.floor((i % 50) / 12)) + String(1 + (i % 12)).padStart(2, '0');
    text += `${i ? ',' : ''}{"dataElement":"${data}","period":"${month}","orgUnit":"${uid('u', Math.floor(i / 50))}",` +
      `"categoryOptionCombo":"c0000000000","attributeOptionCombo":"c0000000000","value":"${(i * 31) % 9973}",` +
      '"storedBy":"admin","created":"2026-01-05T10:00:00.000+0000","lastUpdated":"2026-01-05T10:00:00.000+0000",' +
      '"followup":false}';
    if (text.length > 65536) {
      yield text;
      text = '';
    }
  }
  yield `${text}]}`;
}

// A list of whatever objects are asked for by UID.
function named(url) {
  const type = url.pathname.slice('/api/'.length);
  const asked = url.searchParams.getAll('filter').join(' ').match(/[auc]\d{10}/g) ?? [];
  const list = asked.map((id) => ({ id, name: `${type} ${id}`, displayName: `${type} ${id}` }));
  return { pager: { page: 1, pageCount: 1, total: list.length, pageSize: 50 }, [type]: list };
}

const small = {
  '/api/me': { id: 'M5zQapPyTZI', username: 'admin', displayName: 'Ada Min' },
  '/api/system/info': { version: '2.43.1', calendar: 'iso8601', systemName: 'Bench' },
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  const rows = Number(/a0*([1-9]\d*)/.exec(url.search)?.[1] ?? 0);
  const pieces = { '/api/analytics': answer, '/api/dataValueSets': values }[url.pathname];
  const body = small[url.pathname] ?? (url.searchParams.has('filter') ? named(url) : undefined);
  if (!pieces || !rows) {
    response.writeHead(body ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body ?? { httpStatusCode: 404, status: 'ERROR', message: 'none' }));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json;charset=UTF-8' });
  for (const piece of pieces(rows)) {
    if (!response.write(piece)) await new Promise((go) => { response.once('drain', go); });
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
