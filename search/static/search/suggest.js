// Suggestions under search boxes: an accessible combobox (WAI-ARIA, list autocomplete with manual selection), and what was
// searched for before on this device, kept by the browser alone: of who signed in, until a page shows that nobody is, which is
// what sign-out leads to. Without this file the box is a plain GET form.
(() => {
  const WAIT = 120, KEPT = 6, LONGEST = 40;
  const OPEN = "search.recent", SIGNED_IN = "search.recent.signed-in";
  const KEY = document.querySelector("[data-signed-in]") ? SIGNED_IN : OPEN;
  const PERSONAL = /\d[\d \-xX]{5,}|@|[0-9a-z]{15,}/i; // telephone, identity number, mail: as querylog.py
  let number = 0;

  const recent = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, KEPT) : [];
    } catch { return []; } // storage is shut, or holds what is not ours
  };
  const keep = (texts) => {
    try { texts.length ? localStorage.setItem(KEY, JSON.stringify(texts)) : localStorage.removeItem(KEY); } catch { /* shut */ }
  };
  const remember = (typed) => {
    const text = typed.trim();
    if (text && text.length <= LONGEST && !PERSONAL.test(text)) keep([text, ...recent().filter((each) => each !== text)].slice(0, KEPT));
  };
  if (KEY === OPEN) try { localStorage.removeItem(SIGNED_IN); } catch { /* shut */ }
  const addressOf = (input, text) => {
    const url = new URL(input.form.action, location.href);
    url.search = new URLSearchParams({ [input.name]: text });
    return url.href;
  };
  const piece = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });

  const attach = (input) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${++number}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || input.placeholder);
    const told = piece("visually-hidden", "");
    told.setAttribute("role", "status");
    input.after(list, told);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
      input.setAttribute(name, value);
    }
    let timer, running, chosen = -1, asked = "";

    const close = () => {
      list.hidden = true;
      chosen = -1;
      told.textContent = "";
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
    const show = (options) => {
      list.replaceChildren(...options.map(({ title, label, url }, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        if (url) option.dataset.url = url;
        else option.className = "suggestion-clear";
        option.append(piece("", title), ...(label ? [piece("suggestion-kind", label)] : []));
        return option;
      }));
      chosen = -1;
      list.hidden = !options.length;
      told.textContent = options.length ? (input.dataset.found ?? "").replace("{n}", options.filter((each) => each.url).length) : "";
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
    };
    const showRecent = () => {
      const kept = recent();
      if (!kept.length || input.value.trim()) { close(); return; }
      const label = input.dataset.recent;
      show([...kept.map((text) => ({ title: text, label, url: addressOf(input, text) })), { title: input.dataset.clear }]);
    };
    const follow = (option) => {
      if (option.dataset.url) { location.assign(option.dataset.url); return; }
      keep([]);
      close();
      document.dispatchEvent(new Event("search:forgotten"));
    };
    const ask = async () => {
      const q = input.value.trim();
      if (q === asked && !list.hidden) return;
      running?.abort();
      asked = q;
      if (!q) { showRecent(); return; }
      running = new AbortController();
      try {
        const url = new URL(input.dataset.suggest, location.href);
        url.searchParams.set("q", q.slice(0, LONGEST));
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
    input.addEventListener("click", () => { if (list.hidden && !input.value.trim()) showRecent(); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { asked = ""; ask(); return; }
        choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? list.children.length - 1 : chosen - 1);
      } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
        event.preventDefault();
        follow(list.children[chosen]);
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
      if (option) follow(option);
    });
    input.addEventListener("blur", close);
    input.form?.addEventListener("submit", () => remember(input.value));
  };

  // What was searched for before, as links on the page: [data-search-recent] holds a list and a button.
  const draw = (place) => {
    const input = document.querySelector(place.dataset.searchRecent), texts = input ? recent() : [];
    place.hidden = !texts.length;
    place.querySelector("ul").replaceChildren(...texts.map((text) => {
      const row = document.createElement("li"), link = document.createElement("a");
      Object.assign(link, { className: "pill", href: addressOf(input, text), textContent: text });
      row.append(link);
      return row;
    }));
  };

  document.querySelectorAll("input[data-suggest]").forEach(attach);
  document.querySelectorAll("[data-search-recent]").forEach((place) => {
    draw(place);
    place.querySelector("button").addEventListener("click", () => {
      keep([]);
      draw(place);
      document.querySelector(place.dataset.searchRecent).focus();
    });
    document.addEventListener("search:forgotten", () => draw(place));
    addEventListener("pageshow", () => draw(place)); // brought back from memory by the browser's back button
  });
})();
