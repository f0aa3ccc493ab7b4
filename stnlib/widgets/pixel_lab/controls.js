// The switches of the pixel lab.
const OPTIONS = { mode: ["bilinear", "nearest"], padding_mode: ["zeros", "border", "reflection"] };

const choiceOf = (name, value) => ({
  name,
  label: name,
  options: OPTIONS[name].map((word) => [word, word]),
  value,
  change: (word) => ({ [name]: word }),
});

export const controls = ({ kept: { shown } }) => ({
  choices: shown.has("switches")
    ? [choiceOf("mode", ({ mode }) => mode), choiceOf("padding_mode", ({ padding }) => padding)]
    : [],
  hint:
    "Drag the point, or use the arrow keys; Shift takes larger steps. " +
    "A dragged point stops on whole columns and rows, where the kinks are.",
});
