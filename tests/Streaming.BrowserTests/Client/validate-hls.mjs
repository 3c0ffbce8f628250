// Parses HLS playlists with hls-parser in strict mode: node validate-hls.mjs FILE...
// One line a file; the exit code is the number of playlists that are wrong, at most 100.
import { readFileSync } from 'node:fs';
import HLS from 'hls-parser';

HLS.setOptions({ strictMode: true, silent: true });

function faults(text) {
  const playlist = HLS.parse(text);
  const found = [];
  if (playlist.isMasterPlaylist) {
    if (playlist.variants.length === 0) found.push('lists no variant');
    for (const variant of playlist.variants) {
      if (!variant.bandwidth || !variant.codecs) found.push(`${variant.uri} has no bandwidth or codecs`);
      for (const group of [variant.audio, variant.subtitles]) {
        const names = group.map((rendition) => rendition.name);
        if (new Set(names).size < names.length) found.push(`${variant.uri} has renditions of one name`);
        if (group.filter((rendition) => rendition.isDefault).length > 1) found.push(`${variant.uri} has two defaults in a group`);
      }
    }
  } else {
    if (playlist.segments.length === 0) found.push('lists no segment');
    for (const segment of playlist.segments) {
      if (Math.round(segment.duration) > playlist.targetDuration) found.push(`${segment.uri} lasts longer than the target duration`);
    }
  }
  return found;
}

let wrong = 0;
for (const file of process.argv.slice(2)) {
  let found;
  try {
    found = faults(readFileSync(file, 'utf8'));
  } catch (failure) {
    found = [failure.message];
  }
  if (found.length > 0) wrong++;
  console.log(`${file}: ${found.length === 0 ? 'ok' : found.join('; ')}`);
}
process.exit(Math.min(wrong, 100));
