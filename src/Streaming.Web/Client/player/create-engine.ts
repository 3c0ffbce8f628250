import Hls from 'hls.js';
import type { Engine, EngineEvents } from './engine';
import { HlsEngine } from './hls-engine';
import { NativeEngine } from './native-engine';
import type { PreferenceStore, Session } from './session';

export function createEngine(video: HTMLVideoElement, session: Session, preferences: PreferenceStore, events: EngineEvents): Engine | null {
  if (Hls.isSupported()) return new HlsEngine(video, session, preferences, events);
  if (video.canPlayType('application/vnd.apple.mpegurl')) return new NativeEngine(video, session, events);
  return null;
}
