// Parses MPDs with shaka-player's own manifest parser: node validate-dash.mjs FILE...
// One line a file, with what the parser found in it; the exit code is the number of manifests that are wrong, at most 100.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The parser is made for browsers and looks at these while it loads; parsing itself needs none of them.
globalThis.self = globalThis.window = globalThis;
globalThis.navigator ??= { userAgent: 'node', vendor: '', platform: '' };
globalThis.document ??= { createElement: () => ({ canPlayType: () => '' }), addEventListener() {} };
Map.prototype.getOrInsertComputed ??= function getOrInsertComputed(key, make) {
  if (!this.has(key)) this.set(key, make(key));
  return this.get(key);
};
globalThis.location ??= { href: 'http://127.0.0.1/', protocol: 'http:' };
const shaka = createRequire(import.meta.url)('shaka-player/dist/shaka-player.compiled.debug.js');
shaka.log.setLevel(shaka.log.Level.WARNING);

async function parse(file) {
  const warnings = [];
  for (const level of ['warning', 'alwaysWarn', 'error', 'alwaysError']) shaka.log[level] = (...words) => warnings.push(words.join(' '));
  const answer = (uri) => ({ uri, originalUri: uri, data: new Uint8Array(readFileSync(file)).buffer, headers: {}, status: 200 });
  const nothing = () => {};
  const parser = new shaka.dash.DashParser();
  parser.configure(shaka.util.PlayerConfiguration.createDefault().manifest, () => false);
  const player = new Proxy({
    networkingEngine: { request: (_, request) => shaka.util.AbortableOperation.completed(answer(request.uris[0])) },
    filter: () => Promise.resolve(),
    isLowLatencyMode: () => false,
    isAutoLowLatencyMode: () => false,
    getBandwidthEstimate: () => 1e6,
    onError: (failure) => { throw failure; },
  }, { get: (known, name) => known[name] ?? nothing });
  const manifest = await parser.start(`http://127.0.0.1/${encodeURIComponent(file)}`, player);
  const streams = [...new Set(manifest.variants.flatMap((variant) => [variant.video, variant.audio]).filter(Boolean))];
  for (const stream of streams) await stream.createSegmentIndex();
  const facts = {
    type: manifest.presentationTimeline.isDynamic?.() ? 'dynamic' : 'static',
    duration: manifest.presentationTimeline.getDuration(),
    variants: manifest.variants.length,
    texts: manifest.textStreams.length,
    segments: Object.fromEntries(streams.map((stream) => [stream.originalId, [...stream.segmentIndex].filter(Boolean).length])),
  };
  await parser.stop();
  if (manifest.variants.length === 0) warnings.push('lists nothing that can be played');
  if (Object.values(facts.segments).includes(0)) warnings.push('lists a stream without segments');
  return { facts, warnings };
}

let wrong = 0;
for (const file of process.argv.slice(2)) {
  let line;
  try {
    const { facts, warnings } = await parse(file);
    line = warnings.length === 0 ? `ok ${JSON.stringify(facts)}` : warnings.join('; ');
    if (warnings.length > 0) wrong++;
  } catch (failure) {
    wrong++;
    line = failure.message ?? String(failure);
  }
  console.log(`${file}: ${line}`);
}
process.exit(Math.min(wrong, 100));
