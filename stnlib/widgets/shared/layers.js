// Layers of small networks, forward and backward, for a batch: pure functions on typed arrays.
// A shape is [channels, height, width]; pictures of a batch lie one behind the other. A layer is
// made for a shape and a number of pictures, and keeps what its backward pass needs:
// {shape, weights, gradients, forward(x), backward(slopes, wanted)}, where `shape` is what it gives
// and backward returns the slopes for x, if they are wanted.

// out[i, j] += Σ_k a[i, k] b[j, k], in blocks of 2 × 4. Of each matrix: its numbers, where it
// begins, and how far it is from one i (or j) to the next, and from one k to the next.
function multiply(rows, columns, depth, a, a0, ai, ak, b, b0, bj, bk, out, o0, oi) {
  for (let i = 0; i < rows; i += 2) {
    const second = i + 1 < rows;
    const p = a0 + i * ai;
    const q = second ? p + ai : p;
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j;
      const r = b0 + j * bj;
      const s = left > 1 ? r + bj : r;
      const t = left > 2 ? s + bj : r;
      const u = left > 3 ? t + bj : r;
      let c0 = 0,
        c1 = 0,
        c2 = 0,
        c3 = 0,
        d0 = 0,
        d1 = 0,
        d2 = 0,
        d3 = 0;
      for (let k = 0, x = 0, y = 0; k < depth; k++, x += ak, y += bk) {
        const v = a[p + x];
        const w = a[q + x];
        const e = b[r + y];
        const f = b[s + y];
        const g = b[t + y];
        const h = b[u + y];
        c0 += v * e;
        c1 += v * f;
        c2 += v * g;
        c3 += v * h;
        d0 += w * e;
        d1 += w * f;
        d2 += w * g;
        d3 += w * h;
      }
      const to = o0 + i * oi + j;
      const below = to + oi;
      out[to] += c0;
      if (left > 1) out[to + 1] += c1;
      if (left > 2) out[to + 2] += c2;
      if (left > 3) out[to + 3] += c3;
      if (!second) continue;
      out[below] += d0;
      if (left > 1) out[below + 1] += d1;
      if (left > 2) out[below + 2] += d2;
      if (left > 3) out[below + 3] += d3;
    }
  }
}

export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);
const numbers = (count) => new Float64Array(count);

// Weights and bias of `count` outputs with `inputs` each, and room for their slopes.
const learned = (count, inputs) => ({
  weights: [numbers(count * inputs), numbers(count)],
  gradients: [numbers(count * inputs), numbers(count)],
});

// Every place of a window of side × side that fits inside, one pixel at a time, no padding.
function convolution([channels, height, width], pictures, { count, side }) {
  const [rows, columns] = [height - side + 1, width - side + 1];
  const [places, window] = [rows * columns, channels * side * side];
  const { weights, gradients } = learned(count, window);
  const [out, slopes] = [
    numbers(pictures * count * places),
    numbers(pictures * channels * height * width),
  ];
  const seen = numbers(pictures * places * window); // each place's window, as a row
  const rowSlopes = numbers(places * window);
  const picture = channels * height * width;

  // Call visit(place in a row, place in the picture) for all rows of one picture.
  function windows(visit) {
    for (let row = 0, to = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < side; i++) {
            let from = (c * height + row + i) * width + column;
            for (let j = 0; j < side; j++, to++, from++) visit[to] = from;
          }
        }
      }
    }
    return visit;
  }
  const where = windows(new Int32Array(places * window));

  function forward(x) {
    for (let n = 0; n < pictures; n++) {
      const [from, to] = [n * picture, n * places * window];
      for (let i = 0; i < where.length; i++) seen[to + i] = x[from + where[i]];
      const first = n * count * places;
      for (let o = 0; o < count; o++)
        out.fill(weights[1][o], first + o * places, first + (o + 1) * places);
      multiply(
        count,
        places,
        window,
        weights[0],
        0,
        window,
        1,
        seen,
        to,
        window,
        1,
        out,
        first,
        places,
      );
    }
    return out;
  }
  function backward(given, wanted) {
    gradients.forEach((gradient) => gradient.fill(0));
    if (wanted) slopes.fill(0);
    for (let n = 0; n < pictures; n++) {
      const [first, to] = [n * count * places, n * places * window];
      multiply(
        count,
        window,
        places,
        given,
        first,
        places,
        1,
        seen,
        to,
        1,
        window,
        gradients[0],
        0,
        window,
      );
      for (let o = 0; o < count; o++) {
        let sum = 0;
        for (let p = 0; p < places; p++) sum += given[first + o * places + p];
        gradients[1][o] += sum;
      }
      if (!wanted) continue;
      rowSlopes.fill(0);
      multiply(
        places,
        window,
        count,
        given,
        first,
        1,
        places,
        weights[0],
        0,
        1,
        window,
        rowSlopes,
        0,
        window,
      );
      for (let i = 0; i < where.length; i++) slopes[n * picture + where[i]] += rowSlopes[i];
    }
    return wanted ? slopes : null;
  }
  return { shape: [count, rows, columns], weights, gradients, inputs: window, forward, backward };
}

function linear(shape, pictures, { count }) {
  const inputs = sizeOf(shape);
  const { weights, gradients } = learned(count, inputs);
  const [out, slopes] = [numbers(pictures * count), numbers(pictures * inputs)];
  let x = null;
  function forward(given) {
    x = given;
    for (let n = 0; n < pictures; n++) out.set(weights[1], n * count);
    multiply(pictures, count, inputs, x, 0, inputs, 1, weights[0], 0, inputs, 1, out, 0, count);
    return out;
  }
  function backward(given, wanted) {
    gradients.forEach((gradient) => gradient.fill(0));
    multiply(count, inputs, pictures, given, 0, 1, count, x, 0, 1, inputs, gradients[0], 0, inputs);
    for (let n = 0; n < pictures; n++)
      for (let o = 0; o < count; o++) gradients[1][o] += given[n * count + o];
    if (!wanted) return null;
    slopes.fill(0);
    multiply(
      pictures,
      inputs,
      count,
      given,
      0,
      count,
      1,
      weights[0],
      0,
      1,
      inputs,
      slopes,
      0,
      inputs,
    );
    return slopes;
  }
  return { shape: [count, 1, 1], weights, gradients, inputs, forward, backward };
}

function relu(shape, pictures) {
  const [out, slopes] = [numbers(pictures * sizeOf(shape)), numbers(pictures * sizeOf(shape))];
  function forward(x) {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i], 0);
    return out;
  }
  function backward(given) {
    for (let i = 0; i < out.length; i++) slopes[i] = out[i] > 0 ? given[i] : 0;
    return slopes;
  }
  return { shape, weights: [], gradients: [], forward, backward };
}

// The largest of 2 × 2; a last odd row or column is kept.
function maxPool([channels, height, width], pictures) {
  const [rows, columns] = [(height + 1) >> 1, (width + 1) >> 1];
  const [planes, area] = [pictures * channels, height * width];
  const [out, slopes] = [numbers(planes * rows * columns), numbers(planes * area)];
  const from = new Int32Array(out.length); // where each maximum was
  function forward(x) {
    out.fill(-Infinity);
    for (let plane = 0, at = 0; plane < planes; plane++) {
      for (let row = 0; row < height; row++) {
        const first = (plane * rows + (row >> 1)) * columns;
        for (let column = 0; column < width; column++, at++) {
          const to = first + (column >> 1);
          if (x[at] > out[to]) {
            out[to] = x[at];
            from[to] = at;
          }
        }
      }
    }
    return out;
  }
  function backward(given) {
    slopes.fill(0);
    for (let i = 0; i < from.length; i++) slopes[from[i]] += given[i];
    return slopes;
  }
  return { shape: [channels, rows, columns], weights: [], gradients: [], forward, backward };
}

// The mean of 2 × 2; a last odd row or column is left out. It stands first: nobody asks it for slopes.
function meanPool([channels, height, width], pictures) {
  const [rows, columns] = [height >> 1, width >> 1];
  const out = numbers(pictures * channels * rows * columns);
  function forward(x) {
    for (let plane = 0, to = 0; plane < pictures * channels; plane++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, to++) {
          const at = (plane * height + 2 * row) * width + 2 * column;
          out[to] = (x[at] + x[at + 1] + x[at + width] + x[at + width + 1]) / 4;
        }
      }
    }
    return out;
  }
  const backward = () => null;
  return { shape: [channels, rows, columns], weights: [], gradients: [], forward, backward };
}

const KINDS = { conv: convolution, linear, relu, pool: maxPool, mean: meanPool };

/**
 * Make a network of layers, [{kind, …}], for so many pictures of a shape. `weights` and `gradients`
 * are those of all layers in a row; `inputs` says how many numbers each output of such a layer sums.
 * @type {(specs: any[], shape: number[], pictures: number) => any}
 */
export function makeNet(specs, shape, pictures) {
  let given = shape;
  const layers = specs.map((spec) => {
    const layer = KINDS[spec.kind](given, pictures, spec);
    given = layer.shape;
    return layer;
  });
  const all = (name) => layers.flatMap((layer) => layer[name]);
  return {
    weights: all("weights"),
    gradients: all("gradients"),
    inputs: layers.flatMap((layer) => layer.weights.map(() => layer.inputs)),
    forward: (x) => layers.reduce((value, layer) => layer.forward(value), x),
    // Slopes for the input are worked out only where they are wanted.
    backward: (slopes, wanted) =>
      layers.reduceRight((value, layer, i) => layer.backward(value, wanted || i > 0), slopes),
  };
}
