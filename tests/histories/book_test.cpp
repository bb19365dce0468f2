// Inventory in a whole book, over random histories of many items with days in any order and periods
// that close on the way. After each command the stock accounts are, on each day, what inventory's
// events say; at sampled days and positions the reports say the same; and the rows that grew with
// the log are those of a fresh fold.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "engine/base/prng.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/known_at.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/report.hpp"
#include "schemas/accounting.hpp"
#include "schemas/inventory.hpp"
#include "tests/histories/part.hpp"
#include "tests/support/command_desk.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t histories_each = 50;  // Of one book.
constexpr int samples = 10;
const Date first_day = Date::of(2026, 1, 1);

std::uint32_t code(const char* identifier) {
    return flatbuffers::ReadScalar<std::uint32_t>(identifier);
}

class Company {
 public:
    explicit Company(std::uint64_t seed)
        : prng_(seed),
          follower_(
              std::move(Follower::open(*log_, store_, {.projections = registered_projections()}))
                  .value()
          ) {
        must("accounting.ConfigureBook", R"({"name": "Test", "base_currency": "EUR"})");
        must("accounting.AdoptChart", R"({"chart": "general"})");
        must("accounting.AdoptChart", R"({"chart": "general_goods"})");
        must(
            "accounting.OpenFiscalYear",
            R"({"year": "2026", "first": "2026-01-01", "last": "2026-03-31"})"
        );
        must(
            "accounting.OpenFiscalYear",
            R"({"year": "26-b", "first": "2026-04-01", "last": "2026-12-31"})"
        );
        must("inventory.DefineLocation", R"({"location": "W1", "name": "1", "kind": "internal"})");
        must("inventory.DefineLocation", R"({"location": "W2", "name": "2", "kind": "internal"})");
        for (const char* method : {"fifo", "moving_average"}) {
            for (const char* scope : {"company", "warehouse"}) {
                must(
                    "inventory.SetValuationPolicy",
                    fmt::format(
                        R"({{"group": "{1}{0:.4}", "method": "{0}", "scope": "{1}",
                        "from": "2026-01-01"}})",
                        method,
                        scope
                    )
                );
            }
        }
    }

    void play_history() {
        ++history_;
        made_.clear();
        days_ = 360;
        const bool has_policies = prng_.chance(40);
        if (has_policies) begin_policies();
        for (const char* suffix : {"a", "b"}) {
            must(
                "inventory.DefineStockItem",
                fmt::format(
                    R"({{"item": "I{}{}", "kind": "stockable", "name": "x", "group": "{}",
                    "posting_group": "GOODS", "weight": "1.000"}})",
                    history_,
                    suffix,
                    has_policies ? own_group() : any_group()
                )
            );
        }
        if (has_policies) set_standards(first_day);
        for (auto left = prng_.between(4, 8); left > 0; --left) work();
        if (has_policies) change_policy();
        for (auto left = prng_.between(2, 4); left > 0; --left) work();
        follow();
    }
    // The first year closes with its last period, and may be opened again for a while.
    void close_next_period() {
        if (is_reopened_) --closed_;
        must("accounting.ClosePeriod", fmt::format(R"({{"period": "2026-{:02}"}})", ++closed_));
        if (closed_ != 3) return;
        must("accounting.CloseFiscalYear", R"({"year": "2026"})");
        is_reopened_ = !is_reopened_ && prng_.chance(50);
        if (!is_reopened_) return;
        must("accounting.ReopenFiscalYear", R"({"year": "2026", "reason": "late"})");
        must("accounting.ReopenPeriod", R"({"period": "2026-03", "reason": "late"})");
    }
    void check_reports() {
        for (int i = 0; i < samples; ++i) {
            const Date day = first_day.plus_days(static_cast<std::int32_t>(prng_.below(365)));
            const std::uint64_t known_at =
                position_known_at(*log_, std::to_string(prng_.below(log_->end() + 1))).value();
            CAPTURE(to_string(day));
            CAPTURE(known_at);
            const std::int64_t expected = value_at(day, known_at);
            const Query query = follower_->query();
            const ReportRequest request{.as_of = day, .known_at = known_at};
            CHECK(total_of(query, "stock-on-hand", "value", request) == expected);
            CHECK(total_of(query, "stock-proof", "stock_value", request) == expected);
            CHECK(total_of(query, "stock-proof", "ledger", request) == expected);
        }
    }
    void check_rows() {
        MemoryStore scratch;
        const auto differences = follower_->compare_with_fresh_fold("", scratch);
        REQUIRE(differences.ok());
        CHECK(differences.value().count == 0);
        const auto findings = follower_->run_checks();
        REQUIRE(findings.ok());
        for (const Finding& finding : findings.value()) FAIL(finding.where, ": ", finding.message);
    }
    std::size_t accepted = 0;

 private:
    bool send(std::string_view command, const std::string& body) {
        INFO(command, " ", body);
        if (!desk_.send(command, body)) return false;
        ++accepted;
        for (const EventBytes event : desk_.batch()) hear(event);
        for (const auto& [day, difference] : differences_) REQUIRE(difference == 0);
        return true;
    }
    void must(std::string_view command, const std::string& body) {
        const bool is_accepted = send(command, body);
        REQUIRE_MESSAGE(is_accepted, command, " ", body, ": ", desk_.rule);
    }
    void follow() {
        REQUIRE(log_->append(desk_.group.events()).ok());
        desk_.group.start(desk_.group.next_position());
        REQUIRE(follower_->catch_up().ok());
    }

    void hear(const EventBytes& event) {
        const auto* payload = payload_of(event).data();
        position_ = header_of(event).position();
        if (header_of(event).module_() == code("ACCT")) {
            hear_entry(*flatbuffers::GetRoot<accounting::EventRecord>(payload));
        }
        if (header_of(event).module_() == code("INVT")) {
            hear_stock(*flatbuffers::GetRoot<inventory::EventRecord>(payload));
        }
    }
    void hear_entry(const accounting::EventRecord& record) {
        const auto* entry = record.event_as_EntryPosted();
        if (entry == nullptr) return;
        for (const accounting::EntryLine* line : *entry->lines()) {
            if (flatbuffers::UnPack(line->account()) != id_from_code("1200")) continue;
            differences_[flatbuffers::UnPack(*entry->accounting_date())] -= line->base_minor();
        }
    }
    void hear_stock(const inventory::EventRecord& record) {
        if (const auto* moved = record.event_as_StockMoved()) {
            const Date day = flatbuffers::UnPack(*moved->accounting_date());
            for (const auto* line : *moved->lines()) note(day, line->value().minor());
        }
        if (const auto* revalued = record.event_as_StockRevalued()) {
            const Date day = flatbuffers::UnPack(*revalued->accounting_date());
            for (const auto* line : *revalued->lines()) note(day, line->to_stock().minor());
        }
        if (const auto* restated = record.event_as_CostRestated()) {
            for (const auto* line : *restated->lines()) {
                note(
                    flatbuffers::UnPack(line->accounting_date()),
                    line->old_cost().minor() - line->new_cost().minor()
                );
            }
        }
    }
    void note(Date day, std::int64_t value) {
        differences_[day] += value;
        values_.push_back({position_, day, value});
    }
    [[nodiscard]] std::int64_t value_at(Date day, std::uint64_t known_at) const {
        std::int64_t sum = 0;
        for (const Known& known : values_) {
            if (known.position < known_at && known.day <= day) sum += known.value;
        }
        return sum;
    }
    static std::int64_t total_of(
        const Query& query,
        std::string_view name,
        std::string_view column,
        const ReportRequest& request
    ) {
        const Report* report = find_report(registered_projections(), name);
        REQUIRE(report != nullptr);
        const auto table = run_report(*report, query, request);
        REQUIRE(table.ok());
        const auto& columns = table.value().columns;
        const auto at = std::ranges::find(columns, column, &ReportColumn::name) - columns.begin();
        const auto* total =
            std::get_if<Money>(&table.value().rows.back().cells[static_cast<std::size_t>(at)]);
        return total == nullptr ? 0 : total->minor();
    }

    std::string any_group() {
        return fmt::format(
            "{}{}", prng_.chance(50) ? "company" : "warehouse", prng_.chance(50) ? "fifo" : "movi"
        );
    }
    [[nodiscard]] std::string own_group() const { return fmt::format("G{}", history_); }
    // A group of its own, which may be short, and is valued in another way from a day on.
    void begin_policies() {
        must(
            "inventory.SetStockRules",
            fmt::format(
                R"({{"group": "{}", "allows_negative": {}}})", own_group(), prng_.chance(50)
            )
        );
        set_policy(first_day);
        days_ = static_cast<std::int32_t>(prng_.between(60, 200));
    }
    void change_policy() {
        const Date from = first_day.plus_days(days_);
        set_policy(from);
        set_standards(from);
        days_ = 360;
    }
    void set_policy(Date from) {
        constexpr const char* methods[]{"fifo", "moving_average", "standard_cost"};
        must(
            "inventory.SetValuationPolicy",
            fmt::format(
                R"({{"group": "{}", "method": "{}", "scope": "{}", "from": "{}"}})",
                own_group(),
                methods[prng_.below(std::size(methods))],
                prng_.chance(50) ? "company" : "warehouse",
                to_string(from)
            )
        );
    }
    // Refused where the items are not valued by one.
    void set_standards(Date from) {
        for (const char* suffix : {"a", "b"}) set_standard(suffix, to_string(from));
    }
    void set_standard(std::string_view suffix, const std::string& from) {
        (void)send(
            "inventory.SetStandardCost",
            fmt::format(
                R"({{"item": "I{}{}", "revaluation": "{}", "cost": "EUR {}.{:02}", "date": "{}"}})",
                history_,
                suffix,
                new_id('N'),
                prng_.between(0, 9),
                prng_.between(0, 99),
                from
            )
        );
    }

    std::string new_id(char letter) {
        made_.push_back(fmt::format("{}{}-{}", letter, history_, made_.size()));
        return made_.back();
    }
    std::string any_id() { return made_.empty() ? "none" : made_[prng_.below(made_.size())]; }
    std::string item() { return fmt::format("I{}{}", history_, prng_.chance(70) ? "a" : "b"); }
    std::string place() { return prng_.chance(60) ? "W1" : "W2"; }
    std::string day() {
        return to_string(first_day.plus_days(
            static_cast<std::int32_t>(prng_.below(static_cast<std::uint64_t>(days_)))
        ));
    }
    std::int64_t some() { return prng_.between(1, 9); }

    void work() {
        switch (prng_.below(13)) {
            case 0:
            case 1:
            case 2: return receive();
            case 3:
            case 4: return (void)send("inventory.IssueStock", document("issue", 'D', line("")));
            case 5:
                return (void)send(
                    "inventory.TransferStock",
                    fmt::format(
                        R"({{"transfer": "{}", "from": "{}", "to": "{}", "date": "{}",
                        "lines": [{}]}})",
                        new_id('T'),
                        place(),
                        place(),
                        day(),
                        line("")
                    )
                );
            case 6:
                return (void)send(
                    "inventory.ReturnStock",
                    fmt::format(
                        R"({{"original": "{}", "goods_return": "{}", "date": "{}"}})",
                        any_id(),
                        new_id('B'),
                        day()
                    )
                );
            case 7:
                return (void)send(
                    "inventory.AllocateLandedCost",
                    fmt::format(
                        R"({{"receipts": [{{"movement": "{}"}}], "allocation": "{}", "date": "{}",
                        "basis": "quantity", "amount": "EUR {}.{:02}"}})",
                        any_id(),
                        new_id('L'),
                        day(),
                        prng_.between(0, 9),
                        prng_.between(0, 99)
                    )
                );
            case 8:
                return (void)send(
                    "inventory.ReverseMovement",
                    fmt::format(
                        R"({{"movement": "{}", "reversal": "{}", "reason": "x", "date": "{}"}})",
                        any_id(),
                        new_id('Z'),
                        day()
                    )
                );
            case 9:
            case 10: return count();
            case 11: return set_standard(prng_.chance(70) ? "a" : "b", day());
            default: return repack();
        }
    }
    // Of one item, or of all that is there: what is not counted is gone then.
    void count() {
        const std::string id = new_id('C');
        const bool is_whole = prng_.chance(10);
        const std::string counted = item();
        must(
            "inventory.StartCount",
            fmt::format(
                R"({{"count": "{}", "location": "{}", "date": "{}"{}}})",
                id,
                place(),
                day(),
                is_whole ? "" : fmt::format(R"(, "items": ["{}"])", counted)
            )
        );
        must(
            "inventory.RecordCount",
            fmt::format(
                R"({{"count": "{}", "lines": [{{"item": "{}", "quantity": "{}"}}]}})",
                id,
                counted,
                some()
            )
        );
        (void)send(
            "inventory.ApproveCount",
            fmt::format(
                R"({{"count": "{}", "movement": "{}", "takes_missing_as_zero": {}}})",
                id,
                new_id('K'),
                is_whole
            )
        );
    }
    std::string line(std::string_view more) {
        return fmt::format(R"({{"item": "{}", "quantity": "{}.000"{}}})", item(), some(), more);
    }
    std::string document(std::string_view name, char letter, const std::string& lines) {
        return fmt::format(
            R"({{"{}": "{}", "location": "{}", "date": "{}", "lines": [{}]}})",
            name,
            new_id(letter),
            place(),
            day(),
            lines
        );
    }
    void receive() {
        const std::string cost =
            fmt::format(R"(, "value": "EUR {}.{:02}")", prng_.between(0, 99), prng_.between(0, 99));
        // What lacks cannot go over to another policy before something covers it.
        const bool is_accepted =
            send("inventory.ReceiveStock", document("receipt", 'R', line(cost)));
        if (!is_accepted) REQUIRE(desk_.rule == "negative_at_policy_change");
    }
    void repack() {
        (void)send(
            "inventory.RepackStock",
            fmt::format(
                R"({{"repack": "{}", "location": "{}", "date": "{}", "inputs": [{}],
                "outputs": [{}, {}]}})",
                new_id('P'),
                place(),
                day(),
                line(""),
                line(""),
                line("")
            )
        );
    }

    struct Known {
        std::uint64_t position = 0;
        Date day;
        std::int64_t value = 0;
    };

    Prng prng_;
    CommandDesk desk_{Date::of(2026, 12, 31)};
    std::unique_ptr<Log> log_ = property_log(desk_.clock, TopicUse::copied);
    MemoryStore store_;
    std::unique_ptr<Follower> follower_;
    std::uint64_t history_ = 0;
    std::int32_t days_ = 360;  // Of the year; later ones wait for another policy.
    int closed_ = 0;
    bool is_reopened_ = false;
    std::vector<std::string> made_;
    std::uint64_t position_ = 0;
    std::map<Date, std::int64_t> differences_;  // Inventory's value less the account's, by day.
    std::vector<Known> values_;
};

}  // namespace

TEST_CASE("items add up to their accounts on every day, known at any position, in rows that live") {
    const std::uint64_t seed = test_seed();
    const HistoryPart part = history_part(200);
    std::size_t accepted = 0;
    for (std::uint64_t first = part.first; first < part.first + part.count;
         first += histories_each) {
        INFO("DAYBOOK_SEED=", seed, " DAYBOOK_HISTORIES=", first, ":", histories_each);
        Company company{seed + first};
        for (std::uint64_t history = 1; history <= histories_each; ++history) {
            company.play_history();
            if (history % 8 == 0) company.close_next_period();
        }
        company.check_reports();
        company.check_rows();
        accepted += company.accepted;
    }
    MESSAGE(accepted, " commands accepted");
}

}  // namespace daybook
