// Two sliders over the two inputs of a range. The inputs stay what is sent; without this file they are all there is.
(() => {
  const number = (text) => {
    const value = parseFloat(text.replaceAll(/[,，\s]/g, ""));
    return Number.isFinite(value) ? value : null;
  };

  // What was left open stays out of the address.
  document.querySelectorAll(".search-filters").forEach((form) => form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  }));

  document.querySelectorAll("[data-steps]").forEach((place) => {
    const steps = JSON.parse(place.dataset.steps), says = JSON.parse(place.dataset.says), any = place.dataset.any;
    const [low, high] = place.querySelectorAll("input");
    const track = Object.assign(document.createElement("div"), { className: "search-slider" });
    const told = Object.assign(document.createElement("output"), { className: "search-slider-told number" });
    // Places 1 … n are steps; 0 and n + 1 are no bound at all.
    const sliders = [low, high].map((input, side) => {
      const slider = Object.assign(document.createElement("input"), { type: "range", min: side, max: steps.length + side, step: 1 });
      slider.setAttribute("aria-label", `${place.querySelector("legend").textContent.trim()} ${input.getAttribute("aria-label")}`);
      track.append(slider);
      return slider;
    });
    place.querySelector("legend").after(told, track);

    const word = (at, side) => (at === (side ? steps.length + 1 : 0) ? any : says[at - 1]);
    const tell = () => {
      const [from, to] = sliders.map((slider) => Number(slider.value));
      sliders.forEach((slider, side) => slider.setAttribute("aria-valuetext", word(Number(slider.value), side)));
      told.textContent = from === 0 && to === steps.length + 1 ? any : from === to ? word(from, 0) : `${word(from, 0)} – ${word(to, 1)}`;
      track.classList.toggle("is-right", from > steps.length / 2); // the thumb that can still move lies on top
    };
    const nearest = (input, side) => {
      const value = number(input.value);
      if (value === null) return side ? steps.length + 1 : 0;
      return 1 + steps.reduce((best, step, index) => (Math.abs(step - value) < Math.abs(steps[best] - value) ? index : best), 0);
    };
    const read = () => {
      sliders.forEach((slider, side) => { slider.value = nearest(side ? high : low, side); });
      tell();
    };
    sliders.forEach((slider, side) => slider.addEventListener("input", () => {
      const other = Number(sliders[1 - side].value), at = Number(slider.value);
      if (side ? at < other : at > other) slider.value = other; // they stop at each other
      const place = Number(slider.value);
      (side ? high : low).value = place === (side ? steps.length + 1 : 0) ? "" : steps[place - 1];
      tell();
    }));
    [low, high].forEach((input) => input.addEventListener("input", read));
    read();
  });
})();
