"""segment-analytics-python or rudder-sdk-python, as a company's server would use it.

Arguments: the package's module, the gateway's URL, the write key, how many people.
"""

import importlib
import json
import sys

module, url, write_key, people = sys.argv[1:5]
Client = importlib.import_module(module + ".client").Client

errors = []


def failed(error, batch):
    errors.append(str(error))


def send(calls, **options):
    client = Client(write_key, host=url, on_error=failed, **options)
    calls(client)
    client.flush()
    client.join()


def traits(email, name):
    return {"email": email, "lastName": name, "company": "Example"}


def one_by_one(client):
    client.identify("one", traits("one@example.com", "One"), message_id="python-one")
    client.track(
        "one",
        "Lead Generated",
        {**traits("one@example.com", "One"), "message": "Call me"},
        message_id="python-track",
    )


def in_batches(client):
    for i in range(int(people)):
        client.identify(
            f"p{i}", traits(f"p{i}@example.com", f"P{i}"), message_id=f"python-{i}"
        )


send(one_by_one, upload_size=1)
send(in_batches, upload_size=100, gzip=True)
print(json.dumps({"errors": errors}))
