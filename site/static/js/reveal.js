// A link to a field inside closed details opens them, takes the field into view and gives it the focus.
(() => {
  const reveal = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.matches("details")) part.open = true;
    const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    field?.focus({ preventScroll: true });
    (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='#']");
    if (link && link.pathname === location.pathname && link.hash) setTimeout(() => reveal(link.hash.slice(1)));
  });
  reveal(location.hash.slice(1));
})();
