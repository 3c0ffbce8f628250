import { readJson } from './shared/dom';
import { Player } from './player/player';
import type { Session } from './player/session';

const root = document.querySelector<HTMLElement>('[data-player]');
const video = root?.querySelector('video');
const session = readJson<Session>('session');

if (root && video && session) {
  const player = new Player(root, video, session);
  player.start();

  // Read by browser tests and by people with the console open; nothing in the page depends on it.
  Object.defineProperty(window, 'streamingPlayer', {
    value: {
      get state() {
        return {
          engine: player.engine?.name ?? null,
          position: video.currentTime,
          duration: player.duration,
          paused: video.paused,
          ended: video.ended,
          height: video.videoHeight,
          bandwidth: player.engine?.bandwidth ?? null,
          level: player.engine?.level ?? null,
          quality: player.engine?.quality ?? -1,
          qualities: player.engine?.qualities ?? [],
          audios: player.engine?.audios ?? [],
          subtitles: player.engine?.subtitles ?? [],
          subtitle: player.engine?.subtitle ?? -1,
          stats: player.meter.figures,
          pendingEvents: player.reporter.pending,
          error: player.error,
        };
      },
    },
  });
}
