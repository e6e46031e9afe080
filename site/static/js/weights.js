// A slider beside each weight, and the share that it would have. Without this the plain inputs do.
const inputs = [...document.querySelectorAll("input[data-weight]")];
const shares = () => {
  const total = inputs.reduce((sum, input) => sum + (Number(input.value) || 0), 0);
  for (const input of inputs) {
    const output = input.closest(".weights-line").querySelector("[data-share]");
    const changed = input.value !== input.defaultValue || inputs.some((each) => each.value !== each.defaultValue);
    output.hidden = !changed;
    output.value = total ? `→ ${((100 * (Number(input.value) || 0)) / total).toFixed(1)}%` : "→ —";
  }
};
for (const input of inputs) {
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 10, step: 0.1, value: input.value, tabIndex: -1 });
  slider.setAttribute("aria-hidden", "true"); // the number says the same and is reached by keyboard
  slider.addEventListener("input", () => { input.value = slider.value; shares(); });
  input.addEventListener("input", () => { slider.value = input.value; shares(); });
  input.before(slider);
}
shares();
