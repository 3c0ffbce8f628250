// Bundles scripts, styles, fonts and icons into <output>/assets, each with its .br and .gz, then writes bundle.stamp.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const client = fileURLToPath(new URL('.', import.meta.url));
const output = resolve(process.argv[2] ?? join(client, '../obj/client'));
const assets = join(output, 'assets');
const stamp = join(output, 'bundle.stamp');
const begun = Date.now();
mkdirSync(output, { recursive: true });

await withLock(join(output, 'bundle.lock'), async () => {
  // Whoever held the lock meanwhile bundled the same sources, and may be embedding the result by now.
  if ((statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= begun) return;
  restore();
  const staging = join(output, `assets.${process.pid}`);
  rmSync(staging, { recursive: true, force: true });
  await bundle(staging);
  compress(staging);
  rmSync(assets, { recursive: true, force: true });
  renameSync(staging, assets);
  writeFileSync(stamp, new Date().toISOString());
});

function restore() {
  const installed = join(client, 'node_modules/.package-lock.json');
  const wanted = join(client, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
}

async function bundle(outdir) {
  const { build } = await import('esbuild');
  run(process.execPath, [join(client, 'node_modules/typescript/bin/tsc'), '--noEmit']);
  const common = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning', outdir, target: ['chrome109', 'firefox115', 'safari16.4'] };

  await build({ ...common, absWorkingDir: client, format: 'esm', entryPoints: ['common.ts', 'player.ts', 'studio.ts', 'upload.ts', 'operations.ts'] });

  const sheets = ['./css/tokens.css', './css/fonts.css', './css/base.css', ...componentSheets()];
  await build({
    ...common,
    stdin: { contents: sheets.map((sheet) => `@import "${sheet}";`).join('\n'), loader: 'css', resolveDir: client, sourcefile: 'app.css' },
    outdir: undefined, outfile: join(outdir, 'app.css'),
    loader: { '.woff2': 'file' }, assetNames: '[name]-[hash]',
  });

  copy('icons.svg', outdir, 'icons.svg');
  copy('mark.svg', outdir, 'mark.svg');
  copy('node_modules/hls.js/dist/hls.worker.js', outdir, 'hls.worker.js', (text) => text.replace(/^\/\/# sourceMappingURL=.*$/m, ''));
  writeFileSync(join(outdir, 'licences.txt'), licences());
}

function componentSheets() {
  const project = join(client, '..');
  const folders = readdirSync(project, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !['Client', 'bin', 'obj'].includes(entry.name));
  return folders
    .flatMap(({ name }) => readdirSync(join(project, name), { recursive: true }).map((file) => `../${name}/${String(file).replaceAll('\\', '/')}`))
    .filter((file) => file.endsWith('.razor.css'))
    .sort();
}

function licences() {
  const lock = JSON.parse(readFileSync(join(client, 'package-lock.json'), 'utf8'));
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path && !entry.dev && !entry.optional);
  return shipped.map(([path, entry]) => {
    const file = readdirSync(join(client, path)).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? readFileSync(join(client, path, file), 'utf8').trim() : `Licence: ${entry.license}`;
    return `${path.replace(/^.*node_modules\//, '')} ${entry.version} (${entry.license})\n\n${text}\n`;
  }).join('\n----------------------------------------\n\n');
}

function copy(from, outdir, name, change = (text) => text) {
  writeFileSync(join(outdir, name), change(readFileSync(join(client, from), 'utf8')));
}

function compress(folder) {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.woff2')) continue;
    const body = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: 9 }));
  }
}

function run(file, args) {
  try {
    execFileSync(file, args, { cwd: client, stdio: ['ignore', 'pipe', 'pipe'], shell: file.endsWith('.cmd') });
  } catch (failure) {
    process.stderr.write(`${failure.stdout ?? ''}${failure.stderr ?? ''}`);
    console.error(`client bundle: '${file} ${args.join(' ')}' failed`);
    process.exit(1);
  }
}

// Two builds of one solution may come here at once; mkdir is the atomic test-and-set that every platform has.
async function withLock(folder, work) {
  for (let waited = 0; ; waited += 200) {
    try {
      mkdirSync(folder);
      break;
    } catch (failure) {
      if (failure.code !== 'EEXIST') throw failure;
      if (waited > 300_000 || Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 300_000) rmSync(folder, { recursive: true, force: true });
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await work();
}
