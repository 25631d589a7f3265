//! Documents with lines: estimates, sales orders, invoices, credit notes, bills. A plain table of members, hence long.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::books::draft::drafts;
use crate::books::typed::records;
use crate::crm::RecordId;

records! {
    /// An invoice.
    Invoice {
        /// The id.
        invoice_id: RecordId,
        /// The number.
        invoice_number: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItemRead>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// Sum of the taxes.
        tax_total: Option<Decimal>,
        /// The taxes, summed up by tax.
        taxes: Vec<TaxAmount>,
        /// The charge for shipping.
        shipping_charge: Option<Decimal>,
        /// A correction of the total.
        adjustment: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// When it is due.
        due_date: Option<Date>,
        /// Days until it is due.
        payment_terms: Option<u32>,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
        /// What is still open; drafts and void invoices keep theirs.
        balance: Option<Decimal>,
        /// What was paid.
        payment_made: Option<Decimal>,
        /// What was credited.
        credits_applied: Option<Decimal>,
        /// What was written off.
        write_off_amount: Option<Decimal>,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// True if files are attached.
        has_attachment: bool,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// An estimate, which Zoho calls a quote.
    Estimate {
        /// The id.
        estimate_id: RecordId,
        /// The number.
        estimate_number: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItemRead>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// Sum of the taxes.
        tax_total: Option<Decimal>,
        /// The taxes, summed up by tax.
        taxes: Vec<TaxAmount>,
        /// The charge for shipping.
        shipping_charge: Option<Decimal>,
        /// A correction of the total.
        adjustment: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// Until when it holds.
        expiry_date: Option<Date>,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// True if files are attached.
        has_attachment: bool,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A sales order.
    SalesOrder {
        /// The id.
        salesorder_id: RecordId,
        /// The number.
        salesorder_number: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItemRead>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// Sum of the taxes.
        tax_total: Option<Decimal>,
        /// The taxes, summed up by tax.
        taxes: Vec<TaxAmount>,
        /// The charge for shipping.
        shipping_charge: Option<Decimal>,
        /// A correction of the total.
        adjustment: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// When it is shipped.
        shipment_date: Option<Date>,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// True if files are attached.
        has_attachment: bool,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A credit note.
    CreditNote {
        /// The id.
        creditnote_id: RecordId,
        /// The number.
        creditnote_number: String,
        /// The customer.
        customer_id: Option<RecordId>,
        /// The customer's name.
        customer_name: String,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItemRead>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// Sum of the taxes.
        tax_total: Option<Decimal>,
        /// The taxes, summed up by tax.
        taxes: Vec<TaxAmount>,
        /// The charge for shipping.
        shipping_charge: Option<Decimal>,
        /// A correction of the total.
        adjustment: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// What is not yet applied or refunded.
        balance: Option<Decimal>,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// True if files are attached.
        has_attachment: bool,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A bill of a vendor.
    Bill {
        /// The id.
        bill_id: RecordId,
        /// The number that the vendor gave it.
        bill_number: String,
        /// The vendor.
        vendor_id: Option<RecordId>,
        /// The vendor's name.
        vendor_name: String,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// Its date.
        date: Option<Date>,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItemRead>,
        /// Sum of the lines, before tax.
        sub_total: Option<Decimal>,
        /// Sum of the taxes.
        tax_total: Option<Decimal>,
        /// The taxes, summed up by tax.
        taxes: Vec<TaxAmount>,
        /// The charge for shipping.
        shipping_charge: Option<Decimal>,
        /// A correction of the total.
        adjustment: Option<Decimal>,
        /// The amount in total.
        total: Option<Decimal>,
        /// When it is due.
        due_date: Option<Date>,
        /// Days until it is due.
        payment_terms: Option<u32>,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
        /// What is still open.
        balance: Option<Decimal>,
        /// What was paid.
        payment_made: Option<Decimal>,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// True if files are attached.
        has_attachment: bool,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A line of a document, as it is stored.
    LineItemRead {
        /// The id of the line; send it to keep the line.
        line_item_id: Option<RecordId>,
        /// The item.
        item_id: Option<RecordId>,
        /// The name.
        name: String,
        /// A description.
        description: String,
        /// The price of one.
        rate: Option<Decimal>,
        /// How many.
        quantity: Option<Decimal>,
        /// The unit, such as `kg`.
        unit: String,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: Option<String>,
        /// The tax.
        tax_id: Option<RecordId>,
        /// The tax's name.
        tax_name: String,
        /// The tax in percent.
        tax_percentage: Option<Decimal>,
        /// The account.
        account_id: Option<RecordId>,
        /// The amount of the line, before tax.
        item_total: Option<Decimal>,
        /// The place of the line, from 1.
        item_order: Option<u32>,
    }

    /// What one tax comes to in a document.
    TaxAmount {
        /// The tax's name.
        tax_name: String,
        /// The amount of the tax.
        tax_amount: Option<Decimal>,
    }
}

drafts! {
    /// A line to be sent. With an item alone, Zoho takes name and rate from it.
    LineItem {
        /// The id of the line; send it to keep the line.
        line_item_id: RecordId,
        /// The item.
        item_id: RecordId,
        /// The name.
        name: String,
        /// A description.
        description: String,
        /// The price of one.
        rate: Decimal,
        /// How many.
        quantity: Decimal,
        /// The unit, such as `kg`.
        unit: String,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: String,
        /// The tax.
        tax_id: RecordId,
        /// The account.
        account_id: RecordId,
        /// The place of the line, from 1.
        item_order: u32,
    }

    /// The members of an invoice to make or change.
    InvoiceDraft {
        /// An own number; send the parameter `ignore_auto_number_generation=true` with it.
        invoice_number: String,
        /// The customer.
        customer_id: RecordId,
        /// Its date.
        date: Date,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: String,
        /// True if the discount comes before the tax.
        is_discount_before_tax: bool,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItem>,
        /// The charge for shipping.
        shipping_charge: Decimal,
        /// A correction of the total.
        adjustment: Decimal,
        /// What the correction is for.
        adjustment_description: String,
        /// The salesperson.
        salesperson_id: RecordId,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// When it is due.
        due_date: Date,
        /// Days until it is due.
        payment_terms: u32,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
    }

    /// The members of an estimate to make or change.
    EstimateDraft {
        /// An own number; send the parameter `ignore_auto_number_generation=true` with it.
        estimate_number: String,
        /// The customer.
        customer_id: RecordId,
        /// Its date.
        date: Date,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: String,
        /// True if the discount comes before the tax.
        is_discount_before_tax: bool,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItem>,
        /// The charge for shipping.
        shipping_charge: Decimal,
        /// A correction of the total.
        adjustment: Decimal,
        /// What the correction is for.
        adjustment_description: String,
        /// The salesperson.
        salesperson_id: RecordId,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// Until when it holds.
        expiry_date: Date,
    }

    /// The members of a sales order to make or change.
    SalesOrderDraft {
        /// An own number; send the parameter `ignore_auto_number_generation=true` with it.
        salesorder_number: String,
        /// The customer.
        customer_id: RecordId,
        /// Its date.
        date: Date,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: String,
        /// True if the discount comes before the tax.
        is_discount_before_tax: bool,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItem>,
        /// The charge for shipping.
        shipping_charge: Decimal,
        /// A correction of the total.
        adjustment: Decimal,
        /// What the correction is for.
        adjustment_description: String,
        /// The salesperson.
        salesperson_id: RecordId,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
        /// When it is shipped.
        shipment_date: Date,
    }

    /// The members of a credit note to make or change.
    CreditNoteDraft {
        /// An own number; send the parameter `ignore_auto_number_generation=true` with it.
        creditnote_number: String,
        /// The customer.
        customer_id: RecordId,
        /// Its date.
        date: Date,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// The discount: an amount, or a percentage such as `10%`.
        discount: String,
        /// True if the discount comes before the tax.
        is_discount_before_tax: bool,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItem>,
        /// The salesperson.
        salesperson_id: RecordId,
        /// The salesperson's name.
        salesperson_name: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
    }

    /// The members of a bill to make or change.
    BillDraft {
        /// The number that the vendor gave it; mandatory.
        bill_number: String,
        /// The vendor.
        vendor_id: RecordId,
        /// Its date.
        date: Date,
        /// When it is due.
        due_date: Date,
        /// Days until it is due.
        payment_terms: u32,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
        /// Your own reference, at most 100 characters; the SDK settles lost creates by it.
        reference_number: String,
        /// The currency.
        currency_id: RecordId,
        /// Units of the base currency for one of the currency.
        exchange_rate: Decimal,
        /// True if rates include the tax.
        is_inclusive_tax: bool,
        /// The lines; rows of lists have none. Lines that are sent replace the stored ones.
        line_items: Vec<LineItem>,
        /// A correction of the total.
        adjustment: Decimal,
        /// What the correction is for.
        adjustment_description: String,
        /// A note that the other side sees.
        notes: String,
        /// The terms that the other side sees.
        terms: String,
    }
}
