export interface Commands {
  togglePlay(): void;
  skip(seconds: number): void;
  seekShare(share: number): void;
  louder(step: number): void;
  toggleMute(): void;
  toggleFullscreen(): void;
  cycleSubtitles(): void;
  next(): void;
  toggleHelp(): void;
  escape(): void;
}

export const shortcuts: readonly [string, string][] = [
  ['Space, K', 'Play or pause'],
  ['J, L', 'Back or forward 10 seconds'],
  ['←, →', 'Back or forward 5 seconds'],
  ['↑, ↓', 'Volume'],
  ['M', 'Sound on or off'],
  ['C', 'Subtitles'],
  ['F', 'Full screen'],
  ['0–9', 'Jump to 0–90 %'],
  ['N', 'Next episode'],
  ['?', 'This list'],
  ['Esc', 'Close a menu, leave full screen, go back'],
];

export function bindKeyboard(commands: Commands): void {
  const keys: Record<string, () => void> = {
    ' ': commands.togglePlay,
    k: commands.togglePlay,
    j: () => commands.skip(-10),
    l: () => commands.skip(10),
    ArrowLeft: () => commands.skip(-5),
    ArrowRight: () => commands.skip(5),
    ArrowUp: () => commands.louder(0.05),
    ArrowDown: () => commands.louder(-0.05),
    m: commands.toggleMute,
    f: commands.toggleFullscreen,
    c: commands.cycleSubtitles,
    n: commands.next,
    '?': commands.toggleHelp,
    Escape: commands.escape,
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.closest('dialog')) return;
    // A focused button or volume slider keeps the keys that work it.
    if (event.key === ' ' && target.closest('button, a')) return;
    if (event.key.startsWith('Arrow') && target instanceof HTMLInputElement) return;
    const digit = /^[0-9]$/.test(event.key) ? () => commands.seekShare(Number(event.key) / 10) : undefined;
    const command = digit ?? keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!command) return;
    event.preventDefault();
    command();
  });
}
