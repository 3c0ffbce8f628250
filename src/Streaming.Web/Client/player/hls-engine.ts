import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData, type HlsConfig } from 'hls.js';
import { trackName } from '../shared/format';
import { recoverQuality } from './adaptation';
import { CueStore } from './captions';
import type { Choice, Engine, EngineEvents, Level, Trouble } from './engine';
import type { PreferenceStore, Session } from './session';

/** Stands for "no subtitles" among remembered languages. */
const off = 'off';

// A dead source is left after 3 s instead of hls.js' 31 s; what is buffered plays on meanwhile, and HlsEngine tries again by itself.
const loadPolicy: HlsConfig['fragLoadPolicy'] = {
  default: {
    maxTimeToFirstByteMs: 3_000,
    maxLoadTimeMs: 60_000,
    timeoutRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 1, retryDelayMs: 200, maxRetryDelayMs: 200 },
  },
};

export class HlsEngine implements Engine {
  readonly name = 'hls.js';
  readonly hls: Hls;
  readonly #cues: CueStore;
  #mediaRecoveries = 0;
  #retryTimer = 0;
  #troubled = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly session: Session,
    private readonly preferences: PreferenceStore,
    private readonly events: EngineEvents,
  ) {
    this.#cues = new CueStore(video);
    const { bandwidth: known, audio, subtitles } = preferences.values;
    this.hls = new Hls({
      workerPath: session.worker,
      lowLatencyMode: false,
      maxBufferLength: 30,
      maxMaxBufferLength: 30,
      backBufferLength: 30,
      startLevel: -1,
      // With a remembered bandwidth the first segment is already the right one; a cautious guess otherwise. A probe would cost start-up time.
      abrEwmaDefaultEstimate: known ? Math.min(known * 0.8, 20_000_000) : 1_500_000,
      testBandwidth: false,
      capLevelToPlayerSize: true,
      startPosition: session.positionSeconds,
      startFragPrefetch: true,
      fragLoadPolicy: loadPolicy,
      // Its native text tracks need a data: address, which the page's content security policy forbids.
      renderTextTracksNatively: false,
      enableCEA708Captions: false,
      ...(audio ? { audioPreference: { lang: audio } } : {}),
      ...(subtitles && subtitles !== off ? { subtitlePreference: { lang: subtitles } } : {}),
      cmcd: { sessionId: session.id, contentId: session.titleId, useHeaders: true },
    });
    this.hls.on(Events.MANIFEST_PARSED, () => this.#tracksChanged());
    this.hls.on(Events.AUDIO_TRACKS_UPDATED, () => this.#tracksChanged());
    this.hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => this.#tracksChanged());
    this.hls.on(Events.LEVEL_SWITCHED, () => this.level && events.level(this.level));
    this.hls.on(Events.SUBTITLE_TRACK_SWITCH, (_, { id }) => this.#cues.choose(this.#cueName(id)));
    this.hls.on(Events.CUES_PARSED, (_, { track, cues }) => this.#cues.add(track, cues as VTTCue[]));
    this.hls.on(Events.FRAG_BUFFERED, () => this.#recover());
    recoverQuality(this.hls, video);
    this.hls.on(Events.ERROR, (_, data) => this.#onError(data));
  }

  load(position: number): void {
    this.hls.loadSource(this.session.hls);
    this.hls.attachMedia(this.video);
    this.hls.config.startPosition = position;
  }

  get qualities(): Choice[] {
    const choices = this.hls.levels.map((level, id) => ({ id, label: rungName(level.width, level.height), bitrate: level.bitrate }));
    return choices.sort((a, b) => b.bitrate - a.bitrate).map(({ id, label, bitrate }) => ({ id, label, detail: `${(bitrate / 1e6).toFixed(1)} Mbit/s` }));
  }

  get quality(): number {
    return this.hls.autoLevelEnabled ? -1 : this.hls.nextLevel;
  }

  set quality(id: number) {
    this.hls.nextLevel = id;
  }

  get audios(): Choice[] {
    return this.hls.audioTracks.map((track, id) => ({ id, label: trackName(track.name, track.lang, id), language: track.lang }));
  }

  get audio(): number {
    return this.hls.audioTrack;
  }

  set audio(id: number) {
    this.hls.audioTrack = id;
    this.preferences.set('audio', this.audios[id]?.language ?? null);
  }

  get subtitles(): Choice[] {
    return this.hls.subtitleTracks.map((track, id) => ({ id, label: trackName(track.name, track.lang, id), language: track.lang }));
  }

  get subtitle(): number {
    return this.hls.subtitleTrack;
  }

  set subtitle(id: number) {
    this.hls.subtitleTrack = id;
    this.preferences.set('subtitles', this.subtitles[id]?.language ?? off);
  }

  get level(): Level | null {
    const level = this.hls.levels[this.hls.currentLevel];
    return level ? { name: rungName(level.width, level.height), height: level.height, bitrate: level.averageBitrate || level.bitrate } : null;
  }

  get bandwidth(): number | null {
    return Number.isFinite(this.hls.bandwidthEstimate) ? this.hls.bandwidthEstimate : null;
  }

  retry(): void {
    clearTimeout(this.#retryTimer);
    if (this.hls.levels.length === 0) this.hls.loadSource(this.session.hls);
    else this.hls.startLoad(this.video.currentTime);
  }

  destroy(): void {
    clearTimeout(this.#retryTimer);
    this.hls.destroy();
  }

  #tracksChanged(): void {
    if (this.preferences.values.subtitles === off && this.hls.subtitleTrack >= 0) this.hls.subtitleTrack = -1;
    this.events.tracks();
  }

  #cueName(id: number): string | null {
    const track = this.hls.subtitleTracks[id];
    return track ? (track.default ? 'default' : `subtitles${id}`) : null;
  }

  #onError(data: ErrorData): void {
    if (!data.fatal) {
      if (data.details !== ErrorDetails.BUFFER_STALLED_ERROR) this.events.trouble(classify(data), data.details, false);
      return;
    }
    this.#troubled = true;
    if (data.type === ErrorTypes.MEDIA_ERROR && this.#mediaRecoveries < 2) {
      if (this.#mediaRecoveries++ === 1) this.hls.swapAudioCodec();
      this.hls.recoverMediaError();
      return;
    }
    const kind = classify(data);
    this.events.trouble(kind, data.details, true);
    if (kind === 'unreachable') this.#retryTimer = window.setTimeout(() => this.retry(), 2_000);
  }

  #recover(): void {
    if (!this.#troubled) return;
    this.#troubled = false;
    clearTimeout(this.#retryTimer);
    this.events.recovered();
  }
}

const classes = [[3840, 2160], [2560, 1440], [1920, 1080], [1280, 720], [854, 480], [640, 360], [426, 240]] as const;

/** The name that viewers know a size by: a wide film of 1920 × 800 is "1080p" like any other of that width. */
function rungName(width: number, height: number): string {
  const long = Math.max(width, height);
  const [, name] = classes.reduce((best, next) => (Math.abs(Math.log(next[0] / long)) < Math.abs(Math.log(best[0] / long)) ? next : best));
  return long > 0 ? `${name}p` : `${height}p`;
}

function classify(data: ErrorData): Trouble {
  const status = data.response?.code ?? 0;
  if (status === 404 || status === 410) return 'gone';
  if (status === 401 || status === 403) return 'expired';
  if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR || data.type === ErrorTypes.KEY_SYSTEM_ERROR) return 'unsupported';
  return data.type === ErrorTypes.NETWORK_ERROR ? 'unreachable' : 'undecodable';
}
