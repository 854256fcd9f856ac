// Plain CommonJS, so that an old Node can still run it and say what is wrong.
const major = Number(process.versions.node.split('.')[0]);
if (major < 26) {
  process.stderr.write(
    'IAM Job Scout runs on the Node 26 that it brings along, but Node ' +
      process.versions.node +
      ' was started.\n' +
      'Run `npm ci` first, then start it through npm (`npm start`, `npm test`), never with a bare `node`.\n',
  );
  process.exit(78);
}
