// Choosing without a new page: links with data-swap and the filters renew what stands in [data-browse]; the address follows.
// Without this file they are plain links and a plain form.
(() => {
  const wide = matchMedia("(min-width: 60rem)");
  let latest = 0;

  const renew = async (url, focus) => {
    const mine = ++latest;
    const open = [...document.querySelectorAll("[data-browse] details[open] > summary")].map((each) => each.textContent.trim().split(/\s/)[0]);
    const filters = document.querySelector(".filters-box")?.open;
    let answer;
    try {
      answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.status);
    } catch {
      location.assign(url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== latest) return;
    const fresh = page.querySelector("[data-browse]"), old = document.querySelector("[data-browse]");
    if (!fresh || !old) { location.assign(url); return; }
    fresh.querySelectorAll("details > summary").forEach((summary) => {
      if (open.includes(summary.textContent.trim().split(/\s/)[0])) summary.parentElement.open = true;
    });
    const box = fresh.querySelector(".filters-box");
    if (box) box.open = Boolean(filters);
    old.replaceWith(document.adoptNode(fresh));
    const address = new URL(answer.url);
    history.pushState({}, "", address.pathname + address.search);
    // Who chose by keyboard goes on from the same choice; where that is gone, from how many there are.
    const next = (focus && document.getElementById(focus)) || fresh.querySelector("[role=status]");
    if (next && !next.matches("a, input, summary")) next.tabIndex = -1;
    next?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || !document.querySelector("[data-browse]") || event.defaultPrevented) return;
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    renew(link.href, link.id);
  });

  const asked = (form) => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    return `${location.pathname}?${query}`;
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form && wide.matches) renew(asked(form), event.target.id);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.filters");
    if (!form) return;
    event.preventDefault();
    document.querySelector(".filters-box").open = false;
    renew(asked(form), wide.matches ? "" : "filters");
    scrollTo({ top: 0 });
  });
  addEventListener("popstate", () => { if (document.querySelector("[data-browse]")) location.reload(); });

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.copied;
    });
  });
})();
