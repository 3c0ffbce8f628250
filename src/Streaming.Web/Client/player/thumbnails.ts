export interface Thumbnail {
  start: number;
  end: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Reads a WebVTT file whose cues are `sheet.jpg#xywh=x,y,w,h`; addresses are relative to the file. */
export function parseThumbnails(text: string, base: string): Thumbnail[] {
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.split(/\r?\n/).filter(Boolean);
    const timing = lines.findIndex((line) => line.includes('-->'));
    const target = lines[timing + 1];
    if (timing < 0 || !target) return [];
    const [start, end] = lines[timing]!.split('-->').map((part) => seconds(part.trim().split(/\s/)[0] ?? ''));
    const area = /#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)/.exec(target)?.slice(1).map(Number);
    if (start === undefined || end === undefined || !area) return [];
    const [x, y, width, height] = area as [number, number, number, number];
    return [{ start, end, url: new URL(target.split('#')[0]!, new URL(base, location.href)).href, x, y, width, height }];
  });
}

function seconds(stamp: string): number {
  return stamp.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

/** Draws one tile of the sheet scaled to the width asked for. */
export function drawThumbnail(canvas: HTMLElement, thumbnail: Thumbnail, width: number): void {
  const scale = width / thumbnail.width;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${Math.round(thumbnail.height * scale)}px`;
  const picture = canvas.firstElementChild as HTMLImageElement;
  if (picture.src !== thumbnail.url) picture.src = thumbnail.url;
  picture.style.transform = `scale(${scale}) translate(${-thumbnail.x}px, ${-thumbnail.y}px)`;
}

export class ThumbnailTrack {
  #thumbnails: Thumbnail[] = [];
  #asked = false;

  constructor(private readonly url: string | null) {}

  /** Loaded on the first hover, so that it never competes with the first segments. */
  async load(): Promise<void> {
    if (this.#asked || !this.url) return;
    this.#asked = true;
    try {
      const response = await fetch(this.url);
      if (response.ok) this.#thumbnails = parseThumbnails(await response.text(), response.url);
    } catch {
      this.#asked = false;
    }
  }

  at(time: number): Thumbnail | null {
    return this.#thumbnails.find((thumbnail) => time >= thumbnail.start && time < thumbnail.end) ?? null;
  }
}
