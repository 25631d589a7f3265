//! What a document charges: the input of [`totals`](super::totals).

use rust_decimal::Decimal;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Charges {
    /// Decimals of the document's currency.
    pub(crate) precision: u32,
    pub(crate) lines: Vec<Line>,
    /// Of the whole document; counts only at [`DiscountLevel::Entity`].
    pub(crate) discount: Discount,
    pub(crate) discount_level: DiscountLevel,
    pub(crate) discount_before_tax: bool,
    /// Rates of lines, and shipping, contain their taxes.
    pub(crate) inclusive: bool,
    pub(crate) tax_rounding: TaxRounding,
    pub(crate) shipping: Decimal,
    pub(crate) shipping_taxes: Vec<TaxRate>,
    pub(crate) adjustment: Decimal,
    pub(crate) exchange_rate: Decimal,
    /// Decimals of the organisation's currency.
    pub(crate) base_precision: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) rate: Decimal,
    pub(crate) quantity: Decimal,
    /// Counts only at [`DiscountLevel::Item`].
    pub(crate) discount: Discount,
    /// None, one, or the members of a group.
    pub(crate) taxes: Vec<TaxRate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discount {
    None,
    Amount(Decimal),
    Percent(Decimal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiscountLevel {
    Entity,
    Item,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaxRounding {
    /// A tax is summed over the lines and rounded once.
    Entity,
    /// A tax is rounded in each line.
    Item,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxRate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) percentage: Decimal,
    /// Taken on the amount together with the simple taxes of the same line.
    pub(crate) is_compound: bool,
}
