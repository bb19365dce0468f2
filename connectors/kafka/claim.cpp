// Written by hand where the runtime writes every other event.
#include "connectors/kafka/claim.hpp"

#include <cstring>

#include "engine/domain/read.hpp"
#include "schemas/node.hpp"

namespace daybook::kafka {

OwnedEvent::OwnedEvent(const EventHeader& header, std::span<const std::byte> payload)
    : words_((sizeof header + payload.size() + 7) / 8), bytes_(sizeof header + payload.size()) {
    std::memcpy(words_.data(), &header, sizeof header);
    std::memcpy(
        reinterpret_cast<std::byte*>(words_.data()) + sizeof header, payload.data(), payload.size()
    );
}

OwnedEvent claim_event(const ClaimWords& words, std::uint64_t position, Instant recorded_at) {
    node::BookClaimedT event;
    event.term = words.term;
    event.node = words.node;
    event.url = words.url;
    event.nonce = words.nonce;
    event.cluster = words.cluster;
    event.genesis = words.genesis;
    node::EventRecordT record;
    record.event.Set(std::move(event));
    flatbuffers::FlatBufferBuilder builder;
    node::FinishEventRecordBuffer(builder, node::EventRecord::Pack(builder, &record));
    const EventHeader header{
        position,
        wired(recorded_at),
        wired(words.nonce),  // The claim is its own command.
        wired(words.node),
        wired(Id{}),
        wired(Id{}),
        flatbuffers::ReadScalar<std::uint32_t>(node::EventRecordIdentifier()),
        wired(recorded_at.date()),
        0,
        builder.GetSize(),
        0,
        1,
        caused_by_command,
        static_cast<std::uint8_t>(node::Event::BookClaimed),
        1,
        0};
    return OwnedEvent{
        header, std::as_bytes(std::span{builder.GetBufferPointer(), builder.GetSize()})};
}

}  // namespace daybook::kafka
