// The books as rules see them: what may be posted where and when, and what is still open. Balances
// are not here, because no rule needs one. Every function of the module on this state is declared
// below; the files of this folder define them.
#pragma once

#include <string>
#include <vector>

#include "engine/domain/module.hpp"
#include "engine/domain/open_days.hpp"
#include "schemas/accounting.hpp"
#include "schemas/crm.hpp"
#include "schemas/inventory.hpp"
#include "schemas/purchasing.hpp"
#include "schemas/sales.hpp"

namespace daybook::accounting {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Book {
    bool is_configured = false;
    Currency base = Currency::none;
    Money payment_difference_max;
    std::uint64_t letterings = 0;  // How many allocations were given a code.
    Date returned_until;           // Last day of the latest tax return.
};
struct Account {
    AccountType type = AccountType::none;
    ControlKind control = ControlKind::none;
    bool is_cash = false;
    bool is_closed = false;
    Id required_dimension;
};
struct Journal {
    JournalKind kind = JournalKind::none;
};
struct AccountUse {
    AccountRole role = AccountRole::none;
    Id key;
    friend auto operator<=>(const AccountUse&, const AccountUse&) = default;
};
struct JournalYear {
    Id journal;
    Id year;
    friend auto operator<=>(const JournalYear&, const JournalYear&) = default;
};
struct TaxCode {
    TaxSide side = TaxSide::none;
    TaxTreatment treatment = TaxTreatment::standard;
    Id output_account;
    Id input_account;
    Rate not_recoverable;  // Of tax on purchases: a part of the cost.
};
struct TaxRateFrom {
    Id tax_code;
    Date from;
    friend auto operator<=>(const TaxRateFrom&, const TaxRateFrom&) = default;
};
// A supplier's own number as a digest, first: so that those of merged suppliers stand together.
struct BillNumber {
    Id number;
    Id party;
    friend auto operator<=>(const BillNumber&, const BillNumber&) = default;
};
struct DimensionValue {
    Id dimension;
    Id value;
    friend auto operator<=>(const DimensionValue&, const DimensionValue&) = default;
};
struct CurrencyDay {
    Currency currency = Currency::none;
    Date date;
    friend auto operator<=>(const CurrencyDay&, const CurrencyDay&) = default;
};
struct ItemKey {
    Id document;
    std::uint16_t part = 0;
    friend auto operator<=>(const ItemKey&, const ItemKey&) = default;
};
// A settled item stays, because an allocation can be undone.
struct OpenItem {
    Id account;
    Id party;
    Money open;                   // Never beyond its first amount, never of the other sign.
    std::int64_t base_minor = 0;  // What `open` is carried at. Zero whenever `open` is zero.
    Date open_since;              // The accounting date of its entry, or of a later undoing.
    std::vector<Id> allocations;  // In force, in the order in which they were made.
};
// What a reversal needs of an entry: its lines and tags as they were stored, one after the other.
struct KeptEntry {
    std::string bytes;
    std::uint16_t line_count = 0;
    std::uint16_t item_count = 0;
    std::uint16_t tax_count = 0;
    std::uint16_t dimension_count = 0;
    std::uint16_t deferred_count = 0;
    EntryKind kind = EntryKind::manual;
    bool is_reversed = false;
    Id journal;
};
struct SettledPart {
    ItemKey item;
    Money amount;
    std::int64_t base_minor = 0;
};
struct Allocation {
    Id party;
    std::vector<SettledPart> items;
    Id entry;               // None if none was needed.
    Date accounting_date;   // Nothing undoes it on an earlier day.
    bool is_final = false;  // Made by a reversal: never undone.
    bool is_undone = false;
    Date undone_on;
};
struct Payment {
    Id party;
    PaymentDirection direction = PaymentDirection::none;
    bool is_reversed = false;
    Money settled;
    Id account;    // Where the money went, or came from,
    Money amount;  // how much of it, without sign,
    std::int64_t amount_base_minor = 0;
    Id cleared_to;  // and the bank account that it reached from there; none while under way.
};
// The tax of a document that becomes due as the document is paid.
struct Deferral {
    Id tax_code;
    Rate rate;
    TaxSide side = TaxSide::none;
    Id account;               // Where it waits.
    std::uint16_t parts = 0;  // The document's items, from part 1 on,
    Money gross;              // and what they came to at first.
    Money tax;
    std::int64_t base_minor = 0;
    std::int64_t tax_minor = 0;
    Money released;  // Of `tax`, and so on: never beyond it.
    std::int64_t released_base_minor = 0;
    std::int64_t released_tax_minor = 0;
};
struct GoodsBook {
    GoodsMatching matching = GoodsMatching::cost_at_delivery;
    bool follows_stock = false;  // A stock account is assigned.
    bool has_variation = false;  // Goods were purchased with the stock's variation for their cost.
};
// What purchasing said of a receipt or a return, until inventory's movement is booked.
struct PurchasedGoods {
    std::int64_t billed_before = 0;
    std::int64_t accrued = 0;
    std::int64_t credit_expected = 0;
};
// A line of an order, or of a delivery without one.
struct GoodsKey {
    Id document;
    std::uint16_t line = 0;
    friend auto operator<=>(const GoodsKey&, const GoodsKey&) = default;
};
// What sales said of a delivery or a return: whose line each of its lines is. Until it is booked.
struct SoldGoods {
    std::vector<GoodsKey> lines;
};
// Goods of one movement that wait for their invoice, or for the credit note of their return.
struct WaitingIssue {
    std::uint64_t sequence = 0;
    Quantity whole;
    Quantity came_back;
    Quantity left;                // More than zero.
    std::int64_t cost_minor = 0;  // Of what is left.
    Date day;
    Id posting_group;
};
struct WaitingGoods {
    std::vector<WaitingIssue> delivered;  // The earlier known first, and so invoiced first.
    std::vector<WaitingIssue> returned;
    Quantity invoiced_ahead;
    Quantity credited_ahead;
    [[nodiscard]] bool is_settled() const {
        return delivered.empty() && returned.empty() && invoiced_ahead.is_zero() &&
               credited_ahead.is_zero();
    }
};
struct TaxMonth {
    Date month;  // Its first day.
    Id tax_code;
    TaxSide side = TaxSide::none;
    Id account;  // None if there was no tax to post.
    friend auto operator<=>(const TaxMonth&, const TaxMonth&) = default;
};
struct TaxSum {
    std::int64_t base_minor = 0;
    std::int64_t tax_minor = 0;
};
// The lines of a cash account in another currency than the book's, on one day.
struct CashDay {
    Id account;
    Currency currency = Currency::none;
    Date date;
    friend auto operator<=>(const CashDay&, const CashDay&) = default;
};
struct CashSum {
    std::int64_t minor = 0;
    std::int64_t base_minor = 0;
};
struct ForeignItem {
    Date opened_on;  // The accounting date of its entry.
};
// What revaluations for a closing day have added to a balance so far, in base currency.
struct RevaluedKey {
    Date date;
    Id account;
    Currency currency = Currency::none;
    friend auto operator<=>(const RevaluedKey&, const RevaluedKey&) = default;
};
struct Presence {
    bool is_here = true;
};

struct Books {
    Single<Book> book;
    Keyed<Presence> charts;
    Keyed<Account> accounts;
    Keyed<Journal> journals;
    Keyed<Id, AccountUse> roles;
    Keyed<Id, JournalKind> journal_roles;
    OpenDays days;                              // The years and periods.
    Keyed<std::uint32_t, JournalYear> numbers;  // The last one given.
    Keyed<TaxCode> tax_codes;
    Sorted<Rate, TaxRateFrom> tax_rates;
    Keyed<Presence> dimensions;
    Keyed<Presence, DimensionValue> dimension_values;
    Sorted<ExchangeRate, CurrencyDay> exchange_rates;
    Keyed<OpenItem, ItemKey> items;
    Keyed<KeptEntry> entries;
    Keyed<Allocation> allocations;
    Keyed<Payment> payments;
    Sorted<Presence, BillNumber> bill_numbers;
    Sorted<TaxSum, TaxMonth> taxes_to_return;  // By the month of origin.
    Keyed<Presence> tax_returns;
    Keyed<std::vector<Deferral>> deferrals;  // By document; those of settled ones stay, too.
    Sorted<CashSum, CashDay> foreign_cash;
    Sorted<ForeignItem, ItemKey> foreign_items;  // Items in other currencies than the book's,
    Keyed<std::vector<Id>, ItemKey> undone;      // and allocations of any item that were undone.
    Sorted<std::int64_t, RevaluedKey> revalued;
    Single<GoodsBook> goods;
    Keyed<std::int64_t> unsettled;    // By account of goods that must come to zero: its balance.
    Keyed<PurchasedGoods> purchased;  // By receipt, or return to a supplier.
    Keyed<SoldGoods> sold;            // By delivery, or return of a customer.
    Keyed<WaitingGoods, GoodsKey> waiting;          // With the cost at the invoice,
    Keyed<GoodsKey, std::uint64_t> waiting_issues;  // and whose each issue is.
    Keyed<Presence> parties;                        // That crm registered.
    Keyed<Id> merged_parties;                       // Into which party it was merged.
};

Decision decide(const Books&, const ConfigureBook&);
Decision decide(const Books&, const AdoptChart&);
Decision decide(const Books&, const OpenAccount&);
Decision decide(const Books&, const RenameAccount&);
Decision decide(const Books&, const CloseAccount&);
Decision decide(const Books&, const ReopenAccount&);
Decision decide(const Books&, const OpenJournal&);
Decision decide(const Books&, const AssignAccount&);
Decision decide(const Books&, const AssignJournal&);
Decision decide(const Books&, const OpenFiscalYear&);
Decision decide(const Books&, const SoftClosePeriod&);
Decision decide(const Books&, const ClosePeriod&);
Decision decide(const Books&, const ReopenPeriod&);
Decision decide(const Books&, const CloseFiscalYear&);
Decision decide(const Books&, const ReopenFiscalYear&);
Decision decide(const Books&, const DefineTaxCode&);
Decision decide(const Books&, const SetTaxRate&);
Decision decide(const Books&, const DefineDimension&);
Decision decide(const Books&, const DefineDimensionValue&);
Decision decide(const Books&, const PublishExchangeRate&, const Context&);
Decision decide(const Books&, const PostEntry&, const Context&);
Decision decide(const Books&, const ReverseEntry&, const Context&);
Decision decide(const Books&, const RecordBill&, const Context&);
Decision decide(const Books&, const RecordPayment&, const Context&);
Decision decide(const Books&, const ReversePayment&, const Context&);
Decision decide(const Books&, const AllocateItems&, const Context&);
Decision decide(const Books&, const UndoAllocation&, const Context&);
Decision decide(const Books&, const WriteOffBadDebt&, const Context&);
Decision decide(const Books&, const FileTaxReturn&, const Context&);
Decision decide(const Books&, const ClearPayments&, const Context&);
Decision decide(const Books&, const RevalueCurrencies&, const Context&);
Decision decide(const Books&, const ChooseGoodsMatching&);

Decision react(const Books&, const sales::InvoiceIssued&, const Context&);
Decision react(const Books&, const sales::CreditNoteIssued&, const Context&);
Decision react(const Books&, const inventory::StockMoved&, const Context&);
Decision react(const Books&, const inventory::StockRevalued&, const Context&);
Decision react(const Books&, const inventory::CostRestated&, const Context&);
Decision react(const Books&, const inventory::StockWrittenDown&, const Context&);
Decision react(const Books&, const purchasing::BillMatched&, const Context&);
void listen(Books&, const purchasing::GoodsReceived&);
void listen(Books&, const purchasing::GoodsReturnedToSupplier&);
void listen(Books&, const sales::GoodsDelivered&);
void listen(Books&, const sales::GoodsReturned&);
void listen(Books&, const inventory::StockMoved&);
void listen(Books&, const crm::PartyRegistered&);
void listen(Books&, const crm::PartiesMerged&);
void listen(Books&, const crm::PartiesUnmerged&);

void apply(Books&, const BookConfigured&);
void apply(Books&, const ChartAdopted&);
void apply(Books&, const AccountOpened&);
void apply(Books&, const AccountRenamed&);
void apply(Books&, const AccountClosed&);
void apply(Books&, const AccountReopened&);
void apply(Books&, const JournalOpened&);
void apply(Books&, const AccountAssigned&);
void apply(Books&, const JournalAssigned&);
void apply(Books&, const FiscalYearOpened&);
void apply(Books&, const PeriodSoftClosed&);
void apply(Books&, const PeriodClosed&);
void apply(Books&, const PeriodReopened&);
void apply(Books&, const FiscalYearClosed&);
void apply(Books&, const FiscalYearReopened&);
void apply(Books&, const TaxCodeDefined&);
void apply(Books&, const TaxRateSet&);
void apply(Books&, const DimensionDefined&);
void apply(Books&, const DimensionValueDefined&);
void apply(Books&, const ExchangeRatePublished&);
void apply(Books&, const EntryPosted&);
void apply(Books&, const EntryReversed&);
void apply(Books&, const BillRecorded&);
void apply(Books&, const PaymentRecorded&);
void apply(Books&, const PaymentReversed&);
void apply(Books&, const AllocationMade&);
void apply(Books&, const AllocationUndone&);
void apply(Books&, const BadDebtWrittenOff&);
void apply(Books&, const TaxReturnFiled&);
void apply(Books&, const PaymentsCleared&);
void apply(Books&, const CurrenciesRevalued&);
void apply(Books&, const GoodsMatchingChosen&);
void apply(Books&, const GoodsMatched&);

}  // namespace daybook::accounting
