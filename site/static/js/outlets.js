// Outlets near the visitor, and the map with tiles where an operator has set some. The visitor's position stays in this
// page: outlets are fetched without it, distances are computed here.
(() => {
  const near = document.querySelector("[data-near]");
  const frame = document.querySelector("[data-map]");
  let map = null;
  let mine = null;
  let points = null;

  const fetchPoints = async (address) => {
    points ??= await (await fetch(address, { headers: { Accept: "application/json" } })).json();
    return points;
  };

  const link = (point) => Object.assign(document.createElement("a"), { href: point.url, textContent: `${point.name} · ${point.institution}` });

  function popup(point) {
    const box = document.createElement("div");
    const words = Object.assign(document.createElement("p"), { textContent: [point.address, point.words].filter(Boolean).join(" · ") });
    box.append(link(point), words);
    return box;
  }

  // Where a WGS-84 point lies on the tiles.
  const spot = ({ lat, lng }) => onTiles(frame.dataset.datum, lat, lng);

  // Outlets too near to each other to be told apart at this scale; pressed, the map goes nearer.
  function crowd(cluster) {
    const number = cluster.getChildCount();
    const words = frame.dataset.crowd.replace("{n}", number);
    const face = Object.assign(document.createElement("span"), { textContent: number, title: words });
    face.setAttribute("aria-label", words);
    return L.divIcon({ html: face, className: "map-crowd", iconSize: [36, 36] });
  }

  async function draw() {
    if (!frame || !window.L) return;
    const { points: all } = await fetchPoints(frame.dataset.points);
    if (!all.length) return;
    frame.replaceChildren();
    frame.classList.add("is-tiled");
    map = L.map(frame, { scrollWheelZoom: false, zoomControl: false });
    L.control.zoom({ zoomInTitle: frame.dataset.zoomIn, zoomOutTitle: frame.dataset.zoomOut }).addTo(map);
    map.attributionControl.setPrefix("Leaflet");
    L.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.attribution, subdomains: frame.dataset.subdomains, maxZoom: 18 }).addTo(map);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const fills = { open: colour("--brand"), closed: colour("--muted"), unknown: colour("--surface") };
    const group = L.markerClusterGroup({ animate: false, showCoverageOnHover: false, maxClusterRadius: 40, disableClusteringAtZoom: 16, iconCreateFunction: crowd });
    all.forEach((point) => L.circleMarker(spot(point), { radius: 9, weight: 2, color: point.open === "unknown" ? colour("--muted") : colour("--surface"), fillColor: fills[point.open], fillOpacity: 1 }).bindTooltip(point.name).bindPopup(popup(point)).addTo(group));
    map.fitBounds(group.getBounds().pad(0.15), { maxZoom: 15 }); // first the place, so that only what is seen is drawn
    map.addLayer(group);
  }
  draw().catch(() => {}); // without tiles or answer the plain map stays

  if (!near || !navigator.geolocation) return;
  near.hidden = false;
  const said = near.dataset;
  const answer = near.querySelector("[data-near-answer]");
  const modes = near.querySelector(".near__modes");
  const LIMIT = 15;
  let here = null;
  let mode = "walk";

  const tell = (text) => answer.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
  const radians = (degrees) => (degrees * Math.PI) / 180;
  function kilometres(one, two) {
    const square = Math.sin(radians(two.lat - one.lat) / 2) ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(two.lat)) * Math.sin(radians(two.lng - one.lng) / 2) ** 2;
    return 2 * 6371.0088 * Math.asin(Math.sqrt(square));
  }

  function show({ points: all, unplaced }) {
    const words = answer.dataset;
    if (!all.length) return tell(words.empty);
    const speed = Number(mode === "walk" ? said.walk : said.drive);
    const ways = all
      .map((point) => ({ point, km: kilometres(here, point) }))
      .map((way) => ({ ...way, minutes: ((way.km * Number(said.road)) / speed) * 60 }))
      .sort((one, two) => one.km - two.km);
    const within = ways.filter((way) => way.minutes <= LIMIT);
    const list = document.createElement("ol");
    list.append(
      ...(within.length ? within.slice(0, 20) : ways.slice(0, 3)).map(({ point, km, minutes }) => {
        const row = document.createElement("li");
        const far = words.row.replace("{minutes}", Math.round(minutes)).replace("{km}", km.toFixed(1));
        const line = Object.assign(document.createElement("div"), { className: "muted", textContent: [far, point.words].join(" · ") });
        row.append(link(point), line);
        return row;
      }),
    );
    tell(within.length ? words.some : words.none);
    answer.append(list);
    if (unplaced) answer.append(Object.assign(document.createElement("p"), { className: "muted small", textContent: words.more.replace("{n}", unplaced) }));
    if (!map) return;
    mine?.remove();
    mine = L.layerGroup([
      L.circleMarker(spot(here), { radius: 7 }).bindTooltip(words.you),
      L.circle(spot(here), { radius: ((LIMIT / 60) * speed * 1000) / Number(said.road), fillOpacity: 0.08 }),
    ]).addTo(map);
    map.fitBounds(mine.getLayers()[1].getBounds());
  }

  const again = () => fetchPoints(said.near).then(show, () => tell(answer.dataset.failed));
  near.querySelector("[data-locate]").addEventListener("click", () => {
    tell(answer.dataset.asking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here = { lat: coords.latitude, lng: coords.longitude };
        modes.hidden = false;
        again();
      },
      () => tell(answer.dataset.refused),
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
  modes.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mode]");
    if (!button) return;
    mode = button.dataset.mode;
    modes.querySelectorAll("[data-mode]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    again();
  });
})();
