// A log of accounting entries without an engine: four lines each, one tax, and every second one
// opens an item. The first event says which currency the book has.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "engine/domain/module.hpp"
#include "engine/log/log.hpp"
#include "engine/runtime/group_buffer.hpp"
#include "schemas/accounting.hpp"

namespace daybook::bench {

inline constexpr std::size_t group_events = 1'000;

class EntryMaker {
 public:
    explicit EntryMaker(std::uint32_t module_code) : module_code_(module_code) {}

    void append_to(GroupBuffer& group) {
        const std::uint64_t position = group.next_position();
        const Id entry = id_from_code(fmt::format("E-{}", position));
        const Date date = Date::of(2026, 1, 1).plus_days(static_cast<int>(position / 3'000 % 365));
        arena_.clear();
        arena_.set_identifier(accounting::EventRecordIdentifier());
        accounting::EventRecordT record;
        if (position == 0) {
            record.event.Set(book_configured());
        } else {
            record.event.Set(entry_posted(entry, date, position));
        }
        arena_.add(record);
        const auto& stored = arena_.entries().front();
        const auto payload = arena_.bytes_of(stored);
        const Instant now = Instant::from_nanos(static_cast<std::int64_t>(position));
        group.append(
            EventHeader{
                position,
                wired(now),
                wired(entry),
                wired(id_from_code("bench")),
                wired(entry),
                wired(Id{}),
                module_code_,
                wired(date),
                1,
                static_cast<std::uint32_t>(payload.size()),
                0,
                1,
                caused_by_command,
                stored.type,
                1,
                0},
            payload
        );
        group.seal(group.event_count() - 1);
    }

 private:
    static accounting::BookConfiguredT book_configured() {
        accounting::BookConfiguredT event;
        event.name = "Bench";
        event.base_currency = Currency::eur;
        event.payment_difference_max = Money::from_minor(0, Currency::eur);
        return event;
    }
    static accounting::EntryPostedT entry_posted(Id entry, Date date, std::uint64_t position) {
        const auto minor = static_cast<std::int64_t>(position % 90'000 + 100);
        const Id party = id_from_code(fmt::format("C-{}", position % 300));
        const auto line = [&](std::string_view account, std::int64_t amount, const Id& of_party) {
            return accounting::EntryLine{
                wired(id_from_code(account)),
                wired(of_party),
                wired(Money::from_minor(amount, Currency::eur)),
                amount};
        };
        accounting::EntryPostedT event;
        event.entry = entry;
        event.journal = id_from_code("VT");
        event.year = id_from_code("2026");
        event.number = static_cast<std::uint32_t>(position);
        event.number_text = fmt::format("VT-2026-{:06}", position);
        event.kind = accounting::EntryKind::invoice;
        event.accounting_date = date;
        event.date = date;
        event.piece = to_string(entry);
        event.piece_date = date;
        event.text = "Invoice";
        event.lines = {
            line("411000", minor * 6, party),
            line("707000", minor * -3, {}),
            line("707100", minor * -2, {}),
            line("445710", -minor, {})};
        if (position % 2 == 0) {
            event.items = {accounting::OpenedItem{wired(entry), wired(date.plus_days(30)), 0, 1}};
        }
        event.taxes = {accounting::TaxTag{
            wired(id_from_code("FR20")),
            wired(Rate::from_ppm(200'000)),
            minor * 5,
            minor,
            3,
            accounting::TaxSide::output}};
        return event;
    }

    std::uint32_t module_code_;
    EventArena arena_;
};

inline std::uint32_t accounting_code() {
    return flatbuffers::ReadScalar<std::uint32_t>(accounting::EventRecordIdentifier());
}

inline void fill(Log& log, std::uint64_t events) {
    EntryMaker maker{accounting_code()};
    GroupBuffer group;
    while (log.end() < events) {
        group.start(log.end());
        const std::uint64_t left = std::min<std::uint64_t>(group_events, events - log.end());
        while (group.event_count() < left) maker.append_to(group);
        DAYBOOK_ASSERT(log.append(group.events()).ok());
    }
}

}  // namespace daybook::bench
