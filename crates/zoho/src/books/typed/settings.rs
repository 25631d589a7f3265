//! Items, users, taxes, currencies and organisations.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::books::draft::drafts;
use crate::books::typed::records;
use crate::crm::RecordId;

records! {
    /// Goods or a service.
    Item {
        /// The id.
        item_id: RecordId,
        /// The name.
        name: String,
        /// `active` or `inactive`.
        status: String,
        /// The stock keeping unit; unique.
        sku: String,
        /// A description.
        description: String,
        /// The price of one.
        rate: Option<Decimal>,
        /// The unit, such as `kg`.
        unit: String,
        /// The tax.
        tax_id: Option<RecordId>,
        /// The tax's name.
        tax_name: String,
        /// The tax in percent.
        tax_percentage: Option<Decimal>,
        /// The account for sales.
        account_id: Option<RecordId>,
        /// The account's name.
        account_name: String,
        /// The price of one when bought.
        purchase_rate: Option<Decimal>,
        /// The description for purchases.
        purchase_description: String,
        /// The account for purchases.
        purchase_account_id: Option<RecordId>,
        /// `goods`, `service` and a few more.
        product_type: String,
        /// `sales`, `purchases`, `sales_and_purchases` or `inventory`.
        item_type: String,
        /// How many there are; for tracked items only.
        stock_on_hand: Option<Decimal>,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A user of the organisation.
    User {
        /// The id.
        user_id: RecordId,
        /// The name.
        name: String,
        /// The e-mail address.
        email: String,
        /// The role.
        user_role: String,
        /// The id of the role.
        role_id: Option<RecordId>,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
        /// True for the user who granted the connection.
        is_current_user: bool,
    }

    /// A tax or a group of taxes.
    Tax {
        /// The id.
        tax_id: RecordId,
        /// The tax's name.
        tax_name: String,
        /// The tax in percent.
        tax_percentage: Option<Decimal>,
        /// `tax`, `compound_tax` or `tax_group`.
        tax_type: String,
        /// True for the tax that is taken when none is named.
        is_default_tax: bool,
        /// Where it stands, such as `draft`; see the Zoho page.
        status: String,
    }

    /// A currency of the organisation.
    Currency {
        /// The id.
        currency_id: RecordId,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// The name.
        currency_name: String,
        /// The symbol.
        currency_symbol: String,
        /// Digits behind the point.
        price_precision: Option<u32>,
        /// How amounts are shown, such as `1,234,567.89`.
        currency_format: String,
        /// True for the currency that the books are kept in.
        is_base_currency: bool,
        /// Units of the base currency for one of the currency.
        exchange_rate: Option<Decimal>,
        /// From when the rate holds.
        effective_date: Option<Date>,
    }

    /// An organisation.
    Organization {
        /// The id.
        organization_id: RecordId,
        /// The name.
        name: String,
        /// The e-mail address.
        email: String,
        /// The contact person.
        contact_name: String,
        /// True for the first choice of the user.
        is_default_org: bool,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// The zone that times are given in.
        time_zone: String,
        /// The language.
        language_code: String,
        /// The plan, which decides the daily quota.
        plan_name: String,
        /// A month, as a number from 0 in lists and as a name in single records.
        fiscal_year_start_month: String,
        /// When it was made.
        account_created_date: String,
    }
}

drafts! {
    /// The members of an item to make or change.
    ItemDraft {
        /// The name; at most 100 characters; mandatory.
        name: String,
        /// The price of one; mandatory.
        rate: Decimal,
        /// The stock keeping unit; unique.
        sku: String,
        /// A description.
        description: String,
        /// The unit, such as `kg`.
        unit: String,
        /// The tax.
        tax_id: RecordId,
        /// The account for sales.
        account_id: RecordId,
        /// The price of one when bought.
        purchase_rate: Decimal,
        /// The description for purchases.
        purchase_description: String,
        /// The account for purchases.
        purchase_account_id: RecordId,
        /// `goods` or `service`.
        product_type: String,
        /// `sales`, `purchases`, `sales_and_purchases` or `inventory`.
        item_type: String,
    }

    /// The members of a user to invite or change.
    UserDraft {
        /// The name.
        name: String,
        /// The e-mail address.
        email: String,
        /// The id of the role.
        role_id: RecordId,
    }

    /// The members of a tax to make or change.
    TaxDraft {
        /// The tax's name.
        tax_name: String,
        /// The tax in percent.
        tax_percentage: Decimal,
        /// `tax` or `compound_tax`.
        tax_type: String,
    }

    /// The members of a currency to make or change.
    CurrencyDraft {
        /// The currency, such as `EUR`.
        currency_code: String,
        /// The symbol.
        currency_symbol: String,
        /// Digits behind the point.
        price_precision: u32,
        /// How amounts are shown, such as `1,234,567.89`.
        currency_format: String,
    }
}
