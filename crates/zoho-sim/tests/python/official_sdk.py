"""Walks through the simulator with Zoho's own SDK for CRM v8.

Called as: official_sdk.py SIMULATOR_URL FOLDER. The folder takes the SDK's token store, field cache and log. Prints one line for
each step: `done`, `missing` or `failed`, and its name.
"""

import sys

from walk import kit

url, folder = sys.argv[1], sys.argv[2]
kit.start(url, folder)

from walk import records, related, actions, settings, reads  # noqa: E402, F401, each registers its steps

sys.exit(0 if kit.run() else 1)
