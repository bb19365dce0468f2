#include "cli/kafka_shared_log.hpp"

#include "engine/domain/registry.hpp"
#include "schemas/node.hpp"

namespace daybook::cli {
namespace {

bool is_release_of(EventBytes event, std::uint64_t term) {
    static const std::uint32_t code =
        flatbuffers::ReadScalar<std::uint32_t>(node::EventRecordIdentifier());
    if (header_of(event).module_() != code) return false;
    const auto* record = flatbuffers::GetRoot<node::EventRecord>(payload_of(event).data());
    const auto* released = record->event_as_BookReleased();
    return released != nullptr && released->term() == term;
}

}  // namespace

std::optional<LogHolder> KafkaSharedLog::holder() const {
    const auto holder = log_.holder();
    if (!holder) return std::nullopt;
    return LogHolder{
        .term = holder->term,
        .position = holder->position,
        .node = holder->node,
        .url = holder->url,
        .is_us = holder->is_us,
        .is_released = !log_.leads() && is_released(*holder)};
}

bool KafkaSharedLog::is_released(const kafka::Holder& holder) const {
    const std::scoped_lock lock{mutex_};
    if (looked_at_term_ != holder.term) {
        auto reader = log_.read(holder.position);
        if (!reader.ok()) return false;
        looked_at_term_ = holder.term;
        reader_ = std::move(reader).value();
        is_released_ = false;
    }
    while (!is_released_) {
        const auto events = reader_->next();
        if (!events.ok() || events.value().empty()) break;
        for (const EventBytes event : events.value()) {
            is_released_ = is_released_ || is_release_of(event, holder.term);
        }
    }
    return is_released_;
}

}  // namespace daybook::cli
