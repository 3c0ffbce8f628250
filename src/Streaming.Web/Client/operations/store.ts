export interface Alert {
  key: string;
  panel: string;
  level: 'attention' | 'failure';
  text: string;
  advice: string;
  doc: string;
  since: number;
  until?: number;
}

export type Cell = string | number | null;

export interface PanelRow {
  id: string;
  cells: Cell[];
  level?: 'attention' | 'failure';
  actions?: { name: string; address: string; question?: string }[];
}

export interface Panel {
  summary: string;
  rows: PanelRow[];
}

export interface Column {
  heading: string;
  kind: string;
}

type Values = Record<string, number | null>;

interface Beat {
  at: number;
  point: Values;
  ten?: Values;
  parts: Record<string, unknown>;
}

interface Snapshot {
  began: number;
  step: number;
  from: number;
  series: Record<string, (number | null)[]>;
  columns: Record<string, Column[]>;
  beat: Beat;
}

/** What the page knows: the lines of the charts for the chosen range, and the parts that the server last sent of everything else. */
export class Store {
  step = 1;
  minutes = 15;
  at = 0;
  began = 0;
  times: number[] = [];
  series = new Map<string, (number | null)[]>();
  point: Values = {};
  columns: Record<string, Column[]> = {};
  parts: Record<string, unknown> = {};

  get alerts(): Alert[] {
    return (this.parts['alerts'] as Alert[] | undefined) ?? [];
  }

  get over(): Alert[] {
    return (this.parts['over'] as Alert[] | undefined) ?? [];
  }

  get headline(): string {
    return (this.parts['headline'] as string | undefined) ?? '';
  }

  panel(key: string): Panel | undefined {
    return this.parts[`panel:${key}`] as Panel | undefined;
  }

  values(line: string): (number | null)[] {
    return this.series.get(line) ?? this.times.map(() => null);
  }

  /** The first and the last moment that is shown: the range, or as much of it as has been recorded, and at least a minute. */
  get span(): [number, number] {
    const last = this.times.at(-1) ?? this.at;
    return [Math.min(Math.max(last - this.minutes * 60, this.began), last - 60), last];
  }

  load(snapshot: Snapshot, minutes: number): void {
    this.step = snapshot.step;
    this.minutes = minutes;
    this.began = snapshot.began;
    this.columns = snapshot.columns;
    const length = Math.max(0, ...Object.values(snapshot.series).map((values) => values.length));
    this.times = Array.from({ length }, (_, index) => snapshot.from + index * snapshot.step);
    this.series = new Map(Object.entries(snapshot.series));
    this.#take(snapshot.beat);
  }

  /** False where so much was missed that the history has to be asked for again. */
  follow(beat: Beat): boolean {
    this.#take(beat);
    const values = this.step === 1 ? beat.point : beat.ten;
    if (!values) return true;
    const time = this.step === 1 ? beat.at : Math.floor(beat.at / this.step) * this.step;
    const last = this.times.at(-1) ?? time - this.step;
    if (time <= last) return true;
    if (time - last > 3 * this.step) return false;
    for (let missed = last + this.step; missed <= time; missed += this.step) {
      this.times.push(missed);
      for (const [name, known] of this.series) known.push(missed === time ? (values[name] ?? null) : null);
    }
    for (const name of Object.keys(values)) if (!this.series.has(name)) this.series.set(name, this.times.map((at) => (at === time ? (values[name] ?? null) : null)));
    const most = (this.minutes * 60) / this.step;
    while (this.times.length > most) {
      this.times.shift();
      for (const known of this.series.values()) known.shift();
    }
    return true;
  }

  #take(beat: Beat): void {
    this.at = Math.max(this.at, beat.at);
    this.point = beat.point;
    Object.assign(this.parts, beat.parts);
  }
}
