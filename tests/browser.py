"""``python -m tests.browser`` makes sure that there is a browser for the page tests."""

import subprocess
import sys

from inference_economics.book import chromium


def main() -> None:
    if chromium.find():
        return
    print("No Chromium, Chrome or Edge on this machine: fetching one for the page tests.")
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
        sys.exit(
            "The page tests need a browser. Install Chromium, Chrome or Edge,"
            " or set BROWSER to the path of one."
        )


if __name__ == "__main__":
    main()
