//! Contacts, which are customers and vendors, with their persons and addresses.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::books::draft::drafts;
use crate::books::typed::records;
use crate::crm::RecordId;

records! {
    /// A customer or vendor.
    Contact {
        /// The id.
        contact_id: RecordId,
        /// The name that the organisation uses.
        contact_name: String,
        /// The company.
        company_name: String,
        /// `customer` or `vendor`.
        contact_type: String,
        /// `business` or `individual`.
        customer_sub_type: String,
        /// `active` or `inactive`.
        status: String,
        /// The first name of the primary person.
        first_name: String,
        /// The last name of the primary person.
        last_name: String,
        /// The address of the primary person.
        email: String,
        /// The number of the primary person.
        phone: String,
        /// The mobile number of the primary person.
        mobile: String,
        /// The web site.
        website: String,
        /// Days until it is due.
        payment_terms: Option<u32>,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
        /// The currency.
        currency_id: Option<RecordId>,
        /// The currency, such as `EUR`.
        currency_code: String,
        /// What the customer owes.
        outstanding_receivable_amount: Option<Decimal>,
        /// What the vendor is owed.
        outstanding_payable_amount: Option<Decimal>,
        /// Credits that the customer has.
        unused_credits_receivable_amount: Option<Decimal>,
        /// Credits that the vendor gave.
        unused_credits_payable_amount: Option<Decimal>,
        /// The credit limit.
        credit_limit: Option<Decimal>,
        /// The address for bills; rows of lists have none.
        billing_address: Option<Address>,
        /// The address for goods; rows of lists have none.
        shipping_address: Option<Address>,
        /// The persons; rows of lists have none.
        contact_persons: Vec<ContactPerson>,
        /// A note for the own people.
        notes: String,
        /// When it was made.
        created_time: Option<Timestamp>,
        /// When it was changed last; whole seconds.
        last_modified_time: Option<Timestamp>,
    }

    /// A person of a contact.
    ContactPerson {
        /// The id.
        contact_person_id: RecordId,
        /// The salutation.
        salutation: String,
        /// The first name.
        first_name: String,
        /// The last name.
        last_name: String,
        /// The e-mail address.
        email: String,
        /// The phone number.
        phone: String,
        /// The mobile number.
        mobile: String,
        /// The position in the company.
        designation: String,
        /// The department.
        department: String,
        /// True for the person whose address the contact shows.
        is_primary_contact: bool,
    }

    /// An address of a contact.
    Address {
        /// The id of the address.
        address_id: Option<RecordId>,
        /// To whom.
        attention: String,
        /// The street.
        address: String,
        /// The second line.
        street2: String,
        /// The city.
        city: String,
        /// The state.
        state: String,
        /// The code of the state.
        state_code: String,
        /// The postal code.
        zip: String,
        /// The country.
        country: String,
        /// The phone number.
        phone: String,
        /// The fax number.
        fax: String,
    }
}

drafts! {
    /// The members of a contact to make or change. Zoho drops an e-mail address or phone number here; they belong to a person.
    ContactDraft {
        /// The name that the organisation uses; unique, at most 200 characters; mandatory.
        contact_name: String,
        /// The company.
        company_name: String,
        /// `customer` (the default) or `vendor`.
        contact_type: String,
        /// `business` (the default) or `individual`.
        customer_sub_type: String,
        /// The web site.
        website: String,
        /// Days until it is due.
        payment_terms: u32,
        /// The name of the terms, such as `Net 15`.
        payment_terms_label: String,
        /// The currency.
        currency_id: RecordId,
        /// The credit limit.
        credit_limit: Decimal,
        /// A note that the other side sees.
        notes: String,
        /// The user who owns the contact.
        owner_id: RecordId,
        /// The address for bills.
        billing_address: AddressDraft,
        /// The address for goods.
        shipping_address: AddressDraft,
        /// The persons; they replace the stored ones, and keep those whose `contact_person_id` is sent.
        contact_persons: Vec<ContactPersonDraft>,
    }

    /// The members of a person to make or change.
    ContactPersonDraft {
        /// The person to keep, within a contact.
        contact_person_id: RecordId,
        /// The salutation.
        salutation: String,
        /// The first name.
        first_name: String,
        /// The last name.
        last_name: String,
        /// The e-mail address.
        email: String,
        /// The phone number.
        phone: String,
        /// The mobile number.
        mobile: String,
        /// The position in the company.
        designation: String,
        /// The department.
        department: String,
        /// True for the person whose address the contact shows.
        is_primary_contact: bool,
    }

    /// The members of an address to make or change.
    AddressDraft {
        /// To whom.
        attention: String,
        /// The street.
        address: String,
        /// The second line.
        street2: String,
        /// The city.
        city: String,
        /// The state.
        state: String,
        /// The code of the state.
        state_code: String,
        /// The postal code.
        zip: String,
        /// The country.
        country: String,
        /// The phone number.
        phone: String,
        /// The fax number.
        fax: String,
    }
}
