"""Copies exactly the browser libraries that pages use from `node_modules` into `site/static/vendor` (ignored by git).

`make` runs it after `npm ci`. What is copied loads nothing from elsewhere: references to source maps are dropped and the
scanner's WebAssembly is looked for beside its script instead of on a CDN.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
TARGET = ROOT / "site" / "static" / "vendor"
FILES = {
    # the door page's camera: window.BarcodeDetectionAPI.BarcodeDetector
    "barcode-detector/dist/iife/ponyfill.js": "barcode-detector/ponyfill.js",
    "barcode-detector/LICENSE": "barcode-detector/LICENSE",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "barcode-detector/zxing_reader.wasm",
    "zxing-wasm/LICENSE": "barcode-detector/LICENSE.zxing-wasm",
    # outlets on a map
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images/layers.png": "leaflet/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "leaflet/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "leaflet/images/marker-shadow.png",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "leaflet.markercluster/dist/leaflet.markercluster.js": "leaflet/leaflet.markercluster.js",
    "leaflet.markercluster/dist/MarkerCluster.css": "leaflet/MarkerCluster.css",
    "leaflet.markercluster/MIT-LICENCE.txt": "leaflet/LICENSE.markercluster",
}
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
CDN = re.compile(r"https://[^`\s]+/\$\{n\[1\]\}/\$\{e\}")


def local(text: str, path: str) -> str:
    """The script without what would be fetched from elsewhere. Raises ValueError when a new release looks different."""
    text = SOURCE_MAP.sub("\n", text)
    if path.endswith("ponyfill.js"):
        text, found = CDN.subn("${t}${e}", text)
        if found != 1:
            raise ValueError(f"{path}: the address of the WebAssembly file is written differently: adapt CDN")
    return text


def main() -> int:
    missing = [path for path in FILES if not (MODULES / path).is_file()]
    if missing:
        print("run npm ci first; missing: " + ", ".join(missing), file=sys.stderr)
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in FILES.items():
        destination = TARGET / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith(".js"):
            text = (MODULES / source).read_text(encoding="utf-8")
            destination.write_text(local(text, source), encoding="utf-8")
        else:
            shutil.copyfile(MODULES / source, destination)
    print(f"{len(FILES)} files in {TARGET.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
