// Where the pictures of a training replay lie when a picture has several grids, or channels: a row
// for each channel, with the input and what each grid reads of it.
import { panelAt } from "../shared/picture.js";

const [TOP, HEAD, GAP, REACH] = [26, 24, 14, 1.14];
const WIDE = 560; // from here on, runs stand side by side
const BESIDE = 480; // from here on, what is read stands right of an input of one channel
const LARGEST = [340, 240, 200]; // of an input with so many channels
const SMALLEST = 76; // of the small pictures

// A picture's panel in a room: round its middle, `reach` times smaller than the room.
/** @type {(room: Box, size: Size, reach: number, alignCorners: boolean) => Panel} */
function fitted([left, top, width, height], [rows, columns], reach, alignCorners) {
  const unit = (Math.min(width / columns, height / rows) * Math.max(rows, columns)) / 2 / reach;
  return panelAt([left + width / 2, top + height / 2], unit, [rows, columns], alignCorners);
}

// The height of a box that is so wide, for pictures of this size; no higher than wide.
/** @type {(width: number, size: Size) => number} */
const heightOf = (width, [rows, columns]) => width * Math.min(rows / columns, 1);

// One block: the places of the inputs, of what is read, of the heads over it, and of θ.
function blockOf(
  { alignCorners, output_size, families },
  channels,
  left,
  top,
  block,
  [wide, tall],
) {
  const size = [channels[0].height, channels[0].width];
  const [count, beside] = [families.length, channels.length > 1 || block >= BESIDE];
  const output = Math.min((beside ? 0.58 * block : block) / count - GAP, 150);
  const input = Math.min(
    beside ? block - count * (output + GAP) : block,
    LARGEST[channels.length - 1],
  );
  const [high, low] = [heightOf(input, size), heightOf(output, output_size)];
  const line = Math.max(high, low) + HEAD;
  const column = (g) => left + (beside ? input + GAP : 0) + g * (output + GAP);
  const inputAt = (c) => top + TOP + (beside ? HEAD : 0) + c * line;
  const readAt = (c) => inputAt(c) + (beside ? 0 : high + HEAD);
  const rooms = channels.map((_, c) => {
    const room = [left, inputAt(c), input, high];
    return { room, from: fitted(room, size, REACH, alignCorners) };
  });
  const panel = (g, c) =>
    fitted([column(g) + 2, readAt(c) + 2, output - 4, low - 4], output_size, 1, alignCorners);
  const end = readAt(channels.length - 1) + (beside ? line - HEAD : low) + 8;
  const across = wide <= output ? count : Math.max(1, Math.floor((block + GAP) / (wide + GAP)));
  const matrices = families.map((_, g) => [
    across < count || wide > output ? left + (g % across) * (wide + GAP) : column(g),
    end + Math.floor(g / across) * (tall + 8),
  ]);
  return {
    left,
    top,
    rooms,
    to: families.map((_, g) => channels.map((_, c) => panel(g, c))),
    heads: families.map((_, g) => [column(g), readAt(0) - HEAD, output]),
    matrices,
    height: end + Math.ceil(count / across) * (tall + 8) - top,
  };
}

// A block for each run, side by side or, on a phone, one above the other; the six numbers of a θ
// take `wide` × `tall`.
export function layoutSeveral(width, { runs, image }, matrix) {
  const across = width >= WIDE ? runs.length : 1;
  const block = Math.min((width - (across - 1) * 2 * GAP) / across, 760);
  const blocks = [];
  let [top, height] = [0, 0];
  runs.forEach((run, k) => {
    if (k && k % across === 0) top = height + GAP;
    const left = (k % across) * (block + 2 * GAP);
    blocks.push(blockOf(run, image, left, top, block, matrix));
    height = Math.max(height, top + blocks[k].height);
  });
  return { blocks, height };
}

// The small pictures: in as many rows as keep them large enough. For each run the channels of the
// input one below the other, and below them what is read: a column a grid, a row a channel.
export function layoutSmall(width, { images, runs }) {
  const bands = Math.ceil((images.length * SMALLEST) / width);
  const across = Math.ceil(images.length / bands);
  const cell = Math.min(width / across, 96);
  const [count, { height, width: columns }] = [images[0].length, images[0][0]];
  const size = [height, columns];
  const places = (left, top) => {
    let y = top;
    const [inputs, to] = [[], []];
    runs.forEach(({ output_size, alignCorners, families }, k) => {
      const [high, side] = [heightOf(cell, size), cell / families.length];
      const low = heightOf(side, output_size);
      images[0].forEach((_, channel) => {
        const room = [left, y, cell, high];
        const inner = [left + 4, y + 4, cell - 8, high - 8];
        const panels = [{ k, from: fitted(inner, size, 1, alignCorners) }];
        inputs.push({ room, channel, panels });
        y += high;
      });
      const at = y;
      to.push(
        families.map((_, g) =>
          images[0].map((_, channel) => {
            const inner = [left + g * side + 3, at + channel * low + 3, side - 6, low - 6];
            return fitted(inner, output_size, 1, alignCorners);
          }),
        ),
      );
      y += count * low + (k < runs.length - 1 ? 8 : 0);
    });
    return { box: [left, top, cell, y - top], inputs, to };
  };
  const all = images.map((_, i) => {
    const tall = places(0, 0).box[3] + 6;
    return places((i % across) * cell, Math.floor(i / across) * tall);
  });
  const [, top, , tall] = all[all.length - 1].box;
  return { columns: all, height: top + tall };
}
