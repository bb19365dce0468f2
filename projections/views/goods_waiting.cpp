// What waits in the books for another document: goods received for their bill, billed for their
// receipt, sent back for their credit note, delivered for their invoice; freight for its
// allocation, and price differences for stock and cost of sales, where nothing may be left.
//
// For each of them and each supplier the sum of what the documents say, beside the balance of the
// account, on any day and as known at any position, without a look at lines.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "projections/core/projection.hpp"
#include "projections/core/two_time.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"
#include "schemas/purchasing.hpp"

namespace daybook::goods_waiting {
namespace {

using accounting::AccountRole;

// How accounts follow goods.
struct SettingRow {
    std::uint8_t only = 0;  // There is one row.
    Currency base = Currency::none;
    bool has_stock_account = false;
    accounting::GoodsMatching matching = accounting::GoodsMatching::cost_at_delivery;
};
// An account that ever had one of the roles.
struct WaitingAccountRow {
    Id account;
    AccountRole role = AccountRole::none;
};
struct WaitingKey {
    AccountRole role = AccountRole::none;
    Id supplier;  // None: of the ledger, and of what has no supplier.
};
struct WaitingSum {
    Money documents;  // A debit is positive, as in the ledger.
    Money ledger;
};
// A part of an event, for questions about what was known, and for what is behind a line.
struct WaitingChangeRow {
    std::uint64_t position = 0;
    std::uint16_t part = 0;
    AccountRole role = AccountRole::none;
    Id supplier;
    Date day;
    Money documents;
    Money ledger;
};

constexpr auto settings = table<SettingRow>(
    "settings",
    key("only", &SettingRow::only),
    column("base", &SettingRow::base),
    column("has_stock_account", &SettingRow::has_stock_account),
    column("matching", &SettingRow::matching, &accounting::EnumNameGoodsMatching)
);
constexpr auto waiting_accounts = table<WaitingAccountRow>(
    "accounts",
    key("account", &WaitingAccountRow::account),
    column("role", &WaitingAccountRow::role, &accounting::EnumNameAccountRole)
);
constexpr auto totals = totals_table<WaitingKey, WaitingSum>(
    "totals",
    key("role", &WaitingKey::role),
    key("supplier", &WaitingKey::supplier),
    column("documents", &WaitingSum::documents),
    column("ledger", &WaitingSum::ledger)
);
constexpr auto past_totals = past_totals_table<WaitingKey, WaitingSum>(
    "past_totals",
    key("role", &WaitingKey::role),
    key("supplier", &WaitingKey::supplier),
    column("documents", &WaitingSum::documents),
    column("ledger", &WaitingSum::ledger)
);
constexpr auto changes = table<WaitingChangeRow>(
    "changes",
    key("position", &WaitingChangeRow::position),
    key("part", &WaitingChangeRow::part),
    column("role", &WaitingChangeRow::role, &accounting::EnumNameAccountRole),
    column("supplier", &WaitingChangeRow::supplier),
    column("day", &WaitingChangeRow::day),
    column("documents", &WaitingChangeRow::documents),
    column("ledger", &WaitingChangeRow::ledger)
);

constexpr AccountRole roles[]{
    AccountRole::goods_received_not_invoiced,
    AccountRole::goods_in_transit,
    AccountRole::supplier_credit_expected,
    AccountRole::goods_delivered_not_invoiced,
    AccountRole::landed_cost_clearing,
    AccountRole::price_variance};

const char* words_of(AccountRole role) {
    switch (role) {
        case AccountRole::goods_received_not_invoiced: return "Received, not invoiced";
        case AccountRole::goods_in_transit: return "Billed, not received";
        case AccountRole::supplier_credit_expected: return "Sent back, not credited";
        case AccountRole::goods_delivered_not_invoiced: return "Delivered, not invoiced";
        case AccountRole::landed_cost_clearing: return "Landed cost, not allocated";
        default: return "Price variance, not taken";
    }
}

using Settings = Rows<SettingRow>;
using Accounts = Rows<WaitingAccountRow>;
using Totals = Rows<TotalsRow<WaitingKey, WaitingSum>>;
using PastTotals = Rows<PastTotalsRow<WaitingKey, WaitingSum>>;
using Changes = Rows<WaitingChangeRow>;

struct SumRows {
    Settings& setting;
    Totals& totals;
    PastTotals& past_totals;
    Changes& changes;
};

// Adds the parts of one event to the sums.
class Step {
 public:
    Step(const SumRows& rows, Date day)
        : rows_(rows), setting_(rows.setting.at(std::uint8_t{0})), day_(day) {}

    // Purchases wait in the books only where they are no expense at once.
    [[nodiscard]] bool waits() const {
        return setting_.has_stock_account &&
               setting_.matching != accounting::GoodsMatching::stock_variation;
    }
    void document(const WaitingKey& key, std::int64_t minor, std::uint64_t position) {
        add(key, {.documents = money(minor), .ledger = money(0)}, position);
    }
    void entry(AccountRole role, std::int64_t minor, std::uint64_t position) {
        add({role, Id{}}, {.documents = money(0), .ledger = money(minor)}, position);
    }

 private:
    [[nodiscard]] Money money(std::int64_t minor) const {
        return Money::from_minor(minor, setting_.base);
    }
    void add(const WaitingKey& key, const WaitingSum& sum, std::uint64_t position) {
        if (sum.documents.is_zero() && sum.ledger.is_zero()) return;
        add_posting(
            rows_.totals,
            rows_.past_totals,
            PostingPlace<WaitingKey>{.key = key, .effective = day_, .position = position},
            sum
        );
        rows_.changes.put(
            {position, ++parts_, key.role, key.supplier, day_, sum.documents, sum.ledger}
        );
    }

    SumRows rows_;
    SettingRow setting_;
    Date day_;
    std::uint16_t parts_ = 0;
};

void project(Settings& rows, Accounts&, const accounting::BookConfigured& event) {
    rows.at(std::uint8_t{0}).base = read(event.base_currency());
}
void project(Settings& rows, Accounts&, const accounting::GoodsMatchingChosen& event) {
    rows.at(std::uint8_t{0}).matching = event.matching();
}
void project(Settings& rows, Accounts& followed, const accounting::AccountAssigned& event) {
    if (event.role() == AccountRole::stock) rows.at(std::uint8_t{0}).has_stock_account = true;
    if (std::ranges::find(roles, event.role()) == std::end(roles)) return;
    followed.at(read(event.account())).role = event.role();
}

void project(
    Settings& setting,
    Accounts& followed,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const accounting::EntryPosted& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.accounting_date())};
    for (const accounting::EntryLine* line : *event.lines()) {
        const WaitingAccountRow* account = followed.find(read(line->account()));
        if (account == nullptr) continue;
        step.entry(account->role, line->base_minor(), header.position());
    }
}
// Goods that were delivered and not invoiced: what accounting matches.
void project(
    Settings& setting,
    Accounts&,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const accounting::GoodsMatched& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.date())};
    std::int64_t minor = 0;
    for (const accounting::MatchedGoods* line : *event.lines()) {
        const bool is_returned = line->waiting() == accounting::GoodsWaiting::returned;
        minor += is_returned ? -line->cost().minor() : line->cost().minor();
    }
    step.document({AccountRole::goods_delivered_not_invoiced, Id{}}, minor, header.position());
}
void project(
    Settings& setting,
    Accounts&,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const purchasing::GoodsReceived& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.accounting_date())};
    if (!step.waits()) return;
    const Id supplier = read(event.supplier());
    for (const purchasing::ReceivedLine* line : *event.lines()) {
        if (!line->is_stocked()) continue;
        const std::int64_t before = line->billed_before().minor();
        const std::int64_t accrued = line->value().minor() - before;
        step.document(
            {AccountRole::goods_received_not_invoiced, supplier}, -accrued, header.position()
        );
        step.document({AccountRole::goods_in_transit, supplier}, -before, header.position());
    }
}
void project(
    Settings& setting,
    Accounts&,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const purchasing::GoodsReturnedToSupplier& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.accounting_date())};
    if (!step.waits()) return;
    const Id supplier = read(event.supplier());
    for (const purchasing::ReturnedLine* line : *event.lines()) {
        if (!line->is_stocked()) continue;
        step.document(
            {AccountRole::goods_received_not_invoiced, supplier},
            line->accrued().minor(),
            header.position()
        );
        step.document(
            {AccountRole::supplier_credit_expected, supplier},
            line->credit_expected().minor(),
            header.position()
        );
    }
}

// What a matched line is in the books; none where it is an expense.
AccountRole role_of(purchasing::MatchKind kind) {
    switch (kind) {
        case purchasing::MatchKind::received: return AccountRole::goods_received_not_invoiced;
        case purchasing::MatchKind::before_receipt: return AccountRole::goods_in_transit;
        case purchasing::MatchKind::returned: return AccountRole::supplier_credit_expected;
        case purchasing::MatchKind::landed_cost: return AccountRole::landed_cost_clearing;
        default: return AccountRole::none;
    }
}
void project(
    Settings& setting,
    Accounts&,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const purchasing::BillMatched& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.accounting_date())};
    if (!step.waits()) return;
    for (const purchasing::MatchedLine* line : *event.lines()) {
        const AccountRole role = role_of(line->kind());
        if (role == AccountRole::none) continue;
        // Freight waits for whoever allocates it, not for its supplier.
        const bool is_landed = role == AccountRole::landed_cost_clearing;
        const Id supplier = is_landed ? Id{} : read(event.supplier());
        step.document({role, supplier}, line->value().minor(), header.position());
    }
}
void project(
    Settings& setting,
    Accounts&,
    Totals& sums,
    PastTotals& past,
    Changes& noted,
    const inventory::StockRevalued& event,
    const EventHeader& header
) {
    Step step{{setting, sums, past, noted}, read(event.accounting_date())};
    if (!step.waits()) return;
    for (const inventory::RevaluedLine* line : *event.lines()) {
        if (line->reason() != inventory::MoveReason::landed_cost) continue;
        step.document(
            {AccountRole::landed_cost_clearing, Id{}}, -line->amount().minor(), header.position()
        );
    }
}

// ---- The report and the check

using Sums = TwoTimeSums<totals, past_totals>;

Sums sums_at(const Query& query, std::uint64_t known_at) {
    return Sums{query, known_at, [&query](EventBytes event, const auto& post) {
                    query.scan<changes>(header_of(event).position(), [&](const auto& row) {
                        post({row.role, row.supplier}, row.day, {row.documents, row.ledger});
                    });
                }};
}

std::vector<std::pair<AccountRole, WaitingSum>> sums_by_role(
    const std::vector<std::pair<WaitingKey, WaitingSum>>& all
) {
    std::vector<std::pair<AccountRole, WaitingSum>> found;
    for (const AccountRole role : roles) {
        WaitingSum sum;
        for (const auto& [key, part] : all) {
            if (key.role != role) continue;
            sum.documents += part.documents;
            sum.ledger += part.ledger;
        }
        found.emplace_back(role, sum);
    }
    return found;
}

Result<ReportTable> run(const Query& query, const ReportRequest& request) {
    ReportTable table{.title = "Goods that wait for a document"};
    table.columns = {
        {"what", "What"},
        {"supplier", "Supplier", ValueType::id},
        {"documents", "Documents", ValueType::money, Align::right},
        {"ledger", "Ledger", ValueType::money, Align::right},
        {"difference", "Difference", ValueType::money, Align::right}};
    const auto all = sums_at(query, request.known_at).sums(request.as_of);
    for (const auto& [role, sum] : sums_by_role(all)) {
        const std::string what = words_of(role);
        for (const auto& [key, part] : all) {
            if (key.role != role || key.supplier.is_none() || part.documents.is_zero()) continue;
            table.rows.push_back(
                {.key = fmt::format("{}|{}", static_cast<int>(role), to_string(key.supplier)),
                 .cells = {what, key.supplier, part.documents, Value{}, Value{}}}
            );
        }
        table.rows.push_back(
            {.key = fmt::format("{}|", static_cast<int>(role)),
             .cells = {what, Value{}, sum.documents, sum.ledger, sum.documents - sum.ledger},
             .kind = RowKind::subtotal}
        );
    }
    return table;
}

Result<std::vector<std::uint64_t>> explain(
    const Query& query, const ReportRequest& request, std::string_view row_key
) {
    const std::size_t at = row_key.rfind('|');
    DAYBOOK_TRY(const std::int64_t number, parse_decimal(row_key.substr(0, at), 0));
    const auto role = static_cast<AccountRole>(number);
    Id supplier;
    if (at != std::string_view::npos && at + 1 < row_key.size()) {
        DAYBOOK_TRY(supplier, parse_id(row_key.substr(at + 1)));
    }
    std::vector<std::uint64_t> positions;
    query.scan<changes>([&](const WaitingChangeRow& row) {
        const bool counts = row.day <= request.as_of && row.position < request.known_at;
        if (!counts || row.role != role) return;
        if (!supplier.is_none() && row.supplier != supplier) return;
        if (positions.empty() || positions.back() != row.position) {
            positions.push_back(row.position);
        }
    });
    return positions;
}

Result<std::vector<Finding>> check(const Query& query) {
    std::vector<Finding> findings;
    const auto all = sums_at(query, query.position()).sums(date_max);
    for (const auto& [role, sum] : sums_by_role(all)) {
        if (sum.documents.minor() == sum.ledger.minor()) continue;
        findings.push_back(
            {fmt::format("account of {}", accounting::EnumNameAccountRole(role)),
             fmt::format(
                 "the ledger has {}, the documents add up to {}",
                 to_string(sum.ledger),
                 to_string(sum.documents)
             )}
        );
    }
    return findings;
}

constexpr Report reports[]{
    {
        .name = "goods-waiting",
        .title = "Goods that wait for a document",
        .summary = "What is received, billed, sent back or delivered alone, beside the ledger.",
        .options = {},
        .run = &run,
        .explain = &explain,
    },
};
constexpr RowCheck checks[]{
    {"goods-that-wait-are-their-accounts", &check},
};

}  // namespace

extern constinit const Projection projection =
    join(
        projection_of<
            Tables<settings, waiting_accounts>,
            Events<
                accounting::EventTraits,
                accounting::BookConfigured,
                accounting::GoodsMatchingChosen,
                accounting::AccountAssigned>>(),
        projection_of<
            Tables<settings, waiting_accounts, totals, past_totals, changes>,
            Events<accounting::EventTraits, accounting::EntryPosted, accounting::GoodsMatched>,
            Events<
                purchasing::EventTraits,
                purchasing::GoodsReceived,
                purchasing::GoodsReturnedToSupplier,
                purchasing::BillMatched>,
            Events<inventory::EventTraits, inventory::StockRevalued>>()
    )
        .with(std::span<const Report>{reports})
        .with(std::span<const RowCheck>{checks});

}  // namespace daybook::goods_waiting
