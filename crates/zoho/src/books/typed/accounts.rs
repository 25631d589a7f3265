//! The chart of accounts, and bank accounts.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::books::draft::drafts;
use crate::books::typed::records;
use crate::crm::RecordId;

records! {
    /// An account of the chart.
    ChartOfAccount {
        /// The id.
        account_id: RecordId,
        /// The account's name.
        account_name: String,
        /// The account's code.
        account_code: String,
        /// The kind of account; see the Zoho page.
        account_type: String,
        /// A description.
        description: String,
        /// True if it is in use.
        is_active: bool,
        /// The account above it.
        parent_account_id: Option<RecordId>,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The balance; only with the parameter `showbalance`.
        current_balance: Option<Decimal>,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A bank or credit card account.
    BankAccount {
        /// The id.
        account_id: RecordId,
        /// The account's name.
        account_name: String,
        /// The account's code.
        account_code: String,
        /// `bank`, `credit_card` and a few more.
        account_type: String,
        /// The number at the bank.
        account_number: String,
        /// The bank.
        bank_name: String,
        /// The routing number of the bank.
        routing_number: String,
        /// A description.
        description: String,
        /// True if it is in use.
        is_active: bool,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// The balance in the books.
        balance: Option<Decimal>,
        /// The balance at the bank.
        bank_balance: Option<Decimal>,
        /// The balance in the base currency.
        bcy_balance: Option<Decimal>,
    }
}

drafts! {
    /// The members of an account to make or change.
    ChartOfAccountDraft {
        /// The account's name.
        account_name: String,
        /// The account's code.
        account_code: String,
        /// The kind of account; see the Zoho page.
        account_type: String,
        /// A description.
        description: String,
        /// The currency.
        currency_id: RecordId,
        /// The account above it.
        parent_account_id: RecordId,
    }

    /// The members of a bank account to make or change.
    BankAccountDraft {
        /// The account's name.
        account_name: String,
        /// `bank` or `credit_card`; mandatory.
        account_type: String,
        /// The number at the bank.
        account_number: String,
        /// The account's code.
        account_code: String,
        /// The bank.
        bank_name: String,
        /// The routing number of the bank.
        routing_number: String,
        /// A description.
        description: String,
        /// The currency.
        currency_id: RecordId,
    }
}
