"""Walks through Books in the simulator with zohopy, a client by somebody else, as it is installed.

Called as: books_client.py SIMULATOR_URL. Of the client only the table of addresses is set, from outside. Prints one line for each
step that is done.
"""

import sys

from zohopy import config

url = sys.argv[1]
config._ACCOUNTS_URLS = {center: url for center in config.DataCenter}
config._API_URLS = {center: url for center in config.DataCenter}

from zohopy import SyncZohoClient, ZohoConfig, exceptions  # noqa: E402
from zohopy.products.books import ZohoBooks  # noqa: E402


def connect(**changed):
    settings = {
        "client_id": "1000.LEADWAYDEMO",
        "client_secret": "leadway-demo-secret",
        "refresh_token": "1000.leadway-demo-refresh",
        "organization_id": "10234695",
        "data_center": "us",
        "max_retries": 0,
    }
    return ZohoBooks(SyncZohoClient(ZohoConfig(_env_file=None, **{**settings, **changed})))


def done(step):
    print("done", step)


def refused(error, code, act):
    try:
        act()
    except error as refusal:
        # Of what is missing it keeps the words only.
        assert refusal.details.get("code", code) == code, (refusal.details, code)
        return
    raise AssertionError(f"nothing refused with {code}")


books = connect()
organizations = books.organizations.list()["organizations"]
assert [organization["organization_id"] for organization in organizations] == ["10234695"], organizations
assert books.organizations.get("10234695")["organization"]["currency_code"]
assert books.users.get_current()["user"]["email"]
done("organizations_and_users")

contact = books.contacts.create({
    "contact_name": "Halden Tools", "payment_terms": 15,
    "contact_persons": [{"first_name": "Ida", "last_name": "Moe", "email": "ida@halden.example", "is_primary_contact": True}],
})["contact"]
assert contact["email"] == "ida@halden.example" and contact["payment_terms"] == 15
contact_id = contact["contact_id"]
assert books.contacts.update(contact_id, {"notes": "Prefers letters"})["contact"]["notes"] == "Prefers letters"
assert books.contacts.get(contact_id)["contact"]["contact_persons"][0]["first_name"] == "Ida"
books.contacts.mark_inactive(contact_id)
assert books.contacts.get(contact_id)["contact"]["status"] == "inactive"
books.contacts.mark_active(contact_id)
assert books.contacts.list_comments(contact_id)["contact_comments"] == []
done("contacts")

items = [books.items.create({"name": f"Saw {number}", "rate": 12.5})["item"] for number in range(7)]
pages = list(books.items.list_all(per_page=3, name_startswith="Saw"))
assert [len(page["items"]) for page in pages] == [3, 3, 1], pages
assert [page["page_context"]["page"] for page in pages] == [1, 2, 3]
found = [item["item_id"] for page in pages for item in page["items"]]
assert sorted(found) == sorted(item["item_id"] for item in items)
assert books.items.update(items[0]["item_id"], {"name": "Saw 0", "rate": 13})["item"]["rate"] == 13
books.items.delete(items[6]["item_id"])
done("items_in_pages")

line = {"item_id": items[0]["item_id"], "quantity": 4}
quote = books.estimates.create({"customer_id": contact_id, "line_items": [line]})["estimate"]
assert (quote["status"], quote["total"]) == ("draft", 52)
books.estimates.mark_sent(quote["estimate_id"])
books.estimates.mark_accepted(quote["estimate_id"])
assert books.estimates.get(quote["estimate_id"])["estimate"]["status"] == "accepted"
done("estimates")

order = books.sales_orders.create({"customer_id": contact_id, "line_items": [line]})["salesorder"]
books.sales_orders.mark_open(order["salesorder_id"])
assert books.sales_orders.get(order["salesorder_id"])["salesorder"]["status"] == "open"
done("sales_orders")

invoice = books.invoices.create({"customer_id": contact_id, "line_items": [line, {"name": "Delivery", "rate": 8, "quantity": 1}]})["invoice"]
invoice_id = invoice["invoice_id"]
assert (invoice["total"], invoice["balance"], invoice["status"]) == (60, 60, "draft")
books.invoices.mark_sent(invoice_id)
books.invoices.email(invoice_id, {"to_mail_ids": ["ida@halden.example"], "subject": "Invoice", "body": "See above"})
books.invoices.add_attachment(invoice_id, {"attachment": ("paper.pdf", b"%PDF-1.4", "application/pdf")})
books.invoices.add_comment(invoice_id, {"description": "Sent"})
assert books.invoices.list_comments(invoice_id)["comments"]
done("invoices")

payment = books.customer_payments.create({
    "customer_id": contact_id, "payment_mode": "cash", "date": "2026-05-04", "amount": 60,
    "invoices": [{"invoice_id": invoice_id, "amount_applied": 60}],
})["payment"]
assert books.invoices.get(invoice_id)["invoice"]["status"] == "paid"
assert books.invoices.list_payments(invoice_id)["payments"][0]["amount"] == 60
refused(exceptions.ZohoError, 4, lambda: books.invoices.void(invoice_id))
books.customer_payments.delete(payment["payment_id"])
assert books.invoices.get(invoice_id)["invoice"]["balance"] == 60
done("payments")

note = books.credit_notes.create({"customer_id": contact_id, "date": "2026-05-04", "line_items": [{"name": "Back", "rate": 10}]})["creditnote"]
books.credit_notes.apply_to_invoice(note["creditnote_id"], {"invoices": [{"invoice_id": invoice_id, "amount_applied": 10}]})
assert books.invoices.get(invoice_id)["invoice"]["balance"] == 50
done("credit_notes")

accounts = books.chart_of_accounts.list()["chartofaccounts"]
account = {account["account_name"]: account["account_id"] for account in accounts}
expense = books.expenses.create({
    "account_id": account["Office Supplies"], "paid_through_account_id": account["Petty Cash"], "date": "2026-05-04", "amount": 12,
})["expense"]
assert books.expenses.get(expense["expense_id"])["expense"]["total"] == 12
assert books.taxes.list()["taxes"] is not None and books.currencies.list()["currencies"]
done("accounts_expenses_and_settings")

refused(exceptions.ZohoNotFoundError, 1002, lambda: books.invoices.get("17"))
refused(exceptions.ZohoError, 3062, lambda: books.contacts.create({"contact_name": "Halden Tools"}))
refused(exceptions.ZohoError, 3000, lambda: books.contacts.delete(contact_id))
refused(exceptions.ZohoError, 2, lambda: books.contacts.create({"contact_name": "X", "payment_terms": "Net 15"}))
refused(exceptions.ZohoError, 6041, connect(organization_id="17").items.list)
try:
    connect(refresh_token="1000.wrong").items.list()
except exceptions.ZohoTokenRefreshError:
    done("errors")
