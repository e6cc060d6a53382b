/** What the extension host calls: runs the tests beside this file, and leaves what came of them where the runner looks. */
const { readdirSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

exports.run = async () => {
  const Mocha = createRequire(join(process.env.IRPSIGHT_EDITOR, 'package.json'))('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'dot', color: false });
  for (const name of readdirSync(__dirname)) if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, name));
  const failures = [];
  let passed = 0;
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('pass', () => passed++)
      .on('fail', (test, error) => failures.push({ title: test.fullTitle(), error: error.stack ?? String(error) }));
  });
  const { activationMs } = require('./extension.test.cjs');
  writeFileSync(process.env.IRPSIGHT_RESULTS, JSON.stringify({ passed, failures, activationMs }));
  if (failures.length > 0) throw new Error(`${failures.length} tests failed`);
};
