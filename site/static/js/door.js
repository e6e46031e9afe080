// Camera at the door. Reads QR codes with the browser's BarcodeDetector, or with the bundled one where it has none, and
// posts each ticket once. Scan ids are made here, so that the same scan posted twice is one check-in.
const door = document.querySelector("[data-door]");
const form = door.querySelector("[data-door-form]");
const result = door.querySelector("[data-result]");
const camera = door.querySelector("[data-camera]");
const video = camera.querySelector("video");
const note = camera.querySelector("[data-camera-note]");
const vendor = new URL("../vendor/barcode-detector/", import.meta.url);

async function detector() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    return new BarcodeDetector({ formats: ["qr_code"] });
  }
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: new URL("ponyfill.js", vendor), onload: resolve, onerror: reject });
    document.head.append(script);
  });
  const { BarcodeDetector: Bundled, prepareZXingModule } = window.BarcodeDetectionAPI;
  prepareZXingModule({ overrides: { locateFile: (path) => new URL(path, vendor).href } });
  return new Bundled({ formats: ["qr_code"] });
}

function show(answer) {
  result.className = `door-result ${!answer.ok ? "is-refused" : answer.again ? "is-again" : "is-in"}`;
  const parts = [["strong", answer.text], ["span", answer.name], ["small", answer.note]];
  result.replaceChildren(...parts.map(([tag, text]) => Object.assign(document.createElement(tag), { textContent: text })));
  if (!answer.counts) return;
  door.querySelector("[data-inside]").textContent = answer.counts.inside;
  door.querySelector("[data-attendees]").textContent = answer.counts.attendees;
}

async function post(ticket) {
  const data = new FormData(form);
  data.set("ticket", ticket);
  data.set("scan_id", crypto.randomUUID());
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: data, headers: { Accept: "application/json" } });
    show(await answer.json());
    navigator.vibrate?.(answer.ok ? 60 : [60, 60, 60]);
  } catch {
    show({ ok: false, text: "没有网络，这次没有记上", name: "", note: "请稍后再扫一次，或记下签到码。" });
  }
}

async function run() {
  const reader = await detector();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.classList.add("is-on");
  await video.play();
  let last = "", since = 0;
  const look = async () => {
    if (!video.srcObject) return;
    const [code] = await reader.detect(video).catch(() => []);
    const now = Date.now();
    if (code && (code.rawValue !== last || now - since > 6000)) {
      last = code.rawValue;
      since = now;
      await post(code.rawValue);
    }
    setTimeout(look, 200);
  };
  look();
}

if (navigator.mediaDevices?.getUserMedia) {
  camera.hidden = false;
  camera.querySelector("[data-camera-start]").addEventListener("click", async (event) => {
    event.target.hidden = true;
    try {
      await run();
    } catch (error) {
      event.target.hidden = false;
      note.textContent = error.name === "NotAllowedError" ? "没有得到摄像头许可。请在浏览器设置里允许，或输入签到码。" : "摄像头打不开，请输入签到码或按姓名查找。";
    }
  });
}
