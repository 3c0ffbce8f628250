import { trackName } from '../shared/format';
import type { Choice, Engine, EngineEvents, Level } from './engine';
import type { Session } from './session';

/** Safari on iPhone, where the system plays HLS by itself: no choice of quality, tracks by the media element. */
export class NativeEngine implements Engine {
  readonly name = 'native';
  readonly qualities: Choice[] = [];
  readonly audios: Choice[] = [];
  readonly bandwidth = null;
  quality = -1;
  audio = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly session: Session,
    events: EngineEvents,
  ) {
    video.textTracks.addEventListener('addtrack', () => events.tracks());
    video.addEventListener('resize', () => this.level && events.level(this.level));
    video.addEventListener('error', () => {
      const code = video.error?.code ?? 0;
      events.trouble(code === MediaError.MEDIA_ERR_NETWORK ? 'unreachable' : 'undecodable', `media-${code}`, true);
    });
  }

  load(position: number): void {
    this.video.src = this.session.hls;
    this.video.addEventListener('loadedmetadata', () => (this.video.currentTime = position), { once: true });
  }

  get subtitles(): Choice[] {
    return [...this.video.textTracks].map((track, id) => ({ id, label: trackName(track.label, track.language, id), language: track.language }));
  }

  get subtitle(): number {
    return [...this.video.textTracks].findIndex((track) => track.mode === 'hidden' || track.mode === 'showing');
  }

  set subtitle(id: number) {
    [...this.video.textTracks].forEach((track, index) => (track.mode = index === id ? 'hidden' : 'disabled'));
  }

  get level(): Level | null {
    return this.video.videoHeight ? { name: `${this.video.videoHeight}p`, height: this.video.videoHeight, bitrate: 0 } : null;
  }

  retry(): void {
    const position = this.video.currentTime;
    this.load(position);
    void this.video.play();
  }

  destroy(): void {
    this.video.removeAttribute('src');
    this.video.load();
  }
}
