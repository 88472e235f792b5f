// Makes the table of numbering plans and the vectors of its tests from the metadata of libphonenumber-js, which is that of Google's libphonenumber.
//   npm ci && node generate.mjs
// Run it with a newer version of the package in package.json, and commit both files: tests/MediaCore.Numbers.Tests reads the vectors, so a plan that our
// reader sees otherwise than the package does shows at once.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');
const { version } = require('libphonenumber-js/package.json');
const metadata = require('libphonenumber-js/metadata.max.json');
const examples = require('libphonenumber-js/examples.mobile.json');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');

// Indices of a plan in the metadata, as the package's own source/metadata.js has them.
const IDD = 1, PATTERN = 2, LENGTHS = 3, PREFIX = 5, PREFIX_FOR_PARSING = 7, TRANSFORM = 8, LEADING = 10, TYPES = 11;
// Type -> index in TYPES, in the order in which they are tried (PhoneNumberUtil.getNumberTypeHelper of libphonenumber).
const order = [['Premium', 3], ['TollFree', 2], ['SharedCost', 9], ['Voip', 8], ['Personal', 4], ['Pager', 7], ['National', 6], ['Voicemail', 5], ['Local', 0], ['Mobile', 1]];

const text = (value) => (value === undefined || value === null || value === 0 ? '' : String(value));
function line(country, plan) {
  const types = plan[TYPES] ?? [];
  const columns = [country, plan[0], text(plan[IDD]), text(plan[PREFIX]), text(plan[PREFIX_FOR_PARSING] || plan[PREFIX]), text(plan[TRANSFORM]), text(plan[LEADING]),
    plan[LENGTHS].join(','), plan[PATTERN]];
  for (const [name, index] of order) {
    const type = types[index];
    if (type && type[0]) columns.push(`${name}@${(type[1] ?? []).join(',')}@${type[0]}`);
  }
  if (columns.some((column) => /[\t\n]/.test(column) || /\(\?[=!<]/.test(column))) throw new Error(`${country}: a pattern that the table cannot hold`);
  return columns.join('\t');
}

const lines = [
  `# Numbering plans from libphonenumber-js ${version} (MIT), made of the metadata of Google's libphonenumber (Apache-2.0) by tools/numbering/generate.mjs.`,
  '# country, code, prefix abroad, national prefix, the same as a pattern, its transform, leading digits, lengths, pattern, types as name@lengths@pattern',
];
const done = new Set();
for (const [code, countries] of Object.entries(metadata.country_calling_codes)) {
  for (const country of countries) {
    if (country === '001') continue;
    lines.push(line(country, metadata.countries[country]));
    done.add(country);
  }
}
for (const country of Object.keys(metadata.countries)) {
  if (!done.has(country)) throw new Error(`${country} has no country code`);
}
for (const plan of Object.values(metadata.nonGeographic ?? {})) lines.push(line('001', plan));
writeFileSync(path.join(root, 'src/MediaCore.Numbers/Numbering/numbering.tsv'), `${lines.join('\n')}\n`);

// Vectors: each country's example as people write it, and numbers beside it that mostly are none.
let seed = 1;
const random = (n) => { seed = (seed * 48271) % 2147483647; return seed % n; };
const vectors = [`# text, country, E.164, country found (- for none), type (- for none), possible, valid: by libphonenumber-js ${version}`];
const seen = new Set();
function vector(written, country) {
  if (seen.has(`${country} ${written}`)) return;
  seen.add(`${country} ${written}`);
  const found = parsePhoneNumberFromString(written, country);
  if (found === undefined || found.ext) return;
  vectors.push([written, country, found.number, found.country ?? '-', found.getType() ?? '-', found.isPossible(), found.isValid()].join('\t'));
}
for (const [country, national] of Object.entries(examples)) {
  const plan = metadata.countries[country];
  const example = parsePhoneNumberFromString(national, country);
  for (const written of [example.number, example.formatInternational(), example.formatNational(), national, `${plan[0]}${national}`]) vector(written, country);
  if (/^\d+$/.test(plan[IDD] ?? '')) vector(`${plan[IDD]}${plan[0]} ${national}`, country);
  for (const length of plan[LENGTHS]) {
    for (let i = 0; i < 4; i++) {
      const keep = random(4);
      let digits = national.slice(0, keep);
      while (digits.length < length) digits += random(10);
      vector(`+${plan[0]}${digits}`, country);
      vector(digits, country);
    }
  }
}
writeFileSync(path.join(root, 'tests/MediaCore.Numbers.Tests/Numbering/vectors.tsv'), `${vectors.join('\n')}\n`);
console.log(`${lines.length - 2} plans, ${vectors.length - 1} vectors`);
