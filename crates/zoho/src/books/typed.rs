//! The record types that most programs use, typed.
//!
//! Members that Zoho leaves out, or leaves empty, are `None` or empty. A row of a list holds less than a single record.

use super::members::{Members, ReadMember};
use super::record::{FromRecord, Record};
use super::{Books, Records};
use crate::{Error, ErrorKind};

mod accounts;
mod contacts;
mod documents;
mod payments;
mod settings;

pub use accounts::{BankAccount, BankAccountDraft, ChartOfAccount, ChartOfAccountDraft};
pub use contacts::{
    Address, AddressDraft, Contact, ContactDraft, ContactPerson, ContactPersonDraft,
};
pub use documents::{
    Bill, BillDraft, CreditNote, CreditNoteDraft, Estimate, EstimateDraft, Invoice, InvoiceDraft,
    LineItem, LineItemRead, SalesOrder, SalesOrderDraft, TaxAmount,
};
pub use payments::{
    AppliedInvoice, CustomerPayment, CustomerPaymentDraft, Expense, ExpenseDraft, PaidInvoice,
};
pub use settings::{
    Currency, CurrencyDraft, Item, ItemDraft, Organization, Tax, TaxDraft, User, UserDraft,
};

/// Makes records that are read: a struct of members, each by its name on the wire.
macro_rules! records {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$doc:meta])* $field:ident: $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name { $( $(#[$doc])* pub $field: $type, )* }

        impl $crate::books::typed::ReadObject for $name {
            fn read_object(
                members: &$crate::books::members::Members<'_>,
            ) -> Result<$name, $crate::Error> {
                Ok($name { $( $field: members.read(stringify!($field))?, )* })
            }
        }

        impl $crate::books::FromRecord for $name {
            fn from_record(record: $crate::books::Record) -> Result<$name, $crate::Error> {
                $crate::books::typed::read_record(&record)
            }
        }
    )* };
}

pub(crate) use records;

/// An object whose members are known.
pub(crate) trait ReadObject: Sized {
    fn read_object(members: &Members<'_>) -> Result<Self, Error>;
}

pub(crate) fn read_record<T: ReadObject>(record: &Record) -> Result<T, Error> {
    let members = Members::of(record.as_json()).ok_or_else(|| {
        Error::new(
            ErrorKind::Decode,
            "read record",
            "a record is a JSON object",
        )
    })?;
    T::read_object(&members)
}

impl<T: ReadObject> ReadMember for Vec<T> {
    /// Absent, `""`, `{}` and `[]` are all empty.
    fn read(json: Option<&serde_json::value::RawValue>) -> Result<Vec<T>, &'static str> {
        let Some(text) = json.map(serde_json::value::RawValue::get) else {
            return Ok(Vec::new());
        };
        if matches!(text, "\"\"" | "{}" | "null") {
            return Ok(Vec::new());
        }
        let items: Vec<Record> = serde_json::from_str(text).map_err(|_| "a list of objects")?;
        let read = items.iter().map(read_record);
        read.collect::<Result<_, Error>>()
            .map_err(|_| "a list of objects of the known shape")
    }
}

impl<T: ReadObject> ReadMember for Option<T> {
    fn read(json: Option<&serde_json::value::RawValue>) -> Result<Option<T>, &'static str> {
        match json.map(|json| (json, json.get())) {
            None | Some((_, "\"\"" | "{}" | "[]" | "null")) => Ok(None),
            Some((json, _)) => {
                let record = Record::new(json).ok_or("an object")?;
                read_record(&record)
                    .map(Some)
                    .map_err(|_| "an object of the known shape")
            }
        }
    }
}

/// Gives [`Books`] its typed doors.
macro_rules! doors {
    ($( $(#[$doc:meta])* $door:ident: $name:ident = $record_type:literal, )*) => {
        impl Books { $(
            $(#[$doc])*
            #[must_use]
            pub fn $door(&self) -> Records<$name> {
                Records::new(self.clone(), $record_type)
            }
        )* }

        #[cfg(test)]
        const DOORS: &[&str] = &[$($record_type),*];
    };
}

doors! {
    /// Customers and vendors (<https://www.zoho.com/books/api/v3/contacts/>).
    contacts: Contact = "contact",
    /// Goods and services (<https://www.zoho.com/books/api/v3/items/>).
    items: Item = "item",
    /// Estimates, which Zoho's pages call quotes (<https://www.zoho.com/books/api/v3/estimates/>).
    estimates: Estimate = "estimate",
    /// Sales orders (<https://www.zoho.com/books/api/v3/sales-order/>).
    sales_orders: SalesOrder = "sales_order",
    /// Invoices (<https://www.zoho.com/books/api/v3/invoices/>).
    invoices: Invoice = "invoice",
    /// Credit notes (<https://www.zoho.com/books/api/v3/credit-notes/>).
    credit_notes: CreditNote = "credit_note",
    /// Payments of customers (<https://www.zoho.com/books/api/v3/customer-payments/>).
    customer_payments: CustomerPayment = "customer_payment",
    /// Bills of vendors (<https://www.zoho.com/books/api/v3/bills/>).
    bills: Bill = "bill",
    /// Expenses (<https://www.zoho.com/books/api/v3/expenses/>).
    expenses: Expense = "expense",
    /// Users (<https://www.zoho.com/books/api/v3/users/>). Inactive ones may need `filter_by("Status.All")`.
    users: User = "user",
    /// Taxes and tax groups (<https://www.zoho.com/books/api/v3/taxes/>).
    taxes: Tax = "tax",
    /// Currencies (<https://www.zoho.com/books/api/v3/currency/>).
    currencies: Currency = "currency",
    /// The chart of accounts (<https://www.zoho.com/books/api/v3/chart-of-accounts/>). The default view leaves inactive
    /// accounts out.
    chart_of_accounts: ChartOfAccount = "chart_of_account",
    /// Bank and credit card accounts (<https://www.zoho.com/books/api/v3/bank-accounts/>).
    bank_accounts: BankAccount = "bank_account",
    /// Organisations (<https://www.zoho.com/books/api/v3/organizations/>).
    organizations: Organization = "organization",
}

impl Books {
    /// The persons of a contact (<https://www.zoho.com/books/api/v3/contact-persons/>).
    #[must_use]
    pub fn contact_persons(&self, contact_id: impl AsRef<str>) -> Records<ContactPerson> {
        Records::new(self.clone(), "contact_person").under("contact", contact_id)
    }

    /// The further addresses of a contact, beside its billing and shipping address.
    #[must_use]
    pub fn contact_addresses(&self, contact_id: impl AsRef<str>) -> Records<Address> {
        Records::new(self.clone(), "contact_address").under("contact", contact_id)
    }
}

/// Reads a typed record from one of any type.
impl Record {
    /// The record as a typed one.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] names the member whose value is of another type.
    pub fn read<T: FromRecord>(&self) -> Result<T, Error> {
        T::from_record(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::{Decimal, RecordType};

    #[test]
    fn doors_lead_to_known_record_types() {
        assert!(DOORS.iter().all(|name| RecordType::find(name).is_ok()));
    }

    #[test]
    fn drafts_hold_known_members_only() {
        let id: crate::crm::RecordId = "460000000017138".parse().unwrap();
        let line = LineItem::new()
            .item_id(id.clone())
            .rate(Decimal::new(12050, 2))
            .quantity(2)
            .tax_id(id.clone())
            .account_id(id.clone())
            .name("N")
            .description("D")
            .unit("kg")
            .discount("10%");
        let checked = |name: &str, draft: serde_json::Value| {
            RecordType::find(name)
                .unwrap()
                .check("create record", &draft)
                .unwrap();
        };
        let json = |draft: &dyn Fn() -> String| serde_json::from_str(&draft()).unwrap();
        let text = |draft: String| draft;
        let date = jiff::civil::date(2026, 2, 1);
        let invoice = InvoiceDraft::new()
            .customer_id(id.clone())
            .date(date)
            .due_date(date)
            .reference_number("A")
            .invoice_number("I")
            .payment_terms(15u32)
            .notes("n")
            .terms("t")
            .currency_id(id.clone())
            .exchange_rate(Decimal::new(1, 0))
            .discount("5")
            .is_inclusive_tax(false)
            .shipping_charge(Decimal::new(5, 0))
            .adjustment(Decimal::new(5, 0))
            .salesperson_name("S")
            .line_items([line.clone()]);
        checked(
            "invoice",
            json(&|| text(serde_json::to_string(&invoice).unwrap())),
        );
        let contact = ContactDraft::new()
            .contact_name("A")
            .company_name("B")
            .contact_type("customer")
            .contact_persons([ContactPersonDraft::new()
                .first_name("I")
                .email("a@b.example")
                .is_primary_contact(true)])
            .billing_address(AddressDraft::new().city("Rome").zip("00100"));
        checked(
            "contact",
            json(&|| text(serde_json::to_string(&contact).unwrap())),
        );
    }

    #[test]
    fn amounts_are_written_digit_by_digit() {
        let amount: Decimal = "9007199254740993.070".parse().unwrap();
        let draft = ExpenseDraft::new().amount(amount).reference_number("a\"b");
        assert_eq!(
            serde_json::to_string(&draft).unwrap(),
            r#"{"amount":9007199254740993.070,"reference_number":"a\"b"}"#
        );
        let record: Record =
            serde_json::from_str(r#"{"expense_id":"1","total":9007199254740993.070}"#).unwrap();
        let expense: Expense = record.read().unwrap();
        assert_eq!(
            expense.total.map(|total| total.to_string()).as_deref(),
            Some("9007199254740993.070")
        );
    }

    #[test]
    fn a_wrong_member_is_named() {
        let record: Record = serde_json::from_str(r#"{"invoice_id":"1","total":"a lot"}"#).unwrap();
        let error = record.read::<Invoice>().unwrap_err();
        assert!(error.message().contains("total"), "{error}");
        let record: Record = serde_json::from_str(r#"{"total":1}"#).unwrap();
        assert!(
            record
                .read::<Invoice>()
                .unwrap_err()
                .message()
                .contains("invoice_id")
        );
    }
}
