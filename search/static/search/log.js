// Tells the site that a page of results was shown, and that one of them was opened: a signed note, no more.
// Coming back to the page and loading it again do not count.
(() => {
  const place = document.querySelector("[data-search-note]");
  if (!place || !navigator.sendBeacon) return;
  const tell = (opened) => {
    const data = new FormData();
    data.append("note", place.dataset.searchNote);
    if (opened) data.append("opened", "1");
    navigator.sendBeacon(place.dataset.searchSeen, data);
  };
  if ((performance.getEntriesByType("navigation")[0]?.type ?? "navigate") === "navigate") tell(false);
  let opened = false;
  place.addEventListener("click", (event) => {
    if (opened || !event.target.closest(".search-hits a")) return;
    opened = true;
    tell(true);
  });
})();
