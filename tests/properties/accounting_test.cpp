// Accounting over random histories of valid and invalid commands: whatever is accepted keeps the
// books' invariants after each batch, and taking everything back leaves nothing behind.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "engine/base/prng.hpp"
#include "engine/store/memory_store.hpp"
#include "projections/accounting/reports.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "tests/properties/books_fold.hpp"
#include "tests/support/command_desk.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook::accounting {
namespace {

// A book of all modules, to which commands are sent as people write them.
class Office {
 public:
    explicit Office(std::uint64_t seed) : prng(seed) {}

    // Whether it was accepted. The books are checked after each batch.
    bool send(std::string_view command, const std::string& body) {
        INFO(command, " ", body);
        if (!desk.send(command, body)) return false;
        for (const EventBytes event : desk.batch()) {
            if (header_of(event).module_() != flatbuffers::ReadScalar<std::uint32_t>("ACCT"))
                continue;
            fold.add(*GetEventRecord(payload_of(event).data()));
        }
        fold.check();
        return true;
    }
    void must(std::string_view command, const std::string& body) {
        const bool accepted = send(command, body);
        REQUIRE_MESSAGE(accepted, command, " ", body, ": ", desk.rule);
    }

    [[nodiscard]] std::span<const EventBytes> events() { return desk.group.events(); }

    Prng prng;
    CommandDesk desk{Date::of(2026, 1, 1)};
    BooksFold fold;
};

// Mostly what is there and fits, now and then something that does not.
class Clerk {
 public:
    explicit Clerk(Office& office) : office_(office), prng_(office.prng) {
        office_.must("accounting.ConfigureBook", R"({"name": "Test", "base_currency": "EUR",
            "payment_difference_max": "EUR 1.00"})");
        office_.must("accounting.AdoptChart", R"({"chart": "pcg"})");
        for (const char* year : {"2025", "2026"}) {
            office_.must(
                "accounting.OpenFiscalYear",
                fmt::format(R"({{"year": "{0}", "first": "{0}-01-01", "last": "{0}-12-31"}})", year)
            );
        }
        for (int i = 0; i < 4; ++i) {
            office_.must(
                "crm.RegisterParty",
                fmt::format(R"({{"party": "P{}", "kind": "organisation", "name": "x"}})", i)
            );
        }
        for (const char* currency : {"USD", "JPY"}) publish(currency, "2025-01-01");
    }

    void work(bool files_returns) {
        switch (prng_.below(files_returns ? 16 : 11)) {
            case 0:
            case 1:
            case 2: return post_entry();
            case 3: return record_bill();
            case 4:
            case 5: return record_payment();
            case 6: return allocate();
            case 7: return undo();
            case 8: return reverse();
            case 9: return write_off();
            case 10: return publish(any({"USD", "JPY"}), day());
            case 11:
            case 12: return move_period();
            case 13: return clear();
            case 14: return revalue();
            default: return file_return();
        }
    }

    // Everything that can be taken back is taken back, on a day that is open.
    void take_all_back() {
        for (const Id& allocation : std::set<Id>{office_.fold.allocations}) {
            office_.must(
                "accounting.UndoAllocation",
                fmt::format(R"({{"allocation": "{}", "reason": "end"}})", to_string(allocation))
            );
        }
        for (const auto& [entry, kind] : std::map<Id, EntryKind>{office_.fold.entries}) {
            const bool is_payment = kind == EntryKind::payment;
            if (office_.fold.reversed.contains(entry) || kind == EntryKind::reversal ||
                kind == EntryKind::allocation || kind == EntryKind::tax_release) {
                continue;
            }
            office_.must(
                is_payment ? "accounting.ReversePayment" : "accounting.ReverseEntry",
                fmt::format(
                    R"({{"{}": "{}", "reversal": "{}", "reason": "end"}})",
                    is_payment ? "payment" : "entry",
                    to_string(entry),
                    new_id("Z")
                )
            );
        }
    }

 private:
    std::string new_id(const char* letter) { return fmt::format("{}{}", letter, ++made_); }
    std::string any(std::initializer_list<const char*> words) {
        return *(words.begin() + prng_.below(words.size()));
    }
    std::string party() { return prng_.chance(3) ? "P9" : fmt::format("P{}", prng_.below(4)); }
    std::string day() {
        const Date from = Date::of(prng_.chance(5) ? 2024 : 2025, 1, 1);
        return to_string(from.plus_days(static_cast<std::int32_t>(prng_.below(740))));
    }
    std::string currency() { return prng_.chance(60) ? "EUR" : any({"USD", "JPY"}); }
    std::string money(const std::string& currency, std::int64_t most = 50'000) {
        const std::int64_t minor = prng_.chance(4) ? prng_.between(-5, 0) : prng_.between(1, most);
        return to_string(Money::from_minor(minor, *currency_from_code(currency)));
    }
    void publish(const std::string& currency, const std::string& date) {
        const std::int64_t middle = currency == "USD" ? 900'000 : 6'000;
        const auto rate = ExchangeRate::from_micro(prng_.between(middle / 2, middle * 2));
        office_.send(
            "accounting.PublishExchangeRate",
            fmt::format(
                R"({{"currency": "{}", "rate": "{}", "date": "{}"}})",
                currency,
                to_string(rate),
                date
            )
        );
    }

    // A line on any account; control accounts get their party.
    std::string line(const char* side, const std::string& amount) {
        const std::string account = any(
            {"411000",
             "411000",
             "401000",
             "419100",
             "512000",
             "607000",
             "707000",
             "627000",
             "999999"}
        );
        const bool is_control = account.starts_with("4") != prng_.chance(2);
        return fmt::format(
            R"({{"account": "{}", "{}": "{}"{}}})",
            account,
            side,
            amount,
            is_control ? fmt::format(R"(, "party": "{}")", party()) : ""
        );
    }
    void post_entry() {
        std::vector<std::string> lines;
        for (std::uint64_t left = 1 + prng_.below(3); left > 0; --left) {
            const std::string in = currency();
            const std::string amount = money(in);
            lines.push_back(line("debit", amount));
            lines.push_back(line("credit", prng_.chance(4) ? money(in) : amount));
        }
        // The same tax on both sides of the books: as output tax, and the money in the bank.
        if (prng_.chance(30)) {
            lines.push_back(R"({"account": "445710", "credit": "EUR 2.00", "tax_code": "FR20",
                                "tax_base": "EUR 10.00"})");
            lines.push_back(R"({"account": "512000", "debit": "EUR 2.00"})");
        }
        office_.send(
            "accounting.PostEntry",
            fmt::format(
                R"({{"entry": "{}", "date": "{}", "kind": "{}", "text": "x", "lines": [{}]}})",
                new_id("E"),
                day(),
                any({"manual", "manual", "opening", "adjustment", "bill"}),
                fmt::join(lines, ",")
            )
        );
    }
    void record_bill() {
        const std::string in = currency();
        std::vector<std::string> lines;
        for (std::uint64_t left = 1 + prng_.below(3); left > 0; --left) {
            lines.push_back(fmt::format(
                R"({{"net": "{}", "tax_code": "{}"}})",
                money(in),
                any({"FR20A", "FR20EA", "FR20EA", "FR55A", "FR0A", "INTRA20A", "FR20"})
            ));
        }
        office_.send(
            "accounting.RecordBill",
            fmt::format(
                R"({{"bill": "{}", "number": "{}", "party": "{}", "date": "{}",
                    "is_credit_note": {}, "lines": [{}]}})",
                new_id("B"),
                prng_.below(400),
                party(),
                day(),
                prng_.chance(20),
                fmt::join(lines, ",")
            )
        );
    }

    // Some items of one party and currency, or just any.
    std::vector<BooksFold::ItemName> some_items(std::size_t most) {
        std::vector<BooksFold::ItemName> all;
        const std::size_t skipped = prng_.below(1 + office_.fold.items.size());
        for (const auto& [name, item] : office_.fold.items) {
            if (!item.open.is_zero() || prng_.chance(2)) all.push_back(name);
        }
        if (all.empty()) return {};
        std::rotate(
            all.begin(), all.begin() + static_cast<std::ptrdiff_t>(skipped % all.size()), all.end()
        );
        const BooksFold::Item& first = office_.fold.items.at(all.front());
        std::vector<BooksFold::ItemName> some;
        for (const BooksFold::ItemName& name : all) {
            const BooksFold::Item& item = office_.fold.items.at(name);
            const bool fits = item.party == first.party && item.open.same_currency(first.open);
            if (fits != prng_.chance(1) && some.size() < most) some.push_back(name);
        }
        return some;
    }
    static std::string item(const BooksFold::ItemName& name, const std::string& amount) {
        return fmt::format(
            R"({{"document": "{}", "part": {}{}}})",
            to_string(name.first),
            name.second,
            amount.empty() ? "" : fmt::format(R"(, "amount": "{}")", amount)
        );
    }
    static std::string code_in(const BooksFold::Item& item) {
        return std::string{code_of(item.amount.currency())};
    }
    void record_payment() {
        const auto names = some_items(1 + prng_.below(3));
        std::string in = currency();
        std::string who = party();
        bool owes = prng_.chance(50);
        std::vector<std::string> items;
        for (const BooksFold::ItemName& name : names) {
            const BooksFold::Item& found = office_.fold.items.at(name);
            in = code_in(found);
            who = to_string(found.party);
            owes = !found.open.is_negative();
            items.push_back(item(name, prng_.chance(20) ? money(in) : ""));
        }
        std::string extras;
        if (prng_.chance(20)) extras += fmt::format(R"(, "fee": "{}")", money(in, 300));
        if (prng_.chance(20)) {
            items.clear();
            extras += fmt::format(R"(, "advance_tax_code": "{}")", owes ? "FR20" : "FR20A");
        } else if (prng_.chance(15)) {
            extras += fmt::format(
                R"(, "discounts": [{{"amount": "{}", "tax_code": "{}"}}])",
                money(in, 500),
                owes ? "FR20" : "FR20A"
            );
        }
        if (prng_.chance(15)) extras += fmt::format(R"(, "difference": "{}")", money(in, 120));
        std::string amount = money(in, 90'000);
        const std::string id = new_id("M");
        const bool is_under_way = prng_.chance(40);
        if (in != "EUR" && prng_.chance(40)) {
            if (extras.find("fee") == std::string::npos) {
                extras += fmt::format(R"(, "settles": "{}")", amount);
                amount = money("EUR");
            }
        }
        const bool accepted = office_.send(
            "accounting.RecordPayment",
            fmt::format(
                R"({{"payment": "{}", "direction": "{}", "party": "{}", "date": "{}",
                    "account": "{}", "amount": "{}", "items": [{}]{}}})",
                id,
                owes ? "received" : "made",
                who,
                day(),
                is_under_way ? "511200" : "512000",
                amount,
                fmt::join(items, ","),
                extras
            )
        );
        if (accepted) payments_.push_back(id);
    }
    void clear() {
        std::vector<std::string> some;
        for (std::uint64_t left = 1 + prng_.below(3); left > 0 && !payments_.empty(); --left) {
            some.push_back(fmt::format(R"("{}")", payments_[prng_.below(payments_.size())]));
        }
        office_.send(
            "accounting.ClearPayments",
            fmt::format(
                R"({{"clearing": "{}", "account": "512400", "date": "{}", "payments": [{}]}})",
                new_id("C"),
                day(),
                fmt::join(some, ",")
            )
        );
    }
    void revalue() {
        office_.send(
            "accounting.RevalueCurrencies",
            fmt::format(R"({{"revaluation": "{}", "date": "{}"}})", new_id("V"), day())
        );
    }
    void allocate() {
        const auto names = some_items(6);
        std::int64_t debits = 0;
        std::int64_t credits = 0;
        for (const auto& name : names) {
            const std::int64_t open = office_.fold.items.at(name).open.minor();
            (open < 0 ? credits : debits) += std::abs(open);
        }
        // Each side gives up to what the other has.
        std::int64_t left_debits = std::min(debits, credits) - (prng_.chance(5) ? 1 : 0);
        std::int64_t left_credits = std::min(debits, credits);
        std::vector<std::string> items;
        for (const auto& name : names) {
            const BooksFold::Item& found = office_.fold.items.at(name);
            std::int64_t& left = found.open.is_negative() ? left_credits : left_debits;
            const std::int64_t part = std::min(left, std::abs(found.open.minor()));
            left -= part;
            if (part <= 0) continue;
            items.push_back(item(name, to_string(Money::from_minor(part, found.amount.currency())))
            );
        }
        office_.send(
            "accounting.AllocateItems",
            fmt::format(
                R"({{"allocation": "{}", "date": "{}", "items": [{}]}})",
                new_id("A"),
                day(),
                fmt::join(items, ",")
            )
        );
    }
    void undo() {
        if (office_.fold.allocations.empty()) return;
        auto chosen = office_.fold.allocations.begin();
        std::advance(chosen, prng_.below(office_.fold.allocations.size()));
        office_.send(
            "accounting.UndoAllocation",
            fmt::format(
                R"({{"allocation": "{}", "date": "{}", "reason": "x"}})", to_string(*chosen), day()
            )
        );
    }
    void reverse() {
        if (office_.fold.entries.empty()) return;
        auto chosen = office_.fold.entries.begin();
        std::advance(chosen, prng_.below(office_.fold.entries.size()));
        const bool is_payment = chosen->second == EntryKind::payment && prng_.chance(90);
        office_.send(
            is_payment ? "accounting.ReversePayment" : "accounting.ReverseEntry",
            fmt::format(
                R"({{"{}": "{}", "reversal": "{}", "date": "{}", "reason": "x"}})",
                is_payment ? "payment" : "entry",
                to_string(chosen->first),
                new_id("R"),
                day()
            )
        );
    }
    void write_off() {
        std::vector<std::string> items;
        for (const auto& name : some_items(2)) items.push_back(item(name, ""));
        office_.send(
            "accounting.WriteOffBadDebt",
            fmt::format(
                R"({{"write_off": "{}", "date": "{}", "items": [{}], "tax_code": "FR20",
                    "reason": "x"}})",
                new_id("W"),
                day(),
                fmt::join(items, ",")
            )
        );
    }
    void move_period() {
        const std::string period = day().substr(0, 7);
        const std::string command = any({"SoftClosePeriod", "ClosePeriod", "ReopenPeriod"});
        office_.send(
            "accounting." + command,
            fmt::format(
                R"({{"period": "{}"{}}})", period, command[0] == 'R' ? R"(, "reason": "x")" : ""
            )
        );
    }
    void file_return() {
        const Date last = parse_date(day()).value().end_of_month();
        office_.send(
            "accounting.FileTaxReturn",
            fmt::format(
                R"({{"tax_return": "{}", "last": "{}", "date": "{}"}})",
                new_id("T"),
                to_string(last),
                day()
            )
        );
    }

    Office& office_;
    Prng& prng_;
    std::uint64_t made_ = 0;
    std::vector<std::string> payments_;
};

constexpr int commands = 4'000;

// An open item of a plain fold: what it was, and what changed it on which day.
struct PlainItem {
    Id party;
    Id account;
    Date due;
    std::map<Date, std::int64_t> changes;

    [[nodiscard]] std::int64_t open_on(Date day) const {
        std::int64_t open = 0;
        for (const auto& [date, minor] : changes) open += date <= day ? minor : 0;
        return open;
    }
};
struct PlainItems {
    std::map<std::pair<Id, std::uint16_t>, PlainItem> items;
    std::map<Id, ControlKind> controls;

    void add(const EventRecord& record) {
        if (const auto* opened = record.event_as_AccountOpened())
            controls[read(opened->account())] = opened->control();
        if (const auto* posted = record.event_as_EntryPosted()) add(*posted);
        if (const auto* made = record.event_as_AllocationMade())
            change(*made->items(), read(made->accounting_date()), -1);
        if (const auto* undone = record.event_as_AllocationUndone())
            change(*undone->items(), read(undone->accounting_date()), 1);
    }
    void add(const EntryPosted& entry) {
        if (entry.items() == nullptr) return;
        for (const OpenedItem* opened : *entry.items()) {
            const EntryLine* line = entry.lines()->Get(opened->line());
            items[{read(opened->document()), opened->part()}] = {
                read(line->party()),
                read(line->account()),
                read(opened->due()),
                {{read(entry.accounting_date()), line->base_minor()}}};
        }
    }
    void change(
        const flatbuffers::Vector<const SettledItem*>& settled, Date date, std::int64_t sign
    ) {
        for (const SettledItem* item : settled) {
            items.at({read(item->document()), item->part()}).changes[date] +=
                sign * item->base_minor();
        }
    }
};

using Buckets = std::array<std::int64_t, 6>;  // Not due, to 30 days, 60, 90, over 90, together.

std::map<Id, Buckets> plain_ageing(const PlainItems& plain, ControlKind kind, Date day) {
    std::map<Id, Buckets> parties;
    for (const auto& [name, item] : plain.items) {
        const std::int64_t open = item.open_on(day) * (kind == ControlKind::payable ? -1 : 1);
        if (plain.controls.at(item.account) != kind || open == 0) continue;
        const std::int32_t late = day.days() - item.due.days();
        std::size_t bucket = 0;
        for (const std::int32_t limit : {0, 30, 60, 90}) bucket += late > limit ? 1U : 0U;
        if (item.due.is_none()) bucket = 0;
        parties[item.party][bucket] += open;
        parties[item.party][5] += open;
    }
    return parties;
}

std::map<Id, Buckets> reported_ageing(
    const Query& query, std::string_view name, const ReportRequest& request
) {
    const Report* report = find_report(registered_projections(), name);
    REQUIRE(report != nullptr);
    const auto table = run_report(*report, query, request);
    if (!table.ok()) FAIL(table.error().message);
    std::map<Id, Buckets> parties;
    for (const ReportRow& row : table.value().rows) {
        if (row.kind != RowKind::line) continue;
        Buckets& buckets = parties[std::get<Id>(row.cells[0])];
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            const auto* money = std::get_if<Money>(&row.cells[2 + i]);
            buckets[i] = money == nullptr ? 0 : money->minor();
        }
        const auto positions = report->explain(query, request, row.key);
        REQUIRE(positions.ok());
        CHECK(positions.value().back() < request.known_at);
    }
    return parties;
}

}  // namespace

TEST_CASE("the books balance after every batch of a random history") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Office office{seed};
    Clerk clerk{office};
    for (int i = 0; i < commands; ++i) clerk.work(true);
    office.fold.check_every_day();
    CHECK(office.fold.entries.size() > 400);
    CHECK(office.fold.letterings.size() > 100);
    std::map<EntryKind, int> kinds;
    for (const auto& [entry, kind] : office.fold.entries) ++kinds[kind];
    CHECK(kinds[EntryKind::tax_release] > 20);
    CHECK(kinds[EntryKind::clearing] > 5);
    CHECK(kinds[EntryKind::revaluation] > 10);
    MESSAGE(
        office.fold.entries.size(),
        " entries, ",
        office.fold.items.size(),
        " items, ",
        office.fold.letterings.size(),
        " allocations"
    );
}

TEST_CASE("what was open and how old, of any day as known at any position, is that of a plain fold"
) {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Office office{seed + 2};
    Clerk clerk{office};
    for (int i = 0; i < commands / 2; ++i) clerk.work(true);
    const std::unique_ptr<Log> log = property_log(office.desk.clock, TopicUse::copied);
    REQUIRE(log->append(office.events()).ok());
    MemoryStore store;
    auto follower = Follower::open(
        *log, store, FollowerOptions{.projections = registered_projections(), .limits = {}}
    );
    REQUIRE(follower.ok());
    REQUIRE(follower.value()->catch_up().ok());
    const Query query = follower.value()->query();
    std::size_t open_parties = 0;
    for (int i = 0; i < 60; ++i) {
        const auto end = static_cast<std::uint64_t>(office.events().size());
        const std::uint64_t known_at = i % 3 == 0 ? end : office.prng.below(end) + 1;
        const auto days = static_cast<std::int32_t>(office.prng.below(800));
        const Date day = i % 5 == 0 ? date_max : Date::of(2025, 1, 1).plus_days(days);
        CAPTURE(known_at);
        CAPTURE(to_string(day));
        PlainItems plain;
        for (const EventBytes event : office.events().first(known_at)) {
            if (header_of(event).module_() == flatbuffers::ReadScalar<std::uint32_t>("ACCT"))
                plain.add(*GetEventRecord(payload_of(event).data()));
        }
        for (const auto& [name, kind] :
             {std::pair{"aged-receivables", ControlKind::receivable},
              std::pair{"aged-payables", ControlKind::payable}}) {
            const ReportRequest request{.as_of = day, .known_at = known_at, .options = {}};
            const auto reported = reported_ageing(query, name, request);
            const Date last = last_day(query, request);
            CHECK(reported == plain_ageing(plain, kind, last));
            open_parties += reported.size();
        }
    }
    CHECK(open_parties > 60);
}

TEST_CASE("an entry has at most 10,000 lines") {
    Office office{test_seed()};
    Clerk clerk{office};
    std::vector<std::string> lines;
    for (int i = 0; i < 5'000; ++i) {
        lines.push_back(R"({"account": "512000", "debit": "EUR 1.00"})");
        lines.push_back(R"({"account": "411000", "credit": "EUR 1.00", "party": "P1"})");
    }
    const auto entry = [&](const char* name) {
        return fmt::format(
            R"({{"entry": "{}", "text": "x", "lines": [{}]}})", name, fmt::join(lines, ",")
        );
    };
    office.must("accounting.PostEntry", entry("E1"));
    lines.push_back(lines.front());
    CHECK(!office.send("accounting.PostEntry", entry("E2")));
    CHECK(office.desk.rule == "too_many_lines");
}

TEST_CASE("taking everything back leaves nothing open and every account at zero") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    Office office{seed + 1};
    Clerk clerk{office};
    for (int i = 0; i < commands / 4; ++i) clerk.work(false);
    CHECK(office.fold.entries.size() > 100);
    clerk.take_all_back();
    office.fold.check_every_day();
    for (const auto& [name, item] : office.fold.items) {
        CAPTURE(to_string(name.first));
        REQUIRE(item.open.is_zero());
        REQUIRE(item.base_minor == 0);
    }
    for (const auto& [account, balance] : office.fold.balances) {
        CAPTURE(to_string(account));
        REQUIRE(balance == 0);
    }
    for (const auto& [account, balance] : office.fold.currency_balances) REQUIRE(balance == 0);
}

}  // namespace daybook::accounting
