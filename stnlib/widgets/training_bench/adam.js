// Adam with torch's defaults, its rate falling along a cosine. No DOM.
const [FIRST, SECOND, EPSILON] = [0.9, 0.999, 1e-8];

// What the schedule multiplies a rate by at the coming step.
export const cosine = (step, steps) => (1 + Math.cos((Math.PI * step) / steps)) / 2;

// Make the optimiser of some weights: step(gradients, rate) changes them.
export function makeAdam(weights) {
  const zeros = () => weights.map((weight) => new Float64Array(weight.length));
  const [means, squares] = [zeros(), zeros()];
  let taken = 0;
  return function step(gradients, rate) {
    taken += 1;
    const size = rate / (1 - FIRST ** taken);
    const whole = Math.sqrt(1 - SECOND ** taken);
    weights.forEach((weight, w) => {
      const [gradient, mean, square] = [gradients[w], means[w], squares[w]];
      for (let i = 0; i < weight.length; i++) {
        mean[i] = FIRST * mean[i] + (1 - FIRST) * gradient[i];
        square[i] = SECOND * square[i] + (1 - SECOND) * gradient[i] * gradient[i];
        weight[i] -= (size * mean[i]) / (Math.sqrt(square[i]) / whole + EPSILON);
      }
    });
  };
}
