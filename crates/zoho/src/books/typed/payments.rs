//! Customers' payments and expenses.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::books::draft::drafts;
use crate::books::typed::records;
use crate::crm::RecordId;

records! {
    /// A payment of a customer.
    CustomerPayment {
        /// The id.
        payment_id: RecordId,
        /// The number.
        payment_number: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// How it was paid, such as `cash` or `banktransfer`.
        payment_mode: String,
        /// Its date.
        date: Option<Date>,
        /// The amount.
        amount: Option<Decimal>,
        /// What is not applied to invoices.
        unused_amount: Option<Decimal>,
        /// What the bank took.
        bank_charges: Option<Decimal>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// A description.
        description: String,
        /// The account that the money went to.
        account_id: Option<RecordId>,
        /// The account's name.
        account_name: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// What it was applied to; rows of lists have none.
        invoices: Vec<PaidInvoice>,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// An invoice that a payment was applied to.
    PaidInvoice {
        /// The id of the invoice.
        invoice_id: Option<RecordId>,
        /// The number of the invoice.
        invoice_number: String,
        /// What was applied to it.
        amount_applied: Option<Decimal>,
        /// What is open after it.
        balance: Option<Decimal>,
    }

    /// An expense.
    Expense {
        /// The id.
        expense_id: RecordId,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// The account.
        account_id: Option<RecordId>,
        /// The account's name.
        account_name: String,
        /// The account that it was paid from.
        paid_through_account_id: Option<RecordId>,
        /// The vendor.
        vendor_id: Option<RecordId>,
        /// The vendor's name.
        vendor_name: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// True if the customer is billed for it.
        is_billable: bool,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// The tax.
        tax_id: Option<RecordId>,
        /// The tax's name.
        tax_name: String,
        /// The tax in percent.
        tax_percentage: Option<Decimal>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// A description.
        description: String,
        /// The project.
        project_id: Option<RecordId>,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }
}

drafts! {
    /// The members of a payment to make or change.
    CustomerPaymentDraft {
        /// The customer.
        customer_id: RecordId,
        /// How it was paid, such as `cash` or `banktransfer`.
        payment_mode: String,
        /// The amount.
        amount: Decimal,
        /// Its date.
        date: Date,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// A description.
        description: String,
        /// The account that the money goes to; the default is "Undeposited Funds".
        account_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// What the bank took.
        bank_charges: Decimal,
        /// What it is applied to; the rest stays unused.
        invoices: Vec<AppliedInvoice>,
    }

    /// An invoice to apply a payment to.
    AppliedInvoice {
        /// The id of the invoice.
        invoice_id: RecordId,
        /// What is applied to it.
        amount_applied: Decimal,
    }

    /// The members of an expense to make or change.
    ExpenseDraft {
        /// The account.
        account_id: RecordId,
        /// The account that it is paid from; another one than `account_id`.
        paid_through_account_id: RecordId,
        /// Its date.
        date: Date,
        /// The amount.
        amount: Decimal,
        /// The tax.
        tax_id: RecordId,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// True if the customer is billed for it.
        is_billable: bool,
        /// The customer.
        customer_id: RecordId,
        /// The vendor.
        vendor_id: RecordId,
        /// The project.
        project_id: RecordId,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// A description.
        description: String,
    }
}
