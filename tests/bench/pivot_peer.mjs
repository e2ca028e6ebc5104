// SPDX-License-Identifier: BSD-3-Clause
// What a script does with an analytics answer: node pivot_peer.mjs URL. Reads it, parses it, pivots
// periods across and units down with names, and makes the text. Prints the CPU milliseconds from
// the end of the transfer, the same with the transfer, and the resident kilobytes at the end.
const before = process.cpuUsage();
const body = Buffer.from(await (await fetch(process.argv[2])).arrayBuffer());
const received = process.cpuUsage();

const answer = JSON.parse(body.toString('utf8'));
const column = Object.fromEntries(answer.headers.map((header, i) => [header.name, i]));
const { items, dimensions } = answer.metaData;
const cells = new Map();
for (const row of answer.rows) {
  let unit = cells.get(row[column.ou]);
  if (!unit) cells.set(row[column.ou], unit = new Map());
  unit.set(row[column.pe], row[column.value].replace(/\.0$/, ''));
}
const lines = [['Organisation unit', ...dimensions.pe].join('|')];
for (const unit of dimensions.ou) {
  const figures = cells.get(unit) ?? new Map();
  lines.push([items[unit].name, ...dimensions.pe.map((pe) => figures.get(pe) ?? '')].join('|'));
}
const text = lines.join('\n');

const milliseconds = ({ user, system }) => (user + system) / 1000;
if (text.length < answer.rows.length) throw new Error('figures are missing');
console.log([milliseconds(process.cpuUsage(received)), milliseconds(process.cpuUsage(before)),
  Math.round(process.memoryUsage().rss / 1024)].join(' '));
