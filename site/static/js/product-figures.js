// While a product is edited: posts the unsaved form after each pause, shows the example cost, puts warnings beside fields.
(() => {
  const PAUSE = 600;

  function enhance(box) {
    if (box.dataset.figuresReady) return;
    box.dataset.figuresReady = "1";
    const form = box.closest("form");
    const example = box.querySelector("[data-figures-example]");
    let timer = 0;
    let asked = 0;

    function warn(warnings) {
      form.querySelectorAll(".product-warning").forEach((each) => each.remove());
      for (const { field, text } of warnings) {
        const input = form.querySelector(`[name="${CSS.escape(field)}"]`);
        if (!input) continue;
        const line = document.createElement("p");
        line.className = "product-warning";
        line.textContent = text;
        (input.closest(".w-field") || input.parentElement).append(line);
      }
    }
    async function ask() {
      asked += 1;
      const turn = asked;
      const data = new FormData(form);
      for (const name of [...data.keys()]) if (name.startsWith("action-")) data.delete(name);
      try {
        const answer = await fetch(box.dataset.figures, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (!answer.ok) throw new Error(answer.statusText);
        const found = await answer.json();
        if (turn !== asked) return;
        example.innerHTML = found.html;
        warn(found.warnings);
      } catch {
        if (turn === asked) example.textContent = box.dataset.failed;
      }
    }
    function later() {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    }
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("click", (event) => { if (event.target.closest("button[type=button]")) later(); });
    ask();
  }
  const start = () => document.querySelectorAll("[data-figures]").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
