import Hls, { Events, PlaylistLevelType, type Fragment } from 'hls.js';

/** Seconds of buffer below which safety comes before a better picture, and milliseconds between two exchanges of buffer. */
const upgradeFrom = 10;
const upgradeEvery = 20_000;

const highestEstimate = 30_000_000;

/**
 * Comes back sooner from a bad stretch than hls.js does by itself. Its estimator weighs samples by the time they took, so small
 * segments over a line that is good again hardly count; and what is buffered already stays poor for half a minute.
 */
export function recoverQuality(hls: Hls, video: HTMLVideoElement): void {
  let previous = 0;
  let upgradedAt = -upgradeEvery;

  hls.on(Events.FRAG_BUFFERED, (_, { frag }) => {
    if (frag.type !== PlaylistLevelType.MAIN) return;
    const measured = throughput(frag as Fragment);
    // Two in a row, because a single one may have come out of a cache.
    const sure = Math.min(previous, measured);
    previous = measured;
    if (sure > hls.bandwidthEstimate * 2) hls.bandwidthEstimate = Math.min(sure * 0.7, highestEstimate);
    upgrade();
  });

  function upgrade(): void {
    const better = hls.levels[hls.nextAutoLevel];
    const shown = hls.levels[hls.currentLevel];
    const { buffered, currentTime } = video;
    const ahead = buffered.length > 0 ? buffered.end(buffered.length - 1) - currentTime : 0;
    const now = performance.now();
    if (!hls.autoLevelEnabled || !better || !shown || better.bitrate <= shown.bitrate || ahead < upgradeFrom) return;
    if (hls.bandwidthEstimate < better.bitrate * 1.5 || now - upgradedAt < upgradeEvery) return;
    upgradedAt = now;
    // Set to "automatic" again it drops what is buffered beyond the next segment and fetches that in the better level.
    hls.nextLevel = -1;
  }
}

function throughput({ stats }: Fragment): number {
  const seconds = (stats.loading.end - stats.loading.start) / 1000;
  return seconds > 0 ? (stats.total * 8) / seconds : 0;
}
