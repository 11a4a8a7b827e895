import type { MappedCluster } from '@ratchet/console-api';
import { causeLooks } from './cause-looks';
import { nameOf } from './cluster-words';

interface Canvas {
  readonly width: number;
  readonly height: number;
}

export interface Label {
  readonly text: string;
  /** Whether it covers nothing; the others are only for the cluster that somebody looks at. */
  readonly hasRoom: boolean;
  /** Its middle, and the line that it stands on. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedCluster extends MappedCluster {
  readonly x: number;
  readonly y: number;
  /** Of its symbol, in square pixels. */
  readonly area: number;
  /** From its middle to the end of its symbol, about. */
  readonly reach: number;
  readonly label: Label;
}

interface Spot {
  x: number;
  y: number;
  readonly reach: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the canvas that all symbols together may cover, and one alone. */
const COVERED_MAX = 0.08;
const COVERED_BY_ONE_MAX = 0.02;
/** What can still be pointed at, and told by its shape. */
const AREA_MIN = 130;
const MARGIN = 20;
const GAP = 3;
const ROUNDS = 80;
const LABEL_CHARS = 24;
const CHAR_WIDTH = 6.6;
const LABEL_HEIGHT = 14;

/** Symbols whose areas are as the clusters' sizes (but for the smallest), where the map has them, pushed apart where they would cover one another; labels where there is room, the largest first. */
export const placeClusters = (clusters: readonly MappedCluster[], canvas: Canvas): PlacedCluster[] => {
  const areas = areasOf(clusters, canvas);
  const spots = spotsOf(clusters, areas, canvas);
  pushApart(spots, canvas);
  const labels = labelsOf(clusters.map(nameOf), spots, canvas);
  return clusters.map((cluster, i) => {
    const { x, y, reach } = spots[i] as Spot;
    return { ...cluster, x, y, area: areas[i] as number, reach, label: labels[i] as Label };
  });
};

const areasOf = (clusters: readonly MappedCluster[], { width, height }: Canvas): number[] => {
  const sizes = clusters.map(({ size }) => Math.max(1, size));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const each = width * height * Math.min(COVERED_MAX / all, COVERED_BY_ONE_MAX / Math.max(...sizes));
  return sizes.map((size) => Math.max(AREA_MIN, each * size));
};

/** One scale for both directions, so that distances can be compared. */
const spotsOf = (clusters: readonly MappedCluster[], areas: readonly number[], { width, height }: Canvas): Spot[] => {
  const reaches = areas.map((area, i) => causeLooks[(clusters[i] as MappedCluster).rootCause].reach * Math.sqrt(area));
  const pad = Math.max(0, ...reaches) + MARGIN;
  const [xs, ys] = [clusters.map(({ position }) => position.x), clusters.map(({ position }) => position.y)];
  const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const scale = Math.max(0, Math.min((width - 2 * pad) / span(xs), (height - 2 * pad) / span(ys)));
  return clusters.map(({ position }, i) => ({ x: width / 2 + scale * (position.x - middle(xs)), y: height / 2 + scale * (position.y - middle(ys)), reach: reaches[i] as number }));
};

/** Of values that are all the same, one: they stay where they are. */
const span = (values: readonly number[]): number => Math.max(...values) - Math.min(...values) || 1;

const pushApart = (spots: readonly Spot[], { width, height }: Canvas): void => {
  for (let round = 0, moved = true; round < ROUNDS && moved; round += 1) {
    moved = false;
    spots.forEach((one, i) => {
      for (const other of spots.slice(i + 1)) moved = part(one, other, i) || moved;
      one.x = within(one.x, one.reach, width);
      one.y = within(one.y, one.reach, height);
    });
  }
};

const part = (one: Spot, other: Spot, place: number): boolean => {
  const distance = Math.hypot(other.x - one.x, other.y - one.y);
  const missing = one.reach + other.reach + GAP - distance;
  if (missing <= 0.1) return false;
  // What lies on one spot parts in some direction, and in the same one every time.
  const [dx, dy] = distance === 0 ? [Math.cos(place), Math.sin(place)] : [(other.x - one.x) / distance, (other.y - one.y) / distance];
  one.x -= (dx * missing) / 2;
  one.y -= (dy * missing) / 2;
  other.x += (dx * missing) / 2;
  other.y += (dy * missing) / 2;
  return true;
};

const within = (value: number, reach: number, length: number): number => Math.min(Math.max(value, reach + 1), Math.max(reach + 1, length - reach - 1));

const labelsOf = (names: readonly string[], spots: readonly Spot[], canvas: Canvas): Label[] => {
  const taken: Box[] = spots.map(({ x, y, reach }) => ({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }));
  return names.map((name, i) => {
    const { x, y, reach } = spots[i] as Spot;
    const text = name.length > LABEL_CHARS ? `${name.slice(0, LABEL_CHARS - 1)}…` : name;
    const half = (text.length * CHAR_WIDTH) / 2;
    const middle = Math.min(Math.max(x, half + 2), canvas.width - half - 2);
    const beside = reach + half + 3;
    const ways = [[middle, y + reach + LABEL_HEIGHT - 2], [middle, y - reach - 4], [x + beside, y + 4], [x - beside, y + 4]] as const;
    const labels = ways.map(([at, line]): Label => ({ text, x: at, y: line, hasRoom: true }));
    const free = labels.find((label) => {
      const box = boxOf(label, half);
      return box.left >= 0 && box.right <= canvas.width && box.top >= 0 && box.bottom <= canvas.height && taken.every((other, j) => j === i || !touches(box, other));
    });
    if (free) taken.push(boxOf(free, half));
    return free ?? { ...(labels[0] as Label), hasRoom: false };
  });
};

const boxOf = ({ x, y }: Label, half: number): Box => ({ left: x - half, right: x + half, top: y - LABEL_HEIGHT + 3, bottom: y + 3 });

const touches = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
