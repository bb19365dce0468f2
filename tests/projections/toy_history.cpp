// Makes events as the engine would, without an engine.
#include "tests/projections/toy_history.hpp"

#include <cstring>

namespace daybook::toy {
namespace {

constexpr std::uint16_t caused_by_the_command = 65'535;

}  // namespace

void History::add(EventRecordT record, Date date, std::uint16_t index, std::uint16_t count) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(EventRecord::Pack(builder, &record), EventRecordIdentifier());
    const std::size_t payload_bytes = builder.GetSize();
    const auto none = flatbuffers::Pack(Id{});
    const auto command = flatbuffers::Pack(Id{7, position_});
    const auto actor = flatbuffers::Pack(id_from_code("anna"));
    const auto now = flatbuffers::Pack(Instant::from_nanos(static_cast<std::int64_t>(position_)));
    const EventHeader header(
        position_++,
        now,
        command,
        actor,
        none,
        none,
        flatbuffers::ReadScalar<std::uint32_t>(EventRecordIdentifier()),
        flatbuffers::Pack(date),
        0,
        static_cast<std::uint32_t>(payload_bytes),
        index,
        count,
        caused_by_the_command,
        static_cast<std::uint8_t>(record.event.type),
        1,
        0
    );
    auto& words = storage_.emplace_back((sizeof header + payload_bytes + 7) / 8);
    auto* bytes = reinterpret_cast<std::byte*>(words.data());
    std::memcpy(bytes, &header, sizeof header);
    std::memcpy(bytes + sizeof header, builder.GetBufferPointer(), payload_bytes);
    group_.emplace_back(bytes, sizeof header + payload_bytes);
}

void History::append() {
    const Result<void> appended = log_.append(group_);
    DAYBOOK_ASSERT(appended.ok());
    group_.clear();
    storage_.clear();
}

PostedT History::random_posting() {
    PostedT posted;
    posted.date = Date::of(2024, 1, 1).plus_days(static_cast<std::int32_t>(random_.below(900)));
    if (random_.chance(50)) posted.memo = "memo " + std::to_string(random_.below(1000));
    for (std::uint64_t left = 1 + random_.below(4); left > 0; --left) {
        const Id account = id_from_code("A-" + std::to_string(random_.below(account_count_)));
        const Money amount = Money::from_minor(random_.between(-5'000, 5'000), Currency::eur);
        balances_[account] += amount;
        posted.lines.emplace_back(flatbuffers::Pack(account), flatbuffers::Pack(amount));
    }
    return posted;
}

EventRecordT History::random_record() {
    EventRecordT record;
    const Id account = id_from_code("A-" + std::to_string(random_.below(account_count_)));
    const std::uint64_t draw = random_.below(100);
    if (draw < 10) {
        AccountOpenedT opened;
        opened.account = account;
        opened.name = "Account " + std::to_string(random_.below(100));
        opened.kind = random_.chance(50) ? Kind::savings : Kind::current;
        balances_[account];
        record.event.Set(opened);
    } else if (draw < 13) {
        AccountClosedT closed;
        closed.account = account;
        balances_.erase(account);
        record.event.Set(closed);
    } else {
        record.event.Set(random_posting());
    }
    return record;
}

void History::grow(std::uint64_t batches) {
    for (; batches > 0; --batches) {
        const auto count = static_cast<std::uint16_t>(1 + random_.below(3));
        for (std::uint16_t index = 0; index < count; ++index) {
            EventRecordT record = random_record();
            const PostedT* posted = record.event.AsPosted();
            const Date date = posted == nullptr ? Date::of(2024, 1, 1) : posted->date;
            add(std::move(record), date, index, count);
        }
        if (group_.size() > 1'000) append();
    }
    if (!group_.empty()) append();
}

void History::post(Date date, const std::vector<std::pair<Id, Money>>& amounts) {
    PostedT posted;
    posted.date = date;
    for (const auto& [account, amount] : amounts) {
        balances_[account] += amount;
        posted.lines.emplace_back(flatbuffers::Pack(account), flatbuffers::Pack(amount));
    }
    EventRecordT record;
    record.event.Set(posted);
    add(std::move(record), date, 0, 1);
    append();
}

}  // namespace daybook::toy
