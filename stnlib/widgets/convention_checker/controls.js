// What the hand can do with the convention checker; its fields are in given.js.
export const controls = () => ({
  hint: "Drag the orange ring over the outputs, type numbers, or paste a matrix into any field.",
});
