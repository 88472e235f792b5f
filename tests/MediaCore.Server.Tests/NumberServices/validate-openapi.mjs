// Validates an OpenAPI document against the schema of its version: node validate-openapi.mjs FILE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// ES modules do not look at NODE_PATH.
const require = createRequire(join(process.env.NODE_PATH, 'package.json'));
const { Validator } = await import(pathToFileURL(require.resolve('@seriousme/openapi-schema-validator')).href);
const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
console.log(JSON.stringify({ valid: result.valid, version: validator.version, errors: result.errors }));
process.exit(result.valid ? 0 : 1);
