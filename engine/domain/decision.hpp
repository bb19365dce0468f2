// What decide() answers: the events to append, or one refusal with its reason.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/assert.hpp"

namespace daybook {

// Why a rule said no, for the person who must mend it. Texts are whole phrases in English.
struct Reason {
    std::string at;      // The field, as a path in the command: "lines[2].account". May be empty.
    std::string found;   // "EUR 1,100.00 open and ordered"
    std::string needed;  // "at most EUR 1,000.00"
};

// Event is the schema's EventRecordT, RefusalEnum its enum Refusal.
template <class EventRecord, class RefusalEnum>
class [[nodiscard]] Decision {
 public:
    using Record = EventRecord;
    using Refusal = RefusalEnum;

    Decision() = default;  // No event at all: a reaction that has nothing to say.
    Decision(RefusalEnum refusal) : Decision(refusal, Reason{}) {}
    Decision(RefusalEnum refusal, Reason reason) : refusal_(refusal), reason_(std::move(reason)) {
        DAYBOOK_ASSERT(refusal_ != RefusalEnum::none);
    }
    template <class Event>
    requires std::is_base_of_v<flatbuffers::NativeTable, std::remove_cvref_t<Event>> Decision(
        Event&& event
    ) {
        add(std::forward<Event>(event));
    }

    template <class Event>
    requires std::is_base_of_v<flatbuffers::NativeTable, std::remove_cvref_t<Event>> Decision& add(
        Event&& event
    ) {
        DAYBOOK_ASSERT(!is_refused());
        events_.emplace_back().event.Set(std::forward<Event>(event));
        return *this;
    }

    [[nodiscard]] bool is_refused() const { return refusal_ != RefusalEnum::none; }
    [[nodiscard]] RefusalEnum refusal() const { return refusal_; }
    [[nodiscard]] const Reason& reason() const { return reason_; }
    [[nodiscard]] const std::vector<EventRecord>& events() const { return events_; }

 private:
    std::vector<EventRecord> events_;
    RefusalEnum refusal_ = RefusalEnum::none;
    Reason reason_;
};

}  // namespace daybook
