// The inventory module alone, with no book around it: commands are decided and applied at once.
#pragma once

#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {

extern const Module module;

inline Id code(std::string_view text) {
    return id_from_code(text);
}
inline Quantity units(std::int64_t milli) {
    return Quantity::from_milli(milli);
}
inline Money euros(std::int64_t minor) {
    return Money::from_minor(minor, Currency{978});
}

class Depot {
 public:
    using Event = std::pair<std::uint8_t, Bytes>;

    explicit Depot(Date today) : today_(today) {
        arena_.set_identifier(EventRecordIdentifier());
        accounting::BookConfiguredT book;
        book.name = "Test";
        book.base_currency = Currency{978};
        hear(std::move(book));
    }

    // What accounting says.
    template <class EventT>
    void hear(EventT event) {
        using Table = typename EventT::TableType;
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(Table::Pack(builder, &event));
        listen(state(), *flatbuffers::GetRoot<Table>(builder.GetBufferPointer()));
    }
    // False if a rule refused it: `rule`, `reason`.
    template <class CommandT>
    bool send(CommandT command) {
        using Table = typename CommandT::TableType;
        builder_.Clear();
        builder_.Finish(Table::Pack(builder_, &command));
        const auto* table = flatbuffers::GetRoot<Table>(builder_.GetBufferPointer());
        const Context context{.command = Id{}, .actor = Id{}, .recorded_at = {}, .today = today_};
        const Decision decision = answer(*table, context);
        fresh.clear();
        rule = decision.refusal();
        if (decision.is_refused()) {
            reason = decision.reason();
            return false;
        }
        arena_.clear();
        for (const auto& record : decision.events()) arena_.add(record);
        for (const EventArena::Entry& entry : arena_.entries()) {
            const auto bytes = arena_.bytes_of(entry);
            fresh.emplace_back(entry.type, Bytes{bytes.begin(), bytes.end()});
        }
        for (const Event& event : fresh) apply_to(state_.get(), event);
        return true;
    }
    template <class CommandT>
    void must(CommandT command) {
        const bool accepted = send(std::move(command));
        REQUIRE_MESSAGE(accepted, EnumNameRefusal(rule), " ", reason.at, " ", reason.found);
    }
    // What was decided elsewhere.
    void take(const std::vector<Event>& events) {
        for (const Event& event : events) apply_to(state_.get(), event);
    }

    [[nodiscard]] Stock& state() { return *static_cast<Stock*>(state_.get()); }
    [[nodiscard]] Bytes saved() const {
        Bytes bytes;
        module.save(state_.get(), bytes);
        return bytes;
    }
    void load(const Bytes& bytes) {
        const bool is_loaded = module.load(state_.get(), bytes);
        REQUIRE(is_loaded);
    }

    std::vector<Event> fresh;  // Of the last command.
    Refusal rule = Refusal::none;
    Reason reason;

 private:
    template <class Command>
    Decision answer(const Command& command, const Context& context) {
        if constexpr (requires { decide(state(), command, context); }) {
            return decide(state(), command, context);
        } else {
            return decide(state(), command);
        }
    }
    static void apply_to(void* state, const Event& event) {
        module.apply(state, event.first, GetEventRecord(event.second.data())->event(), {});
    }

    Date today_;
    OwnedState state_ = module.create();
    EventArena arena_;
    flatbuffers::FlatBufferBuilder builder_;
};

}  // namespace daybook::inventory
