// The words that the scripts of the figures use for their values. Lists of numbers are plain arrays.

/** [x, y], normalised (−1 … 1) or in pixels of the screen, as the function says. */
type Point = [number, number];
/** θ of an affine map, row by row: [θ11, θ12, θ13, θ21, θ22, θ23]. */
type Theta = number[];
/** [height, width]. */
type Size = number[];
/** [left, top, width, height] on a stage. */
type Box = number[];
type Values = number[] | Float32Array | Float64Array;

interface Picture {
  data: Values;
  height: number;
  width: number;
  canvas?: HTMLCanvasElement;
}

interface Reading {
  mode: string;
  padding?: string;
  alignCorners: boolean;
}

/** A picture's place on a stage: where (0, 0) lies, and pixels of the screen a unit. */
interface Panel {
  cx: number;
  cy: number;
  ux: number;
  uy: number;
  rows: number;
  columns: number;
}

/** A square map of a loss on a stage; `reach` is how far it goes to both sides, [degrees, pixels]. */
interface LossMap {
  left: number;
  top: number;
  side: number;
  reach: Point;
}

interface Theme {
  ink: string;
  muted: string;
  line: string;
  halo: string;
  input: string;
  output: string;
  grids: string[];
  font: string;
}

type Pen = CanvasRenderingContext2D;

/** A family of maps for a hand: see families.js. */
interface Family {
  count: number;
  anchors: Point[];
  together?: boolean;
  fit(points: Point[]): number[] | null;
  jet(theta: number[]): (x: number, y: number) => number[];
  linearPart?(theta: number[]): Theta;
}

/** New values of settings, by name. */
type Change = Record<string, unknown>;

/** The text of a worker's script, joined by tools/build_figures.mjs. */
declare module "worker:*" {
  const source: string;
  export default source;
}
