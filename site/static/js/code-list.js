// Lists of places or industries: the textarea of one name a line becomes chips and a search field. Without script it
// stays as it is. What is sent is always the textarea.
(() => {
  const lines = (area) => area.value.split(/\n+/).map((line) => line.trim()).filter(Boolean);

  function enhance(area) {
    if (area.dataset.codeListReady) return;
    area.dataset.codeListReady = "1";
    const box = document.createElement("div");
    const chips = document.createElement("ul");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const status = document.createElement("p");
    box.className = "code-list";
    chips.className = "code-list__chips";
    list.className = "code-list__options";
    list.id = `${area.id}-options`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    status.className = "help";
    status.setAttribute("role", "status");
    Object.assign(input, { type: "text", id: `${area.id}-search`, autocomplete: "off", placeholder: area.dataset.add });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    const label = document.querySelector(`label[for="${area.id}"]`);
    if (label) label.htmlFor = input.id;
    if (area.getAttribute("aria-describedby")) input.setAttribute("aria-describedby", area.getAttribute("aria-describedby"));
    area.hidden = true;
    area.after(box);
    box.append(chips, input, list, status);

    function write(values) {
      area.value = values.join("\n");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.dispatchEvent(new Event("change", { bubbles: true }));
      draw();
    }
    function draw() {
      chips.replaceChildren(
        ...lines(area).map((text) => {
          const item = document.createElement("li");
          const button = document.createElement("button");
          item.textContent = text;
          button.type = "button";
          button.textContent = "×";
          button.setAttribute("aria-label", `${area.dataset.remove} ${text}`);
          button.addEventListener("click", () => {
            write(lines(area).filter((each) => each !== text));
            input.focus();
          });
          item.append(button);
          return item;
        }),
      );
    }
    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function add(text) {
      if (!lines(area).includes(text)) write([...lines(area), text]);
      input.value = "";
      status.textContent = "";
      close();
    }
    function mark(step) {
      const options = [...list.children];
      if (!options.length) return;
      const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
      const next = options[(at + step + options.length) % options.length];
      options.forEach((each) => each.setAttribute("aria-selected", String(each === next)));
      input.setAttribute("aria-activedescendant", next.id);
      next.scrollIntoView({ block: "nearest" });
    }

    let timer;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const text = input.value.trim();
        if (!text) return close();
        const answer = await fetch(`${area.dataset.codeList}?q=${encodeURIComponent(text)}`);
        if (!answer.ok || text !== input.value.trim()) return;
        const { options } = await answer.json();
        status.textContent = options.length ? "" : area.dataset.none;
        list.replaceChildren(
          ...options.map((option, number) => {
            const item = Object.assign(document.createElement("li"), { id: `${list.id}-${number}`, textContent: option });
            item.setAttribute("role", "option");
            item.setAttribute("aria-selected", String(number === 0));
            item.addEventListener("mousedown", (event) => { event.preventDefault(); add(option); });
            return item;
          }),
        );
        list.hidden = !options.length;
        input.setAttribute("aria-expanded", String(!list.hidden));
      }, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        mark(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault(); // never sends the form half filled
        const chosen = list.querySelector('[aria-selected="true"]');
        if (!list.hidden && chosen) add(chosen.textContent);
      } else if (event.key === "Escape") close();
    });
    input.addEventListener("blur", close);
    draw();
  }

  const start = () => {
    const all = () => document.querySelectorAll("textarea[data-code-list]").forEach(enhance);
    all();
    new MutationObserver(all).observe(document.body, { childList: true, subtree: true }); // blocks that an editor adds
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
