// Suggestions under search boxes: an accessible combobox (WAI-ARIA, list autocomplete with manual selection).
// Without this file the box is a plain GET form.
(() => {
  const WAIT = 120;
  let number = 0;

  const attach = (input) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${++number}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || input.placeholder);
    input.after(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
      input.setAttribute(name, value);
    }
    let timer, running, chosen = -1, asked = "";

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (place) => {
      const options = [...list.children];
      if (!options.length) return;
      chosen = (place + options.length + 1) % (options.length + 1);
      if (chosen === options.length) chosen = -1;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
      if (chosen < 0) { input.removeAttribute("aria-activedescendant"); return; }
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    };
    const show = (suggestions) => {
      list.replaceChildren(...suggestions.map((suggestion, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = suggestion.url;
        const kind = document.createElement("span");
        kind.className = "suggestion-kind";
        kind.textContent = suggestion.label;
        const title = document.createElement("span");
        title.textContent = suggestion.title;
        option.append(title, kind);
        return option;
      }));
      chosen = -1;
      list.hidden = !suggestions.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    };
    const ask = async () => {
      const q = input.value.trim();
      if (q === asked && !list.hidden) return;
      running?.abort();
      asked = q;
      if (!q) { close(); return; }
      running = new AbortController();
      try {
        const url = new URL(input.dataset.suggest, location.href);
        url.searchParams.set("q", q);
        const answer = await fetch(url, { signal: running.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) { close(); return; }
        const { suggestions } = await answer.json();
        if (input.value.trim() === q && document.activeElement === input) show(suggestions);
      } catch (error) {
        if (error.name !== "AbortError") close(); // no connection: the form still works
      }
    };

    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(ask, WAIT); // letters of an input method are not the query yet
    });
    input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { asked = ""; ask(); return; }
        choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? list.children.length - 1 : chosen - 1);
      } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.url);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Tab") {
        close();
      }
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
    input.addEventListener("blur", close);
  };

  document.querySelectorAll("input[data-suggest]").forEach(attach);
})();
