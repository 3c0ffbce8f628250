import { h } from '../shared/dom';
import { spoken } from '../shared/format';
import { Captions } from './captions';
import { Controls } from './controls';
import { EndPanel } from './ending';
import { createEngine } from './create-engine';
import type { Engine, Level, Trouble } from './engine';
import { bindKeyboard } from './keyboard';
import { TroublePanel } from './messages';
import { QualityMeter } from './qoe';
import { Reporter } from './reporter';
import { PreferenceStore, type Session } from './session';

const progressEvery = 5_000;
const leaveWithin = 500;

/** Ties picture, controls, measurement and reporting together; the only one that changes the media element. */
export class Player {
  readonly preferences = new PreferenceStore();
  readonly meter: QualityMeter;
  readonly reporter: Reporter;
  readonly engine: Engine | null;
  readonly controls: Controls;
  error: { kind: Trouble; code: string } | null = null;
  readonly #trouble: TroublePanel;
  readonly #end: EndPanel;
  #lastSubtitle = 0;
  #summarised = false;

  constructor(
    readonly root: HTMLElement,
    readonly video: HTMLVideoElement,
    readonly session: Session,
  ) {
    this.meter = new QualityMeter(video);
    this.reporter = new Reporter(session.id);
    this.engine = createEngine(video, session, this.preferences, {
      tracks: () => this.controls.refreshTracks(),
      level: (level) => this.#onLevel(level),
      trouble: (kind, code, fatal) => this.#onTrouble(kind, code, fatal),
      recovered: () => this.#onRecovered(),
    });
    this.#trouble = new TroublePanel(session.back, () => this.#retry());
    this.#end = new EndPanel(session, () => this.#again());
    root.append(h('div', { class: 'player-shade' }), new Captions(video).element, this.#trouble.element, this.#end.element);
    video.volume = this.preferences.values.volume;
    video.muted = this.preferences.values.muted;
    this.controls = new Controls(root, this);
    this.#listen();
    bindKeyboard({
      togglePlay: () => this.togglePlay(),
      skip: (seconds) => this.skip(seconds),
      seekShare: (share) => this.seek(share * this.duration),
      louder: (step) => this.#louder(step),
      toggleMute: () => this.toggleMute(),
      toggleFullscreen: () => this.toggleFullscreen(),
      cycleSubtitles: () => this.#toggleSubtitles(),
      next: () => this.#next(),
      toggleHelp: () => this.controls.toggleHelp(),
      escape: () => this.#escape(),
    });
  }

  /** Whether words stand over the picture instead of a film running. */
  get interrupted(): boolean {
    return !this.#trouble.element.hidden || !this.#end.element.hidden;
  }

  get position(): number {
    return this.video.currentTime;
  }

  /** The film's length even while the end of it is still being encoded. */
  get duration(): number {
    const { duration } = this.video;
    return Number.isFinite(duration) ? Math.max(duration, this.session.durationSeconds) : this.session.durationSeconds;
  }

  get buffered(): TimeRanges {
    return this.video.buffered;
  }

  start(): void {
    if (!this.engine) {
      this.#onTrouble('unsupported', 'no-media-source', true);
      return;
    }
    this.meter.intend(0);
    this.engine.load(this.session.positionSeconds);
    if (this.session.positionSeconds > 0) this.controls.announcer.say(`Continuing at ${spoken(this.session.positionSeconds)}`);
    this.video.play().catch((failure: unknown) => {
      if (failure instanceof DOMException && failure.name === 'NotAllowedError') this.controls.askForClick();
    });
  }

  togglePlay(): void {
    if (this.video.ended) this.#again();
    else if (this.video.paused) void this.video.play().catch(() => {});
    else this.video.pause();
  }

  seek(seconds: number): void {
    const { seekable } = this.video;
    const end = seekable.length > 0 ? seekable.end(seekable.length - 1) : this.duration;
    if (seconds > end + 1) this.controls.announcer.say('That part is still being prepared');
    this.#end.hide();
    this.video.currentTime = Math.max(0, Math.min(seconds, end - 0.1));
  }

  skip(seconds: number): void {
    this.seek(this.position + seconds);
    this.controls.announcer.say(`${seconds < 0 ? 'Back' : 'Forward'} ${Math.abs(seconds)} seconds`);
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(1, Math.max(0, volume));
    this.video.muted = this.video.volume === 0;
    this.preferences.set('volume', this.video.volume || this.preferences.values.volume);
    this.preferences.set('muted', this.video.muted);
  }

  toggleMute(): void {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
    this.preferences.set('muted', this.video.muted);
    this.controls.announcer.say(this.video.muted ? 'Sound off' : 'Sound on');
  }

  toggleFullscreen(): void {
    const phone = this.video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (this.root.requestFullscreen) void this.root.requestFullscreen().catch(() => {});
    else phone.webkitEnterFullscreen?.();
  }

  chooseQuality(id: number, label: string): void {
    this.engine!.quality = id;
    this.controls.announcer.say(`Quality: ${label}`);
  }

  chooseAudio(id: number, label: string): void {
    this.engine!.audio = id;
    this.controls.announcer.say(`Audio: ${label}`);
  }

  chooseSubtitle(id: number, label: string): void {
    this.engine!.subtitle = id;
    if (id >= 0) this.#lastSubtitle = id;
    this.controls.refreshTracks();
    this.controls.announcer.say(`Subtitles: ${label}`);
  }

  #listen(): void {
    const { video, meter, reporter } = this;
    meter.onStarted = (startupSeconds) => reporter.add('started', this.position, { startupSeconds, ...this.#picture });
    meter.onStalled = () => reporter.add('stalled', this.position);
    meter.onResumed = (durationSeconds) => reporter.add('resumed', this.position, { stalledSeconds: durationSeconds });
    video.addEventListener('play', () => reporter.add('playing', this.position));
    video.addEventListener('pause', () => !video.ended && reporter.add('paused', this.position));
    video.addEventListener('seeked', () => reporter.add('seeked', this.position));
    video.addEventListener('ended', () => this.#onEnded());
    video.addEventListener('playing', () => {
      this.#summarised = false;
      if (this.error?.kind === 'unreachable') this.#onRecovered();
    });
    // Without a network hls.js waits in silence for it to come back; somebody who looks at a still picture should know why.
    window.setInterval(() => {
      if (!navigator.onLine && !this.error && !video.paused && !video.ended && this.#bufferedAhead() < 0.5) this.#onTrouble('unreachable', 'offline', true);
    }, 1_000);
    window.setInterval(() => !video.paused && !video.seeking && this.#progress(), progressEvery);
    this.root.addEventListener('click', (event) => this.#follow(event));
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', (event) => event.persisted && reporter.resume());
    // Phones drop a hidden page without a word, so what is known goes out now.
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && void reporter.flush());
    window.addEventListener('online', () => this.error?.kind === 'unreachable' && this.#retry());
    this.#mediaSession();
  }

  #progress(): void {
    this.reporter.add('progress', this.position, this.#picture);
    if (this.engine?.bandwidth) this.preferences.set('bandwidth', Math.round(this.engine.bandwidth));
  }

  get #picture(): Record<string, unknown> {
    return {
      height: this.video.videoHeight || undefined,
      bandwidth: this.engine?.level?.bitrate || undefined,
      droppedFrames: this.meter.figures.droppedFrames,
    };
  }

  #onLevel(level: Level): void {
    if (this.meter.switched(level)) this.reporter.add('level-switched', this.position, { height: level.height, bandwidth: level.bitrate });
    this.controls.refresh();
  }

  #onTrouble(kind: Trouble, code: string, fatal: boolean): void {
    this.reporter.add('error', this.position, { message: `${fatal ? 'fatal' : 'recovered'} ${kind}: ${code}` });
    if (!fatal) return;
    this.error = { kind, code };
    // What is buffered still plays; words appear only once there is nothing left to show.
    const ahead = this.#bufferedAhead();
    if (ahead < 0.5 || kind !== 'unreachable') this.#interrupt(kind, code);
    else window.setTimeout(() => this.error && this.#interrupt(kind, code), ahead * 1_000);
  }

  #interrupt(kind: Trouble, code: string): void {
    this.#trouble.show(kind, code);
    this.controls.closeOpen(false);
    this.controls.wake();
  }

  #onRecovered(): void {
    this.error = null;
    this.#trouble.hide();
    if (!this.video.ended) void this.video.play().catch(() => {});
  }

  #retry(): void {
    this.#trouble.hide();
    this.engine?.retry();
  }

  #bufferedAhead(): number {
    const { buffered, currentTime } = this.video;
    for (let index = 0; index < buffered.length; index++) {
      if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) > currentTime) return buffered.end(index) - currentTime;
    }
    return 0;
  }

  #onEnded(): void {
    this.reporter.add('ended', this.position);
    this.#summarise();
    this.controls.closeOpen(false);
    this.controls.wake();
    this.#end.show();
  }

  #again(): void {
    this.#end.hide();
    this.video.currentTime = 0;
    void this.video.play();
  }

  #next(): void {
    if (this.session.next) void this.#go(this.session.next.href);
  }

  #escape(): void {
    if (this.controls.closeOpen() || document.fullscreenElement) return;
    void this.#go(this.session.back);
  }

  /** What is told at the end of this page comes after the next one was made, so the position goes out first. */
  async #go(address: string): Promise<void> {
    if (!this.video.ended && this.meter.figures.watchSeconds > 0) this.reporter.add('progress', this.position, this.#picture);
    await Promise.race([this.reporter.flush(), new Promise((done) => setTimeout(done, leaveWithin))]);
    location.href = address;
  }

  #follow(event: MouseEvent): void {
    const link = (event.target as Element).closest('a');
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void this.#go(link.href);
  }

  #louder(step: number): void {
    this.setVolume(Math.round((this.video.volume + step) * 100) / 100);
    this.controls.announcer.say(`Volume ${Math.round(this.video.volume * 100)} %`);
  }

  #toggleSubtitles(): void {
    const tracks = this.engine?.subtitles ?? [];
    if (tracks.length === 0) this.controls.announcer.say('This title has no subtitles');
    else if (this.engine!.subtitle >= 0) this.chooseSubtitle(-1, 'Off');
    else {
      const track = tracks[this.#lastSubtitle] ?? tracks[0]!;
      this.chooseSubtitle(track.id, track.label);
    }
  }

  #summarise(): void {
    if (this.#summarised) return;
    this.#summarised = true;
    const { startupSeconds, rebufferSeconds, droppedFrames, averageBitrate } = this.meter.figures;
    this.reporter.add('summary', this.position, { startupSeconds: startupSeconds ?? undefined, stalledSeconds: rebufferSeconds, droppedFrames, bandwidth: averageBitrate, height: this.video.videoHeight });
  }

  #leave(): void {
    if (!this.video.ended && this.meter.figures.watchSeconds > 0) this.reporter.add('progress', this.position, this.#picture);
    this.#summarise();
    this.reporter.leave();
  }

  #mediaSession(): void {
    if (!('mediaSession' in navigator)) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: this.session.title });
    navigator.mediaSession.setActionHandler('seekbackward', () => this.skip(-10));
    navigator.mediaSession.setActionHandler('seekforward', () => this.skip(10));
    if (this.session.next) navigator.mediaSession.setActionHandler('nexttrack', () => this.#next());
  }
}
